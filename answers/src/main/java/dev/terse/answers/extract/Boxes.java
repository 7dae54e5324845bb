package dev.terse.answers.extract;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Finds {@code \boxed{...}}. One pass with a stack pairs all braces, so nested and unclosed boxes
 * cost no more than others.
 */
final class Boxes {
  private static final List<String> COMMANDS = List.of("\\boxed", "\\fbox", "\\framebox");

  /** Between two boxes of one answer: "and", "or", punctuation, math delimiters. */
  private static final int MAX_GAP = 40;

  /** A policy may write a thousand boxes; the last ones are the answer. */
  private static final int MAX_JOINED = 16;

  private record Box(int start, int open, int close) {}

  private Boxes() {}

  /**
   * The content of the last box. Boxes that stand side by side, joined by "and", "or" or
   * punctuation only, are one answer with several parts, so that a policy cannot box every
   * candidate and be paid for the last.
   *
   * @return null if there is no closed, non-blank box
   */
  static String last(String text) {
    var boxes = outermost(text);
    if (boxes.isEmpty()) {
      return null;
    }
    int first = boxes.size() - 1;
    while (first > 0
        && boxes.size() - first < MAX_JOINED
        && joins(text, boxes.get(first - 1).close() + 1, boxes.get(first).start())) {
      first--;
    }
    var parts = new ArrayList<String>();
    for (var box : boxes.subList(first, boxes.size())) {
      String content = text.substring(box.open() + 1, box.close()).strip();
      if (!parts.contains(content)) {
        parts.add(content);
      }
    }
    return String.join(", ", parts);
  }

  private static List<Box> outermost(String text) {
    int[] match = matchingBraces(text);
    var boxes = new ArrayList<Box>();
    int i = text.indexOf('\\');
    while (i >= 0) {
      int open = openingBrace(text, i);
      if (open >= 0 && match[open] > 0 && !text.substring(open + 1, match[open]).isBlank()) {
        boxes.add(new Box(i, open, match[open]));
        i = text.indexOf('\\', match[open]);
      } else {
        i = text.indexOf('\\', i + 1);
      }
    }
    return boxes;
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
    var words = new StringBuilder();
    for (char c : text.substring(from, to).toLowerCase(Locale.ROOT).toCharArray()) {
      words.append(Character.isLetter(c) ? c : ' ');
    }
    for (String word : words.toString().split(" ")) {
      if (!List.of("", "and", "or", "text", "quad", "qquad", "mbox", "textbf").contains(word)) {
        return false;
      }
    }
    return text.substring(from, to).chars().noneMatch(Character::isDigit);
  }
}
