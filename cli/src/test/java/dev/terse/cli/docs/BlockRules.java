package dev.terse.cli.docs;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What the test does with blocks and lines that are not simply run: resource {@code
 * docs/blocks.txt}, a row each, {@code PAGE | BEGIN | WHAT | TEXT}. A page may be {@code *}.
 *
 * <pre>
 * not    a block or line that begins so is not run; TEXT is the reason
 * read   of a command that begins so the keys are read, and it is not run; TEXT is the reason
 * with   a command that begins so gets the keys of TEXT on top
 * file   BEGIN is a file or folder of the pages, TEXT what is laid there, from the repository or
 *        from this test's resources
 * </pre>
 */
record BlockRules(List<Row> rows) {
  private static final Set<String> KINDS = Set.of("not", "read", "with", "file");

  record Row(String page, String begin, String what, String text) {
    boolean isOf(String page) {
      return this.page.equals("*") || this.page.equals(page);
    }
  }

  static BlockRules load() throws IOException {
    try (InputStream in = BlockRules.class.getResourceAsStream("/docs/blocks.txt")) {
      return new BlockRules(
          new String(in.readAllBytes(), StandardCharsets.UTF_8)
              .lines()
              .filter(line -> !line.isBlank() && !line.startsWith("#"))
              .map(BlockRules::row)
              .toList());
    }
  }

  private static Row row(String line) {
    String[] cells =
        Arrays.stream(line.split(" \\| ", 4)).map(String::strip).toArray(String[]::new);
    if (cells.length != 4 || !KINDS.contains(cells[2]) || cells[3].isEmpty()) {
      throw new IllegalArgumentException("docs/blocks.txt: expected four cells, found: " + line);
    }
    return new Row(cells[0], cells[1], cells[2], cells[3]);
  }

  /** The rows of a kind for a text of a page. */
  List<Row> of(String what, String page, String text) {
    String begin = text.strip().replaceAll("[ \\t]+", " ");
    return rows.stream()
        .filter(row -> row.what().equals(what) && row.isOf(page) && begin.startsWith(row.begin()))
        .toList();
  }

  Optional<Row> first(String what, String page, String text) {
    return of(what, page, text).stream().findFirst();
  }

  /** What lies in the folder that a page's commands are run in. */
  List<Row> files(String page) {
    return rows.stream().filter(row -> row.what().equals("file") && row.isOf(page)).toList();
  }
}
