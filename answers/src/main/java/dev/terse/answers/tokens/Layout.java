package dev.terse.answers.tokens;

import dev.terse.answers.tokens.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Takes away what LaTeX only lays out: escaped backslashes, aligned lines, ends of lines. */
final class Layout {
  private static final Set<String> LINES =
      Set.of(
          "align",
          "aligned",
          "gather",
          "gathered",
          "split",
          "equation",
          "eqnarray",
          "multline",
          "displaymath",
          "math",
          "center",
          "cases",
          "dcases");

  private Layout() {}

  /**
   * A text whose backslashes were escaped once more, with single ones: {@code \\frac{3}{4}}. Where
   * {@code \\} ends the rows of a matrix, some other backslash is single.
   */
  static String singleBackslashes(String text) {
    boolean doubled = text.contains("\\\\");
    boolean command = false;
    for (int i = 0; doubled && i < text.length(); i++) {
      if (text.charAt(i) == '\\') {
        int start = i;
        while (i < text.length() && text.charAt(i) == '\\') {
          i++;
        }
        doubled = (i - start) % 2 == 0;
        command |= i < text.length() && isCommand(text.charAt(i));
      }
    }
    return doubled && command ? singleBackslashes(text.replace("\\\\", "\\")) : text;
  }

  private static boolean isCommand(char c) {
    return c < 128 && Character.isLetter(c) || "([".indexOf(c) >= 0;
  }

  /**
   * The tokens without environments of lines. A line that begins with a relation sign goes on the
   * one before; other lines are parts of a list, as are lines outside any environment.
   */
  static List<Token> lines(List<Token> given) {
    if (given.stream().noneMatch(t -> t.is("\\\\") || t.kind() == Kind.BEGIN)) {
      return given;
    }
    var tokens = isBroken(given) ? joined(given) : withCases(given);
    boolean cases =
        tokens.stream().anyMatch(t -> t.kind() == Kind.BEGIN && t.text().endsWith("cases"))
            && tokens.stream().anyMatch(t -> t.is("&"));
    if (cases) { // a function by cases
      return tokens;
    }
    var flat = new ArrayList<Token>();
    int matrices = 0;
    for (int i = 0; i < tokens.size(); i++) {
      var token = tokens.get(i);
      boolean border = token.kind() == Kind.BEGIN || token.kind() == Kind.END;
      if (border && LINES.contains(token.text())) {
        continue;
      }
      matrices += token.kind() == Kind.BEGIN ? 1 : token.kind() == Kind.END ? -1 : 0;
      if (matrices > 0 || !token.is("\\\\") && !token.is("&")) {
        flat.add(token);
      } else if (token.is("\\\\") && !flat.isEmpty() && beginsLine(tokens, i + 1)) {
        flat.add(new Token(Kind.SIGN, ";", false, false));
      }
    }
    return flat;
  }

  /** Whether the rows of a matrix of one column are pieces of one formula. */
  private static boolean isBroken(List<Token> tokens) {
    int braces = 0;
    int rowStart = 0;
    boolean broken = false;
    for (int i = 0; i < tokens.size(); i++) {
      var token = tokens.get(i);
      if (token.is("&")) {
        return false;
      }
      braces += token.is("{") ? 1 : token.is("}") ? -1 : 0;
      boolean row = token.is("\\\\") || token.kind() == Kind.END;
      if (row) {
        boolean operator = i == rowStart + 1 && isOperator(tokens.get(i - 1));
        broken |= braces > 0 || operator;
        rowStart = i + 1;
      } else if (token.kind() == Kind.BEGIN) {
        rowStart = i + 1;
      }
    }
    return broken && tokens.get(0).kind() == Kind.BEGIN && tokens.get(0).text().equals("matrix");
  }

  private static boolean isOperator(Token t) {
    return t.kind() == Kind.SIGN && "+-*/=".contains(t.text());
  }

  private static List<Token> joined(List<Token> tokens) {
    return tokens.stream()
        .filter(t -> !t.is("\\\\") && t.kind() != Kind.BEGIN && t.kind() != Kind.END)
        .toList();
  }

  /** An array behind one brace, \\left\\{ ... \\right., as the cases that it shows. */
  private static List<Token> withCases(List<Token> tokens) {
    var result = new ArrayList<Token>();
    for (int i = 0; i < tokens.size(); i++) {
      boolean brace =
          tokens.get(i).is("{set")
              && i + 1 < tokens.size()
              && tokens.get(i + 1).kind() == Kind.BEGIN
              && tokens.stream().noneMatch(t -> t.is("}set"));
      if (!brace) {
        boolean array = tokens.get(i).text().equals("array") && !result.isEmpty();
        boolean end = array && tokens.get(i).kind() == Kind.END && isCases(result);
        result.add(end ? new Token(Kind.END, "cases", false, false) : tokens.get(i));
      } else {
        i++;
        result.add(new Token(Kind.BEGIN, "cases", false, false));
      }
    }
    return result;
  }

  private static boolean isCases(List<Token> tokens) {
    return tokens.stream().anyMatch(t -> t.kind() == Kind.BEGIN && t.text().equals("cases"));
  }

  /** Whether a line of its own begins here, or at what is no sign of alignment. */
  private static boolean beginsLine(List<Token> tokens, int i) {
    while (i < tokens.size() && tokens.get(i).is("&")) {
      i++;
    }
    return i < tokens.size()
        && !(tokens.get(i).kind() == Kind.END && LINES.contains(tokens.get(i).text()))
        && !tokens.get(i).is("=")
        && !tokens.get(i).is("≈")
        && !tokens.get(i).is("\\\\")
        && !tokens.get(i).is("$");
  }
}
