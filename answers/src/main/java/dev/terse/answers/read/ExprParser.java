package dev.terse.answers.read;

import dev.terse.answers.tokens.Token;
import dev.terse.answers.value.CannotTell;
import dev.terse.answers.value.Expr;
import dev.terse.answers.value.Expr.Const;
import dev.terse.answers.value.Expr.Power;
import dev.terse.answers.value.Expr.Product;
import dev.terse.answers.value.Expr.Sum;
import dev.terse.answers.value.Expr.Sym;
import dev.terse.answers.value.Rational;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads one expression from a range of tokens by recursive descent: the operators. What they bind
 * is read by {@link PrimaryParser}.
 *
 * <pre>
 * sum      = [sign] product (('+' | '-' | '±') product)*
 * product  = factor (('*' | '/' | 'mod') [sign] factor | factor)*
 * factor   = primary ('^' exponent | '!' | '°')*
 * </pre>
 *
 * Every step takes a token or goes one level deeper, and depth is limited, so time is linear.
 */
final class ExprParser {
  private final TokenCursor cursor;
  private final PrimaryParser primaries;
  private final boolean upperSign;
  private final boolean tightSlash;
  private boolean sawDegrees;
  private boolean sawLooseSlash;

  /**
   * @param upperSign which sign of ± is read
   * @param tightSlash whether {@code 1/2x} is 1/(2x) instead of (1/2)x
   */
  ExprParser(List<Token> tokens, int from, int end, boolean upperSign, boolean tightSlash) {
    cursor = new TokenCursor(tokens, from, end);
    primaries = new PrimaryParser(cursor, this);
    this.upperSign = upperSign;
    this.tightSlash = tightSlash;
  }

  /** The expression that fills the whole range. */
  Expr parse() {
    var e = sum();
    if (!cursor.atEnd()) {
      throw cursor.unexpected();
    }
    return e;
  }

  /** Whether a degree sign stood outside of trigonometric functions. */
  boolean sawDegrees() {
    return sawDegrees;
  }

  /** Whether the text can be read in two ways, see {@code tightSlash}. */
  boolean sawLooseSlash() {
    return sawLooseSlash;
  }

  Expr sum() {
    cursor.enter();
    var terms = new ArrayList<Expr>();
    boolean negative = signs();
    terms.add(signed(product(), negative));
    while (cursor.isSign("+") || cursor.isSign("-") || cursor.isSign("±") || cursor.isSign("∓")) {
      negative = signs();
      terms.add(signed(product(), negative));
    }
    Expr e = terms.size() == 1 ? terms.get(0) : new Sum(List.copyOf(terms));
    if (cursor.isCommand("over")) { // TeX's own fractions take the whole group
      cursor.skip(1);
      e = quotient(e, sum());
    } else if (cursor.isCommand("choose")) {
      cursor.skip(1);
      e = Expr.fn("binom", e, sum());
    }
    cursor.leave();
    return e;
  }

  /** Reads any number of signs; whether they amount to a minus. */
  boolean signs() {
    boolean negative = false;
    while (true) {
      if (cursor.isSign("-")) {
        negative = !negative;
      } else if (cursor.isSign("±")) {
        negative ^= !upperSign;
      } else if (cursor.isSign("∓")) {
        negative ^= upperSign;
      } else if (!cursor.isSign("+")) {
        return negative;
      }
      cursor.skip(1);
    }
  }

  static Expr signed(Expr e, boolean negative) {
    return negative ? Expr.negate(e) : e;
  }

  Expr product() {
    var factors = new ArrayList<Expr>();
    factors.add(factor());
    while (!cursor.atEnd()) {
      if (cursor.take("*")) {
        boolean negative = signs();
        factors.add(signed(factor(), negative));
      } else if (cursor.take("/")) {
        boolean negative = signs();
        var denominator = signed(denominator(), negative);
        requireNoDerivative(factors.get(factors.size() - 1), denominator);
        factors.add(new Power(denominator, Expr.num(-1)));
      } else if (isModulo()) {
        cursor.skip(1);
        var left = factors.size() == 1 ? factors.get(0) : new Product(List.copyOf(factors));
        factors.clear();
        factors.add(Expr.fn("mod", left, factor()));
      } else if (startsFactor()) {
        factors.add(factor());
      } else {
        break;
      }
    }
    return factors.size() == 1 ? factors.get(0) : new Product(List.copyOf(factors));
  }

