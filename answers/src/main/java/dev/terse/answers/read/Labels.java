package dev.terse.answers.read;

import java.util.List;
import java.util.Set;

/** Names on the left of an equals sign: x, x_1, f(x), AB, area, f^{-1}(x), dy/dx. */
final class Labels {
  private static final Set<String> COMMANDS =
      Set.of("angle", "triangle", "overline", "overrightarrow");

  private Labels() {}

  /** Whether {@code side} is only a name. */
  static boolean isLabel(List<Token> side) {
    String whole = side.size() < 16 ? text(side) : "";
    boolean inverse = whole.startsWith("^-1(", 1);
    boolean derivative = whole.length() == 8 && whole.startsWith("fracd") && whole.charAt(6) == 'd';
    if (inverse || derivative) {
      return true;
    }
    boolean named = false;
    for (var token : side) {
      boolean letter = isLetter(token);
      boolean sign = isNameSign(token);
      boolean number = token.isNumber() && named;
      if (!letter && !sign && !number) {
        return false;
      }
      named |= letter;
    }
    return named;
  }

  private static boolean isLetter(Token t) {
    return t.isWord() && !t.text().equals("e")
        || t.kind() == Token.Kind.COMMAND
            && (Symbols.LETTERS.contains(t.text()) || COMMANDS.contains(t.text()));
  }

  private static boolean isNameSign(Token t) {
    return t.is("(") || t.is(")") || t.is("{") || t.is("}") || t.is("_") || t.is(",") || t.is("'");
  }

  /** The tokens as one text without braces. */
  static String text(List<Token> tokens) {
    var text = new StringBuilder();
    for (var token : tokens) {
      if (!token.is("{") && !token.is("}")) {
        text.append(token.text());
      }
    }
    return text.toString();
  }
}
