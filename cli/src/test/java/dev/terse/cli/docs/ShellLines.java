package dev.terse.cli.docs;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** As much of a shell as the docs use: quotes, comments, variables, lines that go on. */
final class ShellLines {
  private static final Pattern WORD =
      Pattern.compile("'([^']*)'|\"([^\"]*)\"|(#.*)|([^\\s'\"]+)|(\\s+)");
  private static final Pattern SET = Pattern.compile("([A-Z]+)=(.*)", Pattern.DOTALL);

  private ShellLines() {}

  /** A command: its words, and the line as it is written. */
  record Line(String written, List<String> words) {}

  /** The commands of a block. */
  static List<Line> of(String block) {
    Map<String, String> variables = new HashMap<>();
    List<Line> lines = new ArrayList<>();
    for (String line : block.replaceAll("\\\\\\n\\s*", "").split("\\n")) {
      List<String> words = words(line, variables);
      if (words.isEmpty()) {
        continue;
      }
      Matcher set = SET.matcher(words.get(0));
      if (words.size() == 1 && set.matches()) {
        variables.put("$" + set.group(1), set.group(2));
      } else {
        lines.add(new Line(line.strip().replaceAll("\\s+", " "), words));
      }
    }
    return lines;
  }

  private static List<String> words(String line, Map<String, String> variables) {
    List<String> words = new ArrayList<>();
    StringBuilder word = null;
    Matcher part = WORD.matcher(line);
    while (part.find()) {
      if (part.group(5) != null || part.group(3) != null && word == null) {
        if (word != null) {
          words.add(word.toString());
        }
        word = null;
        continue;
      }
      word = word == null ? new StringBuilder() : word;
      if (part.group(2) != null) {
        word.append(variables.getOrDefault(part.group(2), part.group(2)));
      } else {
        word.append(part.group(1) != null ? part.group(1) : part.group());
      }
    }
    if (word != null) {
      words.add(word.toString());
    }
    return words;
  }
}
