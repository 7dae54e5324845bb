package dev.terse.answers.read;

import dev.terse.answers.tokens.Symbols;
import dev.terse.answers.tokens.Token;
import dev.terse.answers.value.Expr;
import java.util.List;
import java.util.Set;

/** Names beside a relation sign: x, x_1, f(x), AB, |AB|, area, f^{-1}(x), dy/dx, P(A|B), x:y. */
final class Labels {
  private static final Set<String> COMMANDS =
      Set.of("angle", "triangle", "overline", "overrightarrow", "det", "min", "max");

  private static final Set<String> FUNCTIONS =
      Set.of("P", "E", "f", "g", "h", "F", "G", "H", "p", "Var", "setE", "setP");

  private Labels() {}

  /** Whether {@code side} is only a name. */
  static boolean isLabel(List<Token> side) {
    if (!side.isEmpty() && (side.get(0).isCommand("max") || side.get(0).isCommand("min"))) {
      return false; // a calculation; as a subscript it names
    }
    String whole = side.size() < 16 ? text(side) : "";
    boolean inverse = whole.startsWith("^-1(", 1);
    boolean derivative = whole.length() == 8 && whole.startsWith("fracd") && whole.charAt(6) == 'd';
    if (inverse || derivative) {
      return true;
    }
    boolean e = side.size() == 1 && side.get(0).isWord() && side.get(0).text().equals("e");
    if (e || isMeasure(side) || isCall(side)) { // e is an eccentricity where it is computed
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

  /** A length or area by its points: |PQ|, [ABC]; of small letters only |z|, |w|, |v|. */
  private static boolean isMeasure(List<Token> side) {
    int last = side.size() - 1;
    boolean bars = last > 1 && side.get(0).is("|") && side.get(last).is("|");
    boolean area = last > 1 && side.get(0).is("[") && side.get(last).is("]");
    if (!bars && !area) {
      return false;
    }
    String inside = text(side.subList(1, last)).replace("|", "").replace("overrightarrow", "");
    return !inside.isEmpty()
        && (inside.chars().allMatch(c -> c >= 'A' && c <= 'Z')
            || bars && inside.length() == 1 && "zwv".contains(inside));
  }

  /** A named function of anything: P(X > 3), P(A|B), f(2 + 1). */
  static boolean isCall(List<Token> side) {
    int last = side.size() - 1;
    boolean call =
        last > 2
            && (side.get(0).isWord() || side.get(0).kind() == Token.Kind.COMMAND)
            && FUNCTIONS.contains(side.get(0).text())
            && (side.get(1).is("(") || side.get(1).is("["))
            && (side.get(last).is(")") || side.get(last).is("]"));
    int depth = 0;
    for (int i = 1; call && i < last; i++) {
      boolean opens = side.get(i).is("(") || side.get(i).is("[");
      depth += opens ? 1 : side.get(i).is(")") || side.get(i).is("]") ? -1 : 0;
      call = depth > 0;
    }
    return call;
  }

  /** Whether it can only be the name of one number: f(x), ABC, m∠A; no product of letters. */
  static boolean isOneName(List<Token> side) {
    String points = text(side).replace("angle", "");
    return isCall(side)
        || isMeasure(side)
        || points.length() > 1 && points.chars().allMatch(c -> c >= 'A' && c <= 'Z');
  }

  /**
   * The tokens without a last "n ∈ ℤ", and with n under the one name of a whole parameter: in x =
   * π/4 + nπ, n ∈ ℤ the letter does not matter.
   */
  static List<Token> withWholeParameter(List<Token> tokens) {
    int in = tokens.size() - 2;
    while (in > 2 && !tokens.get(in).is("∈")) {
      in--;
    }
    boolean closed = in > 2 && tokens.get(tokens.size() - 1).is(")");
    int start = in - 1;
    boolean whole =
        in > 3
            && tokens.size() - in == (closed ? 3 : 2)
            && tokens.get(in + 1).isCommand("integers")
            && tokens.get(start).isWord()
            && tokens.get(start).text().length() == 1;
    boolean apart = whole && (tokens.get(start - 1).is(",") || tokens.get(start - 1).is("("));
    if (!apart || closed != tokens.get(start - 1).is("(")) {
      return tokens;
    }
    var name = tokens.get(start);
    return tokens.subList(0, start - 1).stream()
        .map(
            t ->
                t.isWord() && t.text().equals(name.text())
                    ? new Token(t.kind(), Expr.WHOLE_PARAMETER, t.spaceBefore(), t.inText())
                    : t)
        .toList();
  }

  private static boolean isLetter(Token t) {
    return t.isWord() && !t.text().equals("e")
        || t.kind() == Token.Kind.COMMAND
            && (Symbols.LETTERS.contains(t.text()) || COMMANDS.contains(t.text()));
  }

  private static boolean isNameSign(Token t) {
    return t.is("(") || t.is(")") || t.is("{") || t.is("}") || t.is("_") || t.is(",") || t.is("'")
        || t.is(":");
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
