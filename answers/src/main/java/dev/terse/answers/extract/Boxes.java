package dev.terse.answers.extract;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * Finds {@code \boxed{...}}. One pass with a stack pairs all braces, so nested and unclosed boxes
 * cost no more than others.
 */
final class Boxes {
  private static final List<String> COMMANDS = List.of("\\boxed", "\\fbox", "\\framebox");

  /** Between two boxes of one answer: "and", "or", "for (i)", punctuation, math delimiters. */
  private static final int MAX_GAP = 40;

  /** A policy may write a thousand boxes; the last ones are the answer. */
  private static final int MAX_JOINED = 16;

  private static final Set<String> JOINTS =
      Set.of(
          ("and or text quad qquad mbox textbf either maybe perhaps possibly alternatively for part"
                  + " case if when in i ii iii iv v a b c d f et ou und oder y o u e и или"
                  + " 和 或 或者 と または および 또는 그리고 و أو")
              .split(" "));

  private static final List<String> CORRECTIONS =
      List.of(
          "no",
          "wait",
          "wrong",
          "mistake",
          "error",
          "actually",
          "instead",
          "correct",
          "correction",
          "correcting",
          "sorry",
          "rather",
          "recheck",
          "nein",
          "non",
          "нет",
          "不对",
          "错");

  private static final String BOXED = "\\boxed";

  /** What ends a box that is written without braces. */
  private static final String ENDS = "$,;，。；}) \t\n";

  /** Signs between a value and what rounds it. */
  private static final Set<String> ABOUT = Set.of("≈", "\\approx", "\\simeq", "\\sim");

  private record Box(int start, int open, int close) {}

  /**
   * The boxes of a text.
   *
   * @param last the content of the last closed box. Boxes that stand side by side, joined by "and",
   *     "or", "for (ii)" or punctuation only, are one answer with several parts, so that a policy
   *     cannot box every candidate and be paid for the last
   * @param all the contents of all boxes since the last correction, where these are more; else null
   * @param abandoned whether the text ends with a box that is open or empty
   */
  record Found(String last, String all, boolean abandoned) {}

  private Boxes() {}

  /**
   * The text with one spelling of boxes: also where the backslash was lost, where JSON took {@code
   * \\b} for a control character, where the braces are left out, and for the tokens of GLM.
   */
  static String plain(String text) {
    boolean tokens = text.contains("<|begin_of_box|>");
    String plain = tokens ? text.replace("<|begin_of_box|>", BOXED + "{") : text;
    plain = tokens ? plain.replace("<|end_of_box|>", "}") : plain;
    int at = plain.indexOf("oxed");
    if (at < 0) {
      return plain;
    }
    var out = new StringBuilder();
    int from = 0;
    for (; at >= 0; at = plain.indexOf("oxed", at + 4)) {
      int start = start(plain, at);
      int after = at + 4;
      while (after < plain.length() && plain.charAt(after) == ' ') {
        after++;
      }
      boolean braced = plain.startsWith("{", after);
      if (braced && start >= 0 && after == at + 4 && plain.startsWith(BOXED, start)) {
        continue; // as it should be
      }
      int end = braced ? after : unbraced(plain, after);
      boolean bare = start >= 0 && end > after && plain.charAt(start) == '\\';
      if (start >= from && (braced || bare)) {
        out.append(plain, from, start).append(BOXED).append('{');
        out.append(plain, after, end).append(braced ? "" : "}");
        from = braced ? end + 1 : end;
      }
    }
    return from == 0 ? plain : out.append(plain.substring(from)).toString();
  }

  /** Where the command begins whose name ends with what stands at {@code at}; -1 if none does. */
  private static int start(String text, int at) {
    int b = at - 1;
    if (b < 0 || text.charAt(b) != 'b' && text.charAt(b) != '\b') {
      return -1;
    }
    if (text.charAt(b) == '\b') {
      return b;
    }
    b -= text.startsWith("\\begin", Math.max(0, b - 6)) && b >= 6 ? 5 : 0;
    boolean backslash = b > 0 && text.charAt(b - 1) == '\\';
    boolean letter = b > 0 && Character.isLetter(text.charAt(b - 1));
    return backslash ? b - 1 : letter ? -1 : b;
  }

