package dev.terse.answers.extract;

import dev.terse.answers.extract.Found.Source;
import java.util.List;
import java.util.Locale;

/**
 * Finds the answer in the text after the thinking. Hand-written scanners, each linear in the length
 * of the text; nothing backtracks.
 */
public final class AnswerFinder {
  /**
   * Only the end of a text is looked at. Real answer parts of R1 models have 2,000 characters or
   * less; a megabyte of text must not cost more than this.
   */
  public static final int MAX_SCANNED_CHARS = 16_384;

  /** Longest formula between dollar signs; keeps the search linear. */
  private static final int MAX_SPAN = 1000;

  private static final List<String> PHRASES =
      List.of("answer is", "answer:", "answer :", "answer =", "answers are", "answer to this is");

  private static final List<String> DENIALS =
      List.of(
          " not |n't | never | neither | nor | but | except | wrong | incorrect | or "
              .split("\\|"));

  /** Words that end the answer in a sentence and begin its explanation. */
  private static final List<String> CLAUSES =
      List.of(
          " because ", " since ", ", which", ", so ", ", as ", " where ", ", because", ", since");

  private AnswerFinder() {}

  /** The end of {@code text} that is searched. */
  public static String tail(String text) {
    int from = Math.max(0, text.length() - MAX_SCANNED_CHARS);
    return text.substring(from);
  }

  /** The answer that the text marks as such: box, hashes, phrase; null if it marks none. */
  public static Found marked(String text) {
    String box = Boxes.last(text);
    if (box != null) {
      return new Found(box, Source.BOXED);
    }
    int hashes = text.lastIndexOf("####");
    if (hashes >= 0) {
      String line = firstLine(text, hashes + 4);
      if (!line.isEmpty()) {
        return new Found(line, Source.HASHES);
      }
    }
    return phrase(text);
  }

  /** The last formula, else the last number of a text that marks no answer; null if none. */
  public static Found unmarked(String text) {
    if (text.contains("\\boxed")) { // an open or empty box is an answer that was not given
      return null;
    }
    String span = lastMathSpan(text);
    if (span != null) {
      return new Found(span, Source.MATH_SPAN);
    }
    String number = isEnumeration(text) ? null : LastNumber.in(text);
    return number == null ? null : new Found(number, Source.LAST_NUMBER);
  }

  /** Whether the last line lists several numbers and says nothing: every candidate, none chosen. */
  private static boolean isEnumeration(String text) {
    String stripped = text.stripTrailing();
    String line = stripped.substring(stripped.lastIndexOf('\n') + 1);
    boolean says = line.chars().anyMatch(c -> Character.isLetter(c) || c == '=');
    return !says && LastNumber.in(line) != null && !LastNumber.isOnly(line);
  }

  /**
   * The answer inside a sentence that is no answer as a whole: its last bold part, or its number if
   * it has just one. A sentence that denies something has none.
   */
  public static Found inSentence(String sentence) {
    String words = " " + sentence.toLowerCase(Locale.ROOT) + " ";
    if (DENIALS.stream().anyMatch(words::contains)) {
      return null;
    }
    int end = sentence.lastIndexOf("**");
    int start = end <= 0 ? -1 : sentence.lastIndexOf("**", end - 1);
    if (start >= 0 && end > start + 2 && opensBold(sentence, start)) {
      return new Found(trimmed(sentence.substring(start + 2, end)), Source.PHRASE);
    }
    if (start < 0
        && end > 0
        && end + 2 < sentence.length()) { // the line ended inside the bold part
      return new Found(trimmed(sentence.substring(end + 2)), Source.PHRASE);
    }
    String number = LastNumber.in(sentence);
    return number != null && LastNumber.isOnly(sentence) ? new Found(number, Source.PHRASE) : null;
  }

  private static boolean opensBold(String text, int at) {
    return at == 0 || Character.isWhitespace(text.charAt(at - 1));
  }

