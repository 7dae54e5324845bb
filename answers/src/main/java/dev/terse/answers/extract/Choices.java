package dev.terse.answers.extract;

import java.util.List;
import java.util.TreeSet;

/** Finds the letter of a choice in a sentence that may give reasons and deny others. */
public final class Choices {
  private static final String LETTERS = "ABCDEFGHJ";

  /** Longest sentence that is searched. */
  private static final int MAX_CHARS = 400;

  private static final String LAYOUT = "().:*$ ";

  /** How far a denial reaches: "not A", "A is wrong". */
  private static final int REACH = 14;

  private static final List<String> ENDS =
      List.of(
          ". ",
          ", ",
          " and not ",
          " but ",
          " und nicht ",
          " et pas ",
          " y no ",
          "; ",
          "，",
          "。",
          "；",
          "、",
          "؛ ",
          "، ");

  private Choices() {}

  /**
   * Whether a text is the letter of a choice: {@code C}, {@code (C)}, {@code \text{C}}, {@code C.}
   */
  public static boolean isLetter(String text) {
    boolean worded = text.startsWith("\\text{") && text.endsWith("}");
    String bare = worded ? text.substring(6, text.length() - 1) : text;
    char letter = 0;
    for (int i = 0; i < bare.length(); i++) {
      char c = bare.charAt(i);
      if (LAYOUT.indexOf(c) < 0) {
        if (letter != 0) {
          return false;
        }
        letter = c;
      }
    }
    boolean small = bare.length() == 3 && bare.charAt(0) == '(' && bare.charAt(2) == ')';
    return letter != 0 && LETTERS.indexOf(small ? Character.toUpperCase(letter) : letter) >= 0;
  }

  /** The one letter that the last line of a text chooses; null if it chooses none or several. */
  static String named(String text) {
    String line = Sentences.lastLine(text);
    return in(line.substring(Math.max(0, line.length() - MAX_CHARS)));
  }

  /** The one letter that a sentence chooses; null if it chooses none or several. */
  static String in(String sentence) {
    String text = sentence.substring(0, Math.min(sentence.length(), MAX_CHARS));
    String whole = Chars.lower(text);
    int end = Language.explanation(whole);
    String lower = whole.substring(0, end);
    var chosen = new TreeSet<String>();
    for (int i = 0; i < text.length(); i++) {
      if (i < end && isChoice(text, i) && !isDenied(lower, i)) {
        chosen.add(String.valueOf(Character.toUpperCase(text.charAt(i))));
      }
    }
    return chosen.size() == 1 ? chosen.first() : null;
  }

  private static boolean isChoice(String text, int i) {
    char before = i == 0 ? ' ' : text.charAt(i - 1);
    char after = i + 1 == text.length() ? ' ' : text.charAt(i + 1);
    if (LETTERS.indexOf(text.charAt(i)) < 0) { // (b), but not f(b)
      boolean small = LETTERS.indexOf(Character.toUpperCase(text.charAt(i))) >= 0;
      boolean call = i > 1 && Character.isLetterOrDigit(text.charAt(i - 2));
      return small && before == '(' && after == ')' && !call;
    }
    boolean bounded =
        !Chars.isSpacedLetter(before)
            && !Chars.isSpacedLetter(after)
            && "\\_^'’=+<>/".indexOf(before) < 0
            && "_^'’=+<>/".indexOf(after) < 0
            && !Chars.isDigit(before)
            && !Chars.isDigit(after);
    boolean article =
        text.charAt(i) == 'A'
            && after == ' '
            && i + 2 < text.length()
            && Character.isLowerCase(text.charAt(i + 2))
            && !Chars.lower(text.substring(Math.max(0, i - 7), i)).equals("option ")
            && !Chars.lower(text.substring(Math.max(0, i - 7), i)).equals("choice ");
    return bounded && !(article && !isVerb(text, i + 2));
  }

  /** Whether what follows "A " speaks of choice A: "A is right", "A and B". */
  private static boolean isVerb(String text, int at) {
    return List.of("is ", "and ", "or ", "because ", "since ", "fails", "not ").stream()
        .anyMatch(v -> text.startsWith(v, at));
  }

  /** Whether the letter is denied: a denial stands right before it or right after it. */
  private static boolean isDenied(String lower, int at) {
    int from = at;
    while (from > 0 && at - from < REACH && !isClauseEnd(lower, from - 1)) {
      from--;
    }
    int to = at + 1;
    while (to < lower.length() && to - at < 2 * REACH && !isClauseEnd(lower, to)) {
      to++;
    }
    var language = Language.of(lower) == Language.ENGLISH ? Language.ENGLISH : null;
    return Language.denies(lower.substring(from, at), language)
        || Language.denies(lower.substring(at + 1, to), language);
  }

  private static boolean isClauseEnd(String lower, int i) {
    return ENDS.stream().anyMatch(e -> lower.startsWith(e, i));
  }
}
