package dev.terse.doctor.check;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The licence of data or a model: by the card beside it, or by a well-known name in its path. */
final class Licences {
  /** The key of a card's front matter: a word, or the first of a list. */
  private static final Pattern CARD =
      Pattern.compile(
          "(?m)^license:[ \\t]*\\[?(?:\\R[ \\t]*-)?[ \\t]*[\"']?([A-Za-z0-9][\\w.+-]*)");

  private static final List<Known> KNOWN = known();

  private Licences() {}

  /**
   * A licence and where it is said.
   *
   * @param name as its publisher writes it
   * @param source such as {@code its README.md}
   * @param remark what else there is to know, or empty
   */
  record Licence(String name, String source, String remark) {
    String sentence() {
      return name + " (by " + source + ")" + (remark.isEmpty() ? "" : "; " + remark);
    }
  }

  private record Known(String name, String licence, String remark) {
    boolean names(Path part) {
      String text = part.toString().toLowerCase(Locale.ROOT).replace('_', '-');
      return text.startsWith(name)
          && (text.length() == name.length() || !Character.isLetter(text.charAt(name.length())));
    }
  }

  /** The licence that is stated beside {@code place}, or known of a name in it. */
  static Optional<Licence> of(Path place) throws IOException {
    Optional<Licence> stated = stated(place);
    if (stated.isPresent()) {
      return stated;
    }
    for (Path part = place; part != null && part.getFileName() != null; part = part.getParent()) {
      Path name = part.getFileName();
      for (Known known : KNOWN) {
        if (known.names(name)) {
          return Optional.of(
              new Licence(known.licence(), "the name '" + name + "' alone", known.remark()));
        }
      }
    }
    return Optional.empty();
  }

  /** The licence of the card in the folder, or beside the file. */
  private static Optional<Licence> stated(Path place) throws IOException {
    Path folder = Files.isDirectory(place) ? place : place.toAbsolutePath().getParent();
    Path card = folder.resolve("README.md");
    if (!Files.isRegularFile(card)) {
      return Optional.empty();
    }
    String text = new String(Files.readAllBytes(card), StandardCharsets.UTF_8);
    int end = text.indexOf("\n---", 3);
    if (!text.startsWith("---") || end < 0) {
      return Optional.empty();
    }
    Matcher found = CARD.matcher(text.substring(0, end));
    return found.find()
        ? Optional.of(new Licence(found.group(1), card.toString(), ""))
        : Optional.empty();
  }

  private static List<Known> known() {
    List<Known> known = new ArrayList<>();
    try (InputStream in = Licences.class.getResourceAsStream("licences.tsv")) {
      Stream<String> lines = new String(in.readAllBytes(), StandardCharsets.UTF_8).lines();
      lines
          .filter(line -> !line.startsWith("#"))
          .map(line -> line.split("\t", -1))
          .forEach(cells -> known.add(new Known(cells[0], cells[1], cells[2])));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return List.copyOf(known);
  }
}