  private boolean isModulo() {
    return Functions.isModulo(cursor.peek());
  }

  private Expr denominator() {
    boolean number = !cursor.atEnd() && cursor.peek().isNumber();
    var first = factor();
    if (!number || !startsFactor() || cursor.peek().spaceBefore()) {
      return first;
    }
    sawLooseSlash = true;
    if (!tightSlash) {
      return first;
    }
    var factors = new ArrayList<Expr>(List.of(first));
    while (startsFactor()) {
      factors.add(factor());
    }
    return new Product(List.copyOf(factors));
  }

  /**
   * A fraction.
   *
   * @throws CannotTell if it is the sign of a derivative, {@code \frac{d}{dx}}
   */
  static Expr quotient(Expr top, Expr bottom) {
    requireNoDerivative(top, bottom);
    return Expr.over(top, bottom);
  }

  private static void requireNoDerivative(Expr top, Expr bottom) {
    if (isDifferential(top) && isDifferential(bottom) && bottom instanceof Product) {
      throw new CannotTell("a derivative"); // d/dx x^2 would be x if d were cancelled
    }
  }

  /** Whether it begins with the letter d: d, d^2 y, dx. */
  private static boolean isDifferential(Expr e) {
    if (e instanceof Product p) {
      return isDifferential(p.factors().get(0));
    }
    return e instanceof Power p
        ? isDifferential(p.base())
        : e instanceof Sym s && s.name().equals("d");
  }

  /** Whether a factor can follow here without a sign. */
  boolean startsFactor() {
    if (cursor.atEnd()) {
      return false;
    }
    var token = cursor.peek();
    if (Functions.isModulo(token)) {
      return false;
    }
    return switch (token.kind()) {
      case BEGIN -> PrimaryParser.isDeterminant(token);
      case WORD -> !Words.isConnective(token);
      case COMMAND -> !token.text().equals("over") && !token.text().equals("choose");
      case SIGN ->
          switch (token.text()) {
            case "(", "[", "{", "⌊", "⌈" -> true;
            case "|" -> !primaries.inAbsoluteValue();
            default -> false;
          };
      case NUMBER -> {
        var before = cursor.look(-1);
        yield before != null && (!before.isNumber() || isPowers());
      }
      default -> false;
    };
  }

  /** Whether the number here is a factor after a power, or a power after one: 2^3 7^2. */
  private boolean isPowers() {
    boolean power = cursor.has(1) && cursor.look(1).is("^");
    boolean afterPower = cursor.look(-2) != null && cursor.look(-2).is("^");
    return cursor.peek().spaceBefore() && (power || afterPower);
  }

  Expr factor() {
    var e = primaries.primary();
    while (!cursor.atEnd()) {
      if (cursor.take("^")) {
        e = raised(e);
      } else if (cursor.take("!")) {
        if (cursor.isSign("!")) {
          throw new CannotTell("a double factorial");
        }
        e = Expr.fn("factorial", e);
      } else if (cursor.take("°")) {
        e = degrees(e);
      } else if (cursor.take("%")) { // inside a calculation
        e = Expr.over(e, Expr.num(100));
      } else {
        break;
      }
    }
    return e;
  }

  private Expr raised(Expr base) {
    if (cursor.take("°")) {
      return degrees(base);
    }
    boolean letter = cursor.has(0) && cursor.peek().isWord() && cursor.peek().text().equals("o");
    if (letter && base instanceof Expr.Num) { // 100^o
      cursor.skip(1);
      return degrees(base);
    }
    if (cursor.isSign("{") && cursor.has(2) && cursor.look(1).is("°") && cursor.look(2).is("}")) {
      cursor.skip(3);
      return degrees(base);
    }
    return new Power(base, exponent());
  }

  Expr exponent() {
    cursor.enter();
    boolean negative = signs();
    var e = primaries.argument();
    if (cursor.take("^")) {
      e = new Power(e, exponent());
    } else if (cursor.take("!")) {
      e = Expr.fn("factorial", e);
    }
    cursor.leave();
    return signed(e, negative);
  }

  private Expr degrees(Expr e) {
    if (!primaries.inAngle()) {
      sawDegrees = true;
      return e;
    }
    return new Product(List.of(e, Const.PI, Expr.num(Rational.of(1, 180))));
  }
}
