package dev.terse.answers.read;

import dev.terse.answers.tokens.Token;
import dev.terse.answers.value.Answer;
import dev.terse.answers.value.Answer.Equation;
import dev.terse.answers.value.Answer.Value;
import dev.terse.answers.value.Ball;
import dev.terse.answers.value.Budget;
import dev.terse.answers.value.CannotTell;
import dev.terse.answers.value.Expr;
import dev.terse.answers.value.NumericValue;
import dev.terse.answers.value.Rational;
import java.util.List;
import java.util.Map;

/** Values with a rounding behind them: {@code x = 2/7 ≈ 0.286}. */
final class Approximations {
  private Approximations() {}

  /** The first sign of approximation that stands behind a value; -1 if there is none. */
  static int sign(List<Token> tokens) {
    int depth = 0;
    for (int i = 1; i < tokens.size(); i++) {
      var token = tokens.get(i - 1);
      depth += opens(token) ? 1 : closes(token) ? -1 : 0;
      if (depth == 0 && tokens.get(i).is("≈")) {
        int start = lastEquals(tokens.subList(0, i)) + 1;
        return start == i || Labels.isLabel(tokens.subList(start, i)) ? -1 : i;
      }
    }
    return -1;
  }

  private static boolean opens(Token t) {
    return t.is("(") || t.is("[") || t.is("{") || t.is("{set");
  }

  private static boolean closes(Token t) {
    return t.is(")") || t.is("]") || t.is("}") || t.is("}set");
  }

  private static int lastEquals(List<Token> tokens) {
    int last = -1;
    for (int i = 0; i < tokens.size(); i++) {
      last = tokens.get(i).is("=") ? i : last;
    }
    return last;
  }

  /** The decimal behind the sign if it rounds the value before it; else null. */
  static Value rounding(List<Token> tokens, int sign, Budget budget) {
    try {
      var exact = new AnswerParser(tokens.subList(0, sign), false, budget).parse();
      exact = exact instanceof Equation e ? e.right() : exact;
      Answer about =
          new AnswerParser(tokens.subList(sign + 1, tokens.size()), false, budget).parse();
      if (!(exact instanceof Value x) || !(about instanceof Value y) || !isConstant(x)) {
        return null;
      }
      if (!(y.expr() instanceof Expr.Num n) || n.decimals() < 1) {
        return null;
      }
      var unit = Rational.ONE.over(Rational.of(10).pow(n.decimals()));
      var value = new NumericValue(Map.of(), true, false, budget).of(x.expr());
      double off = value.minus(Ball.of(n.value())).size();
      return off + value.radius() <= Ball.of(unit).size() / 2 ? y : null;
    } catch (CannotTell e) { // then only the value before the sign counts
      return null;
    }
  }

  private static boolean isConstant(Value v) {
    return Expr.isConstant(v.expr()) && !Expr.isUncomputed(v.expr());
  }
}