  private static int unbraced(String text, int from) {
    int end = from;
    while (end < text.length() && ENDS.indexOf(text.charAt(end)) < 0) {
      boolean delimiter = text.startsWith("\\)", end) || text.startsWith("\\]", end);
      if (delimiter || end > from && text.charAt(end) == '\\' && text.startsWith("\\text", end)) {
        break;
      }
      end++;
    }
    while (end > from && ".:!?*".indexOf(text.charAt(end - 1)) >= 0) {
      end--;
    }
    return end > from && Character.isLetterOrDigit(text.charAt(end - 1)) ? end : from;
  }

  /** The boxes of a text; null if it has none. */
  static Found in(String text) {
    if (COMMANDS.stream().noneMatch(text::contains)) {
      return null;
    }
    int[] match = matchingBraces(text);
    var boxes = new ArrayList<Box>();
    boolean abandoned = false;
    for (int i = text.indexOf('\\'); i >= 0; ) {
      int open = openingBrace(text, i);
      boolean closed = open >= 0 && match[open] > 0;
      if (closed && !text.substring(open + 1, match[open]).isBlank()) {
        boxes.add(new Box(i, open, match[open]));
        abandoned = false;
        i = text.indexOf('\\', match[open]);
      } else {
        abandoned |= open >= 0;
        i = text.indexOf('\\', i + 1);
      }
    }
    if (boxes.isEmpty() || abandoned) {
      return new Found(null, null, true);
    }
    if (boxes.size() > 1 && isRounded(text, boxes)) {
      boxes.remove(boxes.size() - 1);
    }
    int first = boxes.size() - 1;
    while (first > 0
        && boxes.size() - first < MAX_JOINED
        && joins(text, boxes.get(first - 1).close() + 1, boxes.get(first).start())) {
      first--;
    }
    int earliest = first;
    while (earliest > 0
        && boxes.size() - earliest < MAX_JOINED
        && !corrects(text, boxes.get(earliest - 1).close() + 1, boxes.get(earliest).start())) {
      earliest--;
    }
    String last = contents(text, boxes.subList(first, boxes.size()));
    String all = contents(text, boxes.subList(earliest, boxes.size()));
    return new Found(last, all.equals(last) ? null : all, false);
  }

  private static String contents(String text, List<Box> boxes) {
    var parts = new ArrayList<String>();
    for (var box : boxes) {
      String content = text.substring(box.open() + 1, box.close()).strip();
      if (!parts.contains(content)) {
        parts.add(content);
      }
    }
    return String.join(", ", parts);
  }

  /** Index of the brace that a box command at {@code i} opens; -1 if there is none. */
  private static int openingBrace(String text, int i) {
    for (String command : COMMANDS) {
      if (text.startsWith(command, i)) {
        int j = i + command.length();
        while (j < text.length() && text.charAt(j) == ' ') {
          j++;
        }
        return j < text.length() && text.charAt(j) == '{' ? j : -1;
      }
    }
    return -1;
  }

  /** For each opening brace the index of its partner, else 0. Escaped braces do not count. */
  private static int[] matchingBraces(String text) {
    int[] match = new int[text.length()];
    int[] stack = new int[16];
    int depth = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\') {
        i++;
      } else if (c == '{') {
        if (depth == stack.length) {
          stack = Arrays.copyOf(stack, 2 * depth);
        }
        stack[depth++] = i;
      } else if (c == '}' && depth > 0) {
        match[stack[--depth]] = i;
      }
    }
    return match;
  }

  private static boolean joins(String text, int from, int to) {
    if (to - from > MAX_GAP) {
      return false;
    }
    for (String word : words(text.substring(from, to))) {
      if (!JOINTS.contains(word)) {
        return false;
      }
    }
    return text.substring(from, to).chars().noneMatch(c -> c >= '0' && c <= '9' || c == '=');
  }

  /** Whether the last box only rounds the one before it. */
  private static boolean isRounded(String text, List<Box> boxes) {
    int from = boxes.get(boxes.size() - 2).close() + 1;
    int to = boxes.get(boxes.size() - 1).start();
    return to - from < MAX_GAP && ABOUT.contains(text.substring(from, to).replace("$", "").strip());
  }

  private static boolean corrects(String text, int from, int to) {
    var words = words(text.substring(from, to));
    return CORRECTIONS.stream().anyMatch(words::contains);
  }

  private static List<String> words(String gap) {
    var words = new StringBuilder();
    for (char c : Chars.lower(gap).toCharArray()) {
      words.append(Character.isLetter(c) ? c : ' ');
    }
    String joined = words.toString().strip();
    return joined.isEmpty() ? List.of() : List.of(joined.split(" +"));
  }
}
