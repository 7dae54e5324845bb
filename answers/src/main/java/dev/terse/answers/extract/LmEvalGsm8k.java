package dev.terse.answers.extract;

import java.util.List;

/**
 * The rules of lm-evaluation-harness' task gsm8k, so that numbers published with it can be
 * repeated: what its two filters extract and what its exact_match ignores. Numbers are compared as
 * texts.
 */
public final class LmEvalGsm8k {
  /** What the filters give where they find nothing. */
  public static final String INVALID = "[invalid]";

  private static final String MARK = "#### ";

  /** Where the harness ends a completion. */
  private static final List<String> STOPS = List.of("Question:", "</s>", "<|im_end|>");

  private LmEvalGsm8k() {}

  /** strict-match: the first run of digits, points and commas after hashes and one space. */
  public static String strictMatch(String completion) {
    String text = untilStop(completion);
    for (int at = text.indexOf(MARK); at >= 0; at = text.indexOf(MARK, at + 1)) {
      int from = at + MARK.length();
      int digits = from < text.length() && text.charAt(from) == '-' ? from + 1 : from;
      int end = digits;
      while (end < text.length() && isIn("0123456789.,", text.charAt(end))) {
        end++;
      }
      if (end > digits) {
        return text.substring(from, end);
      }
    }
    return INVALID;
  }

  /**
   * flexible-extract: the last run of two or more digits, points, commas and dollar signs, or digit
   * alone, with a minus sign before it.
   */
  public static String flexibleExtract(String completion) {
    String text = untilStop(completion);
    int end = text.length();
    while (end > 0) {
      while (end > 0 && !isNumeric(text.charAt(end - 1))) {
        end--;
      }
      int start = end;
      while (start > 0 && isNumeric(text.charAt(start - 1))) {
        start--;
      }
      if (end - start > 1 || end > start && Chars.isDigit(text.charAt(start))) {
        boolean minus = start > 0 && text.charAt(start - 1) == '-';
        return text.substring(minus ? start - 1 : start, end);
      }
      end = start;
    }
    return INVALID;
  }

  /**
   * What exact_match compares: without commas, dollar signs, what leads to hashes, a last point.
   */
  public static String normalized(String answer) {
    String plain = answer.replace(",", "").replace("$", "");
    int mark = plain.lastIndexOf(MARK);
    plain = mark < 0 ? plain : plain.substring(mark + MARK.length());
    plain = plain.endsWith(".") ? plain.substring(0, plain.length() - 1) : plain;
    return Chars.lower(plain);
  }

  private static String untilStop(String text) {
    int end = text.length();
    for (String stop : STOPS) {
      int at = text.indexOf(stop);
      end = at < 0 ? end : Math.min(end, at);
    }
    return text.substring(0, end);
  }

  private static boolean isNumeric(char c) {
    return Chars.isDigit(c) || isIn("$.,", c);
  }

  private static boolean isIn(String set, char c) {
    return set.indexOf(c) >= 0;
  }
}
