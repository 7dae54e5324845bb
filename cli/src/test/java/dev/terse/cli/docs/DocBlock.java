package dev.terse.cli.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A fenced block of a page.
 *
 * @param page its path in the repository
 * @param line of its fence, from 1
 * @param language what stands behind the fence; may be empty
 */
record DocBlock(String page, int line, String language, String text) {
  private static final Pattern FENCED =
      Pattern.compile("^```(\\w*)\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);

  /** All pages that people read. */
  static List<String> pages(Path root) throws IOException {
    List<String> pages = new ArrayList<>(List.of("README.md", "CONTRIBUTING.md", "SECURITY.md"));
    pages.add("checkpoints/README.md");
    try (Stream<Path> docs = Files.walk(root.resolve("docs"))) {
      docs.filter(file -> file.toString().endsWith(".md"))
          .map(file -> root.relativize(file).toString().replace('\\', '/'))
          .sorted()
          .forEach(pages::add);
    }
    return pages;
  }

  /** The blocks of a page, in order. */
  static List<DocBlock> of(Path root, String page) throws IOException {
    String text = Files.readString(root.resolve(page)).replace("\r\n", "\n");
    List<DocBlock> blocks = new ArrayList<>();
    Matcher matcher = FENCED.matcher(text);
    while (matcher.find()) {
      int line = (int) text.substring(0, matcher.start()).lines().count() + 1;
      blocks.add(new DocBlock(page, line, matcher.group(1), matcher.group(2)));
    }
    return blocks;
  }

  String place() {
    return page + ":" + line;
  }

  /** Whether its first line starts a program, or sets a variable of the shell. */
  boolean isShell() {
    return language.isEmpty()
        && text.matches("(?s)(java|javac|mvn|python|pip|hf|git|[A-Z]=|checkpoints/).*");
  }
}
