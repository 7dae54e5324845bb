package dev.terse.answers.tokens;

import java.util.ArrayList;
import java.util.List;

/** Answers to the parts of a question, each behind its mark: "(a) 5 (b) 7", "1) 5; 2) 7". */
public final class Parts {
  private static final List<List<String>> MARKS =
      List.of(
          List.of("a", "b", "c", "d", "e", "f", "g", "h"),
          List.of("1", "2", "3", "4", "5", "6", "7", "8"),
          List.of("i", "ii", "iii", "iv", "v", "vi", "vii", "viii"),
          List.of("A", "B", "C", "D", "E", "F", "G", "H"),
          List.of("I", "II", "III", "IV", "V", "VI", "VII", "VIII"));

  private static final String SEPARATORS = ",;/、；，.:：。 \t\n&";

  private Parts() {}

  /** The parts in their order, as a vector; null if the text is not marked so. */
  public static String of(String text) {
    int bracket = text.indexOf(')');
    if (bracket < 0 || bracket > 8 || text.indexOf(')', bracket + 1) < 0) {
      return null; // the commonest case: no mark at the start, or only one
    }
    for (var marks : MARKS) {
      String parts = of(text, marks);
      if (parts != null) {
        return parts;
      }
    }
    return null;
  }

  private static String of(String text, List<String> marks) {
    var parts = new ArrayList<String>();
    int from = -1; // where the current part begins
    int at = 0;
    for (String mark : marks) {
      int next = next(text, mark, at, from < 0);
      if (next < 0) {
        break;
      }
      if (from >= 0) {
        parts.add(text.substring(from, next));
      }
      from = text.indexOf(')', next) + 1;
      at = from;
    }
    if (parts.isEmpty()) {
      return null;
    }
    parts.add(text.substring(from));
    parts.replaceAll(Parts::trimmed);
    return parts.stream().allMatch(Parts::isPart)
        ? "\\langle{" + String.join("},{", parts) + "}\\rangle"
        : null;
  }

  /** Where the mark stands next, with or without an opening bracket; -1 if nowhere. */
  private static int next(String text, String mark, int from, boolean first) {
    int at = text.indexOf(mark + ")", from);
    while (at >= 0) {
      int start = at > 0 && text.charAt(at - 1) == '(' ? at - 1 : at;
      boolean begins =
          start == from || start == 0 || (SEPARATORS + "$").indexOf(text.charAt(start - 1)) >= 0;
      if (begins && (!first || text.substring(0, start).replace("$", "").isBlank())) {
        return start;
      }
      at = first ? -1 : text.indexOf(mark + ")", at + 1);
    }
    return -1;
  }

  private static String trimmed(String part) {
    int start = 0;
    int end = part.length();
    while (start < end && SEPARATORS.indexOf(part.charAt(start)) >= 0) {
      start++;
    }
    while (end > start && SEPARATORS.indexOf(part.charAt(end - 1)) >= 0) {
      end--;
    }
    String bare = part.substring(start, end);
    for (String word : List.of("Part", "part", "and", "\\quad", "\\qquad", "\\\\")) {
      if (bare.endsWith(word)) {
        return trimmed(bare.substring(0, bare.length() - word.length()));
      }
    }
    return bare.contains("\\$") ? bare : bare.replace("$", "").strip();
  }

  /** Whether it is a value of its own: not empty, no operand of what stands around it. */
  private static boolean isPart(String part) {
    if (part.isEmpty() || "^_+*/=!<>)".indexOf(part.charAt(0)) >= 0) {
      return false;
    }
    int braces = 0;
    for (int i = 0; i < part.length() && braces >= 0; i++) {
      braces += part.charAt(i) == '{' ? 1 : part.charAt(i) == '}' ? -1 : 0;
    }
    return braces == 0 && "+-*/^_=<>(".indexOf(part.charAt(part.length() - 1)) < 0;
  }
}
