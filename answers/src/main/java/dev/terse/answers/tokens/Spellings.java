package dev.terse.answers.tokens;

import java.util.ArrayList;
import java.util.List;

/** Other spellings of an answer, for such as the grammar does not know or reads in one way only. */
public final class Spellings {
  private static final String QUAD = "\\quad";

  /** Longest name before a colon. */
  private static final int MAX_NAME = 24;

  private static final String MATRIX = "matrix(";

  /** "And" and "or" in Spanish, Portuguese and Italian. */
  private static final List<String> LETTER_WORDS = List.of(" y ", " e ", " o ", " u ");

  private Spellings() {}

  private static final List<String> QUANTIFIERS =
      List.of("for all", "for every", "for any", "for each", "for some", "\\forall", "where ");

  /** A definition without the range of its letters: "f(x) = 5 for all x". */
  public static String withoutRange(String text) {
    int equals = text.indexOf('=');
    if (equals < 0) {
      return text;
    }
    int cut = text.length();
    for (String quantifier : QUANTIFIERS) {
      int at = text.indexOf(quantifier, equals);
      cut = at > 0 ? Math.min(cut, at) : cut;
    }
    return cut == text.length()
        ? text
        : withoutEnd(
            text.substring(0, cut), ",", "(", "\\text{", "\\quad", "\\ ", "\\", "\\mathrm{", "$");
  }

  /** What the text may say beside what its tokens say; empty for nearly all texts. */
  public static List<String> others(String text) {
    var others = new ArrayList<String>();
    if (text.contains("+-")) { // ASCII for ±, or a sum with a negative number
      others.add(text.replace("+-", "±"));
    }
    if (text.contains("base")) {
      add(others, inBase(text));
    }
    if (text.indexOf('\n') > 0 || text.contains(QUAD)) {
      add(others, lines(text));
    }
    add(others, listed(text));
    if (text.startsWith("0,")
        && text.length() > 2
        && text.chars().skip(2).allMatch(Spellings::isDigit)) {
      others.add("0." + text.substring(2)); // a decimal comma
    }
    if (text.indexOf('又') > 0) { // 2又1/3
      others.add(text.replace('又', ' '));
    }
    if (text.indexOf(':') > 0 && text.indexOf(',') > 0) {
      add(others, named(text));
    }
    if (text.contains(" and ")) {
      add(others, mixed(text));
    }
    if (text.endsWith(")") && text.indexOf('.') >= 0 || text.endsWith("repeating")) {
      add(others, repeating(text));
    }
    if (text.contains(MATRIX) || text.contains("Matrix(")) {
      add(others, matrix(text));
    }
    if (text.endsWith(")")) {
      add(others, program(text));
    }
    if (text.length() == 10 && text.charAt(4) == '-') {
      add(others, date(text));
    }
    return others;
  }

  private static void add(List<String> others, String other) {
    if (other != null) {
      others.add(other);
    }
  }

  /** {@code 1011 base 2}, {@code 1011 (base two)} with a subscript; else null. */
  private static String inBase(String text) {
    int at = text.indexOf("base");
    String number = withoutEnd(text.substring(0, at), "in", "to", "(", "\\text{", "_{");
    String base = text.substring(at + 4).replace("}", "").replace(")", "").replace("-", "").strip();
    boolean word = !base.isEmpty() && base.chars().allMatch(Character::isLetterOrDigit);
    boolean digits = !number.isEmpty() && number.chars().allMatch(Character::isLetterOrDigit);
    return word && digits ? number + "_{" + base + "}" : null;
  }

  private static String withoutEnd(String text, String... ends) {
    String result = text.strip();
    for (boolean cut = true; cut; ) {
      cut = false;
      for (String end : ends) {
        if (result.endsWith(end)) {
          result = result.substring(0, result.length() - end.length()).strip();
          cut = true;
        }
      }
    }
    return result;
  }

  /** Lines, and statements with a wide space between them, as parts of a list. */
  private static String lines(String text) {
    String flat = text.replace("\\qquad", QUAD).replace(QUAD, "\n");
    var parts = new ArrayList<String>();
    for (String line : flat.split("\n")) {
      String part = withoutEnd(line, ",", ";");
      if (!part.isEmpty()) {
        parts.add(part);
      }
    }
    boolean named = parts.stream().allMatch(Spellings::isAssignment);
    boolean values = parts.stream().noneMatch(part -> part.indexOf('=') >= 0);
    return parts.size() > 1 && (named || values) ? String.join("; ", parts) : null;
  }

  /** Whether it gives a letter its value: x = 1. */
  private static boolean isAssignment(String part) {
    int equals = part.indexOf('=');
    String name = part.substring(0, Math.max(0, equals)).strip();
    return name.length() == 1
        && Character.isLetter(name.charAt(0))
        && part.indexOf('=', equals + 1) < 0;
  }

