package dev.terse.cli.keys;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the page of a command in docs/commands says of its keys: the tables below {@code ## Keys}.
 * The pages are in the jar, so that help and docs have one source.
 *
 * @param groups from the headings to the keys and their texts, in the order of the page
 */
public record KeyPage(Map<String, Map<String, String>> groups) {
  private static final String START = "## Keys";

  /** A heading, or a row of a key, its default and its text. */
  private static final Pattern LINE =
      Pattern.compile("(?m)^(?:### (.+)|\\| `(\\w+)` \\| [^|]+ \\|(?: (.*) )?\\|)$");

  /** To a page of docs, to one beside this, or to anything else. */
  private static final Pattern LINK =
      Pattern.compile("\\[([^\\]]+)\\]\\((?:\\.\\./(\\w[\\w-]*\\.md)|(\\w[\\w-]*\\.md))?[^)]*\\)");

  /**
   * The page of {@code command}.
   *
   * @throws IllegalStateException if there is none with keys
   */
  public static KeyPage of(String command) {
    try (InputStream in = KeyPage.class.getResourceAsStream(command + ".md")) {
      if (in == null) {
        throw new IllegalStateException("there is no docs/commands/" + command + ".md");
      }
      return parse(command, new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static KeyPage parse(String command, String page) {
    int start = page.indexOf(START);
    if (start < 0) {
      throw new IllegalStateException("docs/commands/" + command + ".md has no \"" + START + "\"");
    }
    int end = page.indexOf("\n## ", start + 1);
    Map<String, Map<String, String>> groups = new LinkedHashMap<>();
    String group = "Keys";
    Matcher lines = LINE.matcher(page.substring(start, end < 0 ? page.length() : end));
    while (lines.find()) {
      if (lines.group(1) != null) {
        group = lines.group(1);
      } else {
        String text = lines.group(3) == null ? "" : lines.group(3);
        groups.computeIfAbsent(group, g -> new LinkedHashMap<>()).put(lines.group(2), plain(text));
      }
    }
    return new KeyPage(groups);
  }

  /** Markdown as it is read on a terminal. */
  private static String plain(String markdown) {
    return LINK.matcher(markdown).replaceAll(KeyPage::link).replace("`", "").replace("\\|", "|");
  }

  private static String link(MatchResult link) {
    return link.group(2) != null
        ? "docs/" + link.group(2)
        : link.group(3) != null ? "docs/commands/" + link.group(3) : link.group(1);
  }
}
