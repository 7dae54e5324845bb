package dev.terse.testkit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The style of our Markdown: sentences of at most 25 words, lines of at most 120 columns. Code
 * blocks, tables and headings are free; a line may be as long as its links make it.
 *
 * <p>A word is what stands between blanks and holds a letter or a digit; a piece of code counts as
 * one, the address of a link as none.
 */
final class DocsStyle {
  static final int MAX_WORDS = 25;
  static final int MAX_COLUMNS = 120;

  private static final Pattern COMMENT = Pattern.compile("<!--.*?-->", Pattern.DOTALL);
  private static final Pattern LINK_TARGET =
      Pattern.compile("\\]\\([^)]*\\)|<?https?://[^\\s)>]*>?");
  private static final Pattern CODE = Pattern.compile("(`+)[^`].*?\\1", Pattern.DOTALL);
  // A list item, or a cited paragraph, begins a text of its own.
  private static final Pattern ITEM = Pattern.compile("^\\s*([-*+]|\\d+\\.|>)\\s+");
  private static final Pattern SENTENCE_END =
      Pattern.compile("(?<=[.!?][)\"'*_]{0,3})\\s+(?=[^a-z])");

  private final String file;
  private final List<String> faults = new ArrayList<>();
  private StringBuilder text = new StringBuilder();
  private int textLine;

  private DocsStyle(String file) {
    this.file = file;
  }

  /**
   * The faults of a text, each with file and line.
   *
   * @param file what the faults begin with
   */
  static List<String> faults(String file, List<String> lines) {
    DocsStyle style = new DocsStyle(file);
    boolean inCode = false;
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      boolean fence = line.strip().startsWith("```");
      inCode ^= fence;
      boolean table = line.strip().startsWith("|");
      if (fence || inCode || table || line.isBlank() || line.startsWith("#")) {
        style.endOfText();
        continue;
      }
      style.line(i + 1, line);
    }
    style.endOfText();
    return style.faults;
  }

  private void line(int number, String line) {
    int columns = LINK_TARGET.matcher(line).replaceAll("").length();
    if (columns > MAX_COLUMNS) {
      faults.add(file + ":" + number + ": " + columns + " columns, at most " + MAX_COLUMNS);
    }
    if (ITEM.matcher(line).find()) {
      endOfText();
    }
    if (text.length() == 0) {
      textLine = number;
    }
    text.append(ITEM.matcher(line).replaceFirst("")).append('\n');
  }

  private void endOfText() {
    String plain = COMMENT.matcher(text).replaceAll("");
    plain = CODE.matcher(plain).replaceAll("CODE");
    plain = LINK_TARGET.matcher(plain).replaceAll("");
    int begin = 0;
    Matcher end = SENTENCE_END.matcher(plain);
    while (end.find()) {
      sentence(plain, begin, end.start());
      begin = end.end();
    }
    sentence(plain, begin, plain.length());
    text = new StringBuilder();
  }

  private void sentence(String plain, int begin, int end) {
    String sentence = plain.substring(begin, end).replaceAll("\\s+", " ").strip();
    long words =
        Arrays.stream(sentence.split(" "))
            .filter(word -> word.chars().anyMatch(Character::isLetterOrDigit))
            .count();
    if (words > MAX_WORDS) {
      long line = textLine + plain.substring(0, begin).chars().filter(c -> c == '\n').count();
      faults.add(
          file + ":" + line + ": " + words + " words, at most " + MAX_WORDS + ": " + sentence);
    }
  }
}
