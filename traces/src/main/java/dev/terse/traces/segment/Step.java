package dev.terse.traces.segment;

/**
 * A part of the thinking between blank lines.
 *
 * @param start first UTF-16 index in the thinking text
 * @param end index after the last character, its trailing blank line included
 */
public record Step(int start, int end) {

  /** The step's own text. */
  public String text(String thinking) {
    return thinking.substring(start, end);
  }
}
