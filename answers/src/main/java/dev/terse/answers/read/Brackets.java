package dev.terse.answers.read;

import dev.terse.answers.tokens.Token;
import dev.terse.answers.tokens.Token.Kind;
import dev.terse.answers.value.CannotTell;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;

/** Which bracket closes which, found once in one pass. */
final class Brackets {
  private final List<Token> tokens;
  private final int[] partner; // of an opening bracket the closing one; -1 for everything else

  /**
   * @throws CannotTell if the brackets do not pair
   */
  Brackets(List<Token> tokens) {
    this.tokens = tokens;
    partner = new int[tokens.size()];
    Arrays.fill(partner, -1);
    var open = new ArrayDeque<Integer>();
    for (int i = 0; i < partner.length; i++) {
      var token = tokens.get(i);
      if (token.kind() == Kind.BEGIN || opens(token)) {
        open.push(i);
      } else if (token.kind() == Kind.END || closes(token)) {
        if (open.isEmpty() || !fit(tokens.get(open.peek()), token)) {
          throw new CannotTell("brackets do not pair");
        }
        partner[open.pop()] = i;
      }
    }
    if (!open.isEmpty()) {
      throw new CannotTell("a bracket stays open");
    }
  }

  /** Intervals written as {@code ]0, 3[}, with the brackets of {@code (0, 3)}. */
  static List<Token> turned(List<Token> tokens) {
    int end = tokens.size() - 1;
    if (end < 4 || !tokens.get(0).is("]") && !tokens.get(end).is("[")) {
      return tokens;
    }
    var turned = new ArrayList<Token>();
    int depth = 0;
    boolean two = false;
    for (var token : tokens) {
      boolean reversed = depth == 0 ? token.is("]") : depth == 1 && two && token.is("[");
      boolean opening = depth == 0 ? reversed || opens(token) : opens(token) && !reversed;
      turned.add(
          reversed ? new Token(Kind.SIGN, depth == 0 ? "(" : ")", false, token.inText()) : token);
      depth += opening ? 1 : reversed || closes(token) ? -1 : 0;
      two = depth > 0 && (two || depth == 1 && (token.is(",") || token.is(";")));
    }
    return turned;
  }

  private static boolean opens(Token t) {
    return t.is("(") || t.is("[") || t.is("{") || t.is("{set") || t.is("⟨");
  }

  private static boolean closes(Token t) {
    return t.is(")") || t.is("]") || t.is("}") || t.is("}set") || t.is("⟩");
  }

  private static boolean fit(Token open, Token close) {
    if (open.kind() == Kind.BEGIN) {
      return close.kind() == Kind.END && open.text().equals(close.text());
    }
    return switch (open.text()) {
      case "(", "[" -> close.is(")") || close.is("]");
      case "{" -> close.is("}");
      case "{set" -> close.is("}set");
      default -> close.is("⟩");
    };
  }

  /** Whether the bracket that opens at {@code open} closes at {@code close}. */
  boolean pair(int open, int close) {
    return partner[open] >= 0 && partner[open] == close;
  }

  /** The last token of what begins at {@code i}: its closing bracket, or itself. */
  int last(int i) {
    return Math.max(i, partner[i]);
  }

  /** Positions from {@code from} to {@code to}, outside brackets, where {@code wanted} holds. */
  List<Integer> outside(int from, int to, Predicate<Token> wanted) {
    var positions = new ArrayList<Integer>();
    for (int i = from; i < to; i++) {
      if (wanted.test(tokens.get(i))) {
        positions.add(i);
      }
      i = last(i);
    }
    return positions;
  }
}
