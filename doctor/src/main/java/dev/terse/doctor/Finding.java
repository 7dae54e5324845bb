package dev.terse.doctor;

import java.util.List;

/**
 * What a check found.
 *
 * @param level how bad it is
 * @param subject what was looked at, a word or two
 * @param found what is there
 * @param expected what should be; empty where found says it all
 * @param remedy what to do; empty where nothing is to be done
 * @param details lines to be read beneath, such as a rendered prompt
 */
public record Finding(
    Level level,
    String subject,
    String found,
    String expected,
    String remedy,
    List<String> details) {

  /** How bad something is. */
  public enum Level {
    /** As it should be. */
    OK,
    /** To be known; the run starts nevertheless. */
    NOTE,
    /** The run would not start, or would not do what it is meant to. */
    PROBLEM
  }

  public Finding {
    details = List.copyOf(details);
  }

  /** As it should be. */
  public static Finding ok(String subject, String found) {
    return new Finding(Level.OK, subject, found, "", "", List.of());
  }

  /** To be known. */
  public static Finding note(String subject, String found, String expected, String remedy) {
    return new Finding(Level.NOTE, subject, found, expected, remedy, List.of());
  }

  /** To be mended. */
  public static Finding problem(String subject, String found, String expected, String remedy) {
    return new Finding(Level.PROBLEM, subject, found, expected, remedy, List.of());
  }

  /** A sentence of the trainer's own, which says what was expected and what to do. */
  public static Finding problem(String subject, String sentence) {
    return problem(subject, sentence, "", "");
  }

  /** The same with lines beneath. */
  public Finding with(List<String> lines) {
    return new Finding(level, subject, found, expected, remedy, lines);
  }

  /** One line: {@code problem model: found; expected …; do: …}. */
  public String line() {
    StringBuilder line = new StringBuilder();
    line.append(subject).append(": ").append(found);
    if (!expected.isEmpty()) {
      line.append("; expected ").append(expected);
    }
    if (!remedy.isEmpty()) {
      line.append("; do: ").append(remedy);
    }
    return line.toString().replaceAll("\\R\\s*", " ");
  }
}