  /** "A: 5, B: 3" with equals signs, "lowest: 5, highest: 8" without names; else null. */
  private static String named(String text) {
    var parts = new ArrayList<String>();
    for (String part : text.split(",")) {
      String bare = part.strip();
      int colon = bare.indexOf(':');
      boolean word = colon > 0 && colon < MAX_NAME;
      for (int i = 0; word && i < colon; i++) {
        word = Character.isLetter(bare.charAt(i)) || bare.charAt(i) == ' ';
      }
      if (!word || colon + 1 == bare.length()) {
        return null;
      }
      parts.add((colon == 1 ? bare.charAt(0) + "=" : "") + bare.substring(colon + 1).strip());
    }
    return String.join(", ", parts);
  }

  /** "1, 2 y 3", "0 o 5": words of one letter, where no other letter is plain text. */
  private static String listed(String text) {
    for (String word : LETTER_WORDS) {
      String formula = "\\text{" + word + "}";
      String bare = text.contains(formula) ? text.replace(formula, ", ") : text.replace(word, ", ");
      if (bare.length() != text.length() && bare.chars().noneMatch(Character::isLetter)) {
        return bare;
      }
    }
    return null;
  }

  /** {@code 3 and 1/2} as the mixed number 3 1/2; null if it is none. */
  private static String mixed(String text) {
    int at = text.indexOf(" and ");
    String whole = text.substring(0, at).strip();
    String part = text.substring(at + 5).strip();
    boolean digits = !whole.isEmpty() && whole.chars().allMatch(Spellings::isDigit);
    boolean fraction = part.startsWith("\\frac") || part.indexOf('/') > 0;
    return digits && fraction && isDigit(part.charAt(part.length() - 1))
            || digits && part.endsWith("}")
        ? whole + " " + part
        : null;
  }

  /** {@code 0.1(6)} and {@code 0.3 repeating} with a line over what repeats; else null. */
  private static String repeating(String text) {
    int end = text.length();
    int open;
    if (text.endsWith(")")) {
      open = text.lastIndexOf('(');
      end--;
    } else {
      end = text.length() - "repeating".length();
      String number = text.substring(0, end).strip();
      return number.isEmpty() ? null : number.substring(0, number.length() - 1) + over(number, 1);
    }
    String head = open < 0 ? "" : text.substring(0, open);
    int point = head.lastIndexOf('.');
    boolean digits = point >= 0 && end > open + 1;
    for (int i = point + 1; digits && i < end; i++) {
      digits = i == open || isDigit(text.charAt(i));
    }
    return digits ? head + "\\overline{" + text.substring(open + 1, end) + "}" : null;
  }

  private static String over(String number, int count) {
    return "\\overline{" + number.substring(number.length() - count) + "}";
  }

  /** {@code matrix([1,2],[3,4])} and {@code Matrix([[1,2],[3,4]])} as rows in brackets. */
  private static String matrix(String text) {
    int at = Math.max(text.indexOf(MATRIX), text.indexOf("Matrix("));
    int close = text.lastIndexOf(')');
    if (close < at) {
      return null;
    }
    String rows = text.substring(at + MATRIX.length(), close).strip();
    String list = rows.startsWith("[[") ? rows : "[" + rows + "]";
    return text.substring(0, at) + list + text.substring(close + 1);
  }

  /** Sets, intervals and relations as SymPy prints them; null for other texts. */
  private static String program(String text) {
    int open = text.indexOf('(');
    String name = open < 0 ? "" : text.substring(0, open);
    String inside = text.substring(open + 1, text.length() - 1);
    int comma = inside.lastIndexOf(',');
    String two = comma < 0 ? "" : inside.substring(0, comma) + "%s" + inside.substring(comma + 1);
    return switch (name) {
      case "FiniteSet" -> "\\{" + inside + "\\}";
      case "Interval" -> "[" + inside + "]";
      case "Interval.open" -> "(" + inside + ")";
      case "Interval.Lopen" -> "(" + inside + "]";
      case "Interval.Ropen" -> "[" + inside + ")";
      case "Eq" -> two.replace("%s", "=");
      case "Ne" -> two.replace("%s", "\\ne ");
      default -> null;
    };
  }

  /** 2020-03-05 in words; null if it is no date. */
  private static String date(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (i == 4 || i == 7 ? text.charAt(i) != '-' : !isDigit(text.charAt(i))) {
        return null;
      }
    }
    int month = Integer.parseInt(text.substring(5, 7));
    int day = Integer.parseInt(text.substring(8));
    return month < 1 || month > 12
        ? null
        : "\\text{" + MONTHS.get(month - 1) + " " + day + ", " + text.substring(0, 4) + "}";
  }

  private static final List<String> MONTHS =
      List.of(
          "January",
          "February",
          "March",
          "April",
          "May",
          "June",
          "July",
          "August",
          "September",
          "October",
          "November",
          "December");

  private static boolean isDigit(int c) {
    return c >= '0' && c <= '9';
  }
}
