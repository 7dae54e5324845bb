package dev.terse.answers.extract;

import java.util.List;

/** Chains of equalities and approximations: {@code x = 3 + 4 = 7}, {@code 2/7 ≈ 0.2857}. */
final class Chains {
  private static final List<String> ABOUT =
      List.of("≈", "\\approx", "\\simeq", "\\doteq", "≃", "~=");

  private Chains() {}

  /**
   * What stands before the first sign of approximation, so that the exact value counts; null where
   * nothing is approximated, or only a name, as in {@code x ≈ 3}.
   */
  static String exact(String formula) {
    int at = approximation(formula);
    if (at < 0) {
      return null;
    }
    String before = formula.substring(0, at).strip();
    int equals = lastEquals(before);
    String value = before.substring(equals + 1).strip();
    return value.isEmpty() || !Chars.hasDigit(value) && !value.contains("\\pi") ? null : before;
  }

  /**
   * What stands after the last equals sign; null if there is none or if several statements stand
   * side by side.
   */
  static String lastValue(String formula) {
    int at = lastEquals(formula);
    if (at < 0) {
      return null;
    }
    String value = formula.substring(at + 1);
    int end = value.indexOf("\\end{");
    value = (end < 0 ? value : value.substring(0, end)).replace("&", "").strip();
    while (value.endsWith("\\\\")) {
      value = value.substring(0, value.length() - 2).strip();
    }
    return value.isEmpty() ? null : value;
  }

  /** The first approximation sign outside brackets; -1 if there is none. */
  private static int approximation(String formula) {
    int depth = 0;
    for (int i = 0; i < formula.length(); i++) {
      char c = formula.charAt(i);
      depth = depth(depth, c);
      int at = i;
      if (depth == 0
          && "≈≃~\\".indexOf(c) >= 0
          && ABOUT.stream().anyMatch(a -> formula.startsWith(a, at))) {
        return i;
      }
    }
    return -1;
  }

  /** The last equals sign outside brackets; -1 if there is none, or a comma outside brackets. */
  private static int lastEquals(String formula) {
    int depth = 0;
    int last = -1;
    for (int i = 0; i < formula.length(); i++) {
      char c = formula.charAt(i);
      depth = depth(depth, c);
      if (depth == 0 && (c == ';' || c == ',' && !isGrouping(formula, i))) {
        return -1;
      }
      if (depth == 0 && c == '=' && !(i > 0 && "<>!:~".indexOf(formula.charAt(i - 1)) >= 0)) {
        last = i;
      }
    }
    return last;
  }

  private static int depth(int depth, char c) {
    return "([{".indexOf(c) >= 0
        ? depth + 1
        : ")]}".indexOf(c) >= 0 ? Math.max(0, depth - 1) : depth;
  }

  private static boolean isGrouping(String s, int comma) {
    boolean spaced = s.startsWith(",\\!", comma) || comma > 0 && s.charAt(comma - 1) == '\\';
    return spaced
        || comma > 0
            && comma + 1 < s.length()
            && Chars.isDigit(s.charAt(comma - 1))
            && Chars.isDigit(s.charAt(comma + 1));
  }
}