  private static Found phrase(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    if (lower.length() != text.length()) { // İ and its like change length when lowered
      return null;
    }
    int best = -1;
    int end = -1;
    for (String phrase : PHRASES) {
      int at = lower.lastIndexOf(phrase);
      if (at > best) {
        best = at;
        end = at + phrase.length();
      }
    }
    if (best < 0) {
      return null;
    }
    while (end < text.length() && isDecoration(text.charAt(end))) {
      end++;
    }
    String sentence = firstSentence(text, end);
    String span = lastMathSpan(sentence);
    if (span != null && onlyMath(sentence)) {
      sentence = span;
    }
    return sentence.isEmpty() ? null : new Found(sentence, Source.PHRASE);
  }

  private static boolean isDecoration(char c) {
    return Character.isWhitespace(c) || c == '*' || c == ':' || c == '_';
  }

  private static String firstLine(String text, int from) {
    int start = from;
    while (start < text.length() && Character.isWhitespace(text.charAt(start))) {
      start++;
    }
    int end = text.indexOf('\n', start);
    return text.substring(start, end < 0 ? text.length() : end).strip();
  }

  /** Up to the end of the line, of the sentence, or to an explaining clause. */
  private static String firstSentence(String text, int from) {
    String line = firstLine(text, from);
    for (int i = 0; i + 1 < line.length(); i++) {
      char c = line.charAt(i);
      if ((c == '.' || c == '!' || c == ';') && Character.isWhitespace(line.charAt(i + 1))) {
        line = line.substring(0, i);
      }
    }
    for (String clause : CLAUSES) {
      int at = line.indexOf(clause);
      if (at > 0) {
        line = line.substring(0, at);
      }
    }
    return trimmed(line);
  }

  private static String trimmed(String s) {
    int start = 0;
    int end = s.length();
    while (start < end && isDecoration(s.charAt(start))) {
      start++;
    }
    while (end > start && (isDecoration(s.charAt(end - 1)) || s.charAt(end - 1) == '.')) {
      end--;
    }
    return s.substring(start, end);
  }

  private static boolean onlyMath(String sentence) {
    return sentence.startsWith("$") || sentence.startsWith("\\(") || sentence.startsWith("\\[");
  }

  /**
   * Content of the last {@code $...$}, {@code $$...$$}, {@code \(...\)} or {@code \[...\]}. Money
   * is told from formulas as pandoc does it: a formula does not begin or end with a space, nor is
   * it followed by a digit; and it does not cross bold marks or a blank line.
   */
  static String lastMathSpan(String text) {
    String best = null;
    int open = -1; // where the content of an open dollar span begins
    int paren = -1; // the same for \( and \[
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\' && i + 1 < text.length()) {
        char d = text.charAt(++i);
        if (d == '(' || d == '[') {
          paren = i + 1;
        } else if ((d == ')' || d == ']') && paren >= 0) {
          String content = text.substring(paren, i - 1).strip();
          best = content.isEmpty() ? best : content;
          paren = -1;
        }
      } else if (c == '$') {
        int run = i;
        while (i + 1 < text.length() && text.charAt(i + 1) == '$') {
          i++;
        }
        if (open >= 0 && run - open <= MAX_SPAN && isFormula(text, open, run, i + 1)) {
          best = text.substring(open, run).strip();
          open = -1;
        } else {
          open = i + 1;
        }
      }
    }
    return best;
  }

  private static boolean isFormula(String text, int open, int close, int after) {
    boolean doubled = after - close > 1;
    String content = text.substring(open, close);
    if (content.isBlank() || content.contains("**") || content.contains("\n\n")) {
      return false;
    }
    boolean spaced =
        Character.isWhitespace(content.charAt(0))
            || Character.isWhitespace(content.charAt(content.length() - 1));
    boolean digitAfter =
        after < text.length() && text.charAt(after) >= '0' && text.charAt(after) <= '9';
    return doubled || !digitAfter && !(spaced && content.contains(" ") && hasWords(content));
  }

  /** Whether prose stands between two dollar signs. */
  private static boolean hasWords(String content) {
    int letters = 0;
    for (int i = 0; i < content.length(); i++) {
      letters = Character.isLetter(content.charAt(i)) ? letters + 1 : 0;
      if (content.charAt(i) == '\\') {
        return false;
      }
      if (letters > 3) {
        return true;
      }
    }
    return false;
  }
}
