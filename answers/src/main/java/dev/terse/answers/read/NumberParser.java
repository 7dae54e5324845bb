package dev.terse.answers.read;

import dev.terse.answers.tokens.Token;
import dev.terse.answers.value.CannotTell;
import dev.terse.answers.value.Expr;
import dev.terse.answers.value.Expr.Num;
import dev.terse.answers.value.Limits;
import dev.terse.answers.value.Rational;
import java.math.BigDecimal;
import java.math.BigInteger;

/** Reads numbers: decimals, scientific notation, mixed numbers, repeating decimals. */
final class NumberParser {
  private final TokenCursor cursor;

  NumberParser(TokenCursor cursor) {
    this.cursor = cursor;
  }

  /** The number that begins here, with what belongs to it. */
  Expr number() {
    var token = cursor.next();
    if (cursor.isCommand("overline") || cursor.isCommand("bar") || cursor.isCommand("dot")) {
      return repeating(token.text());
    }
    if (cursor.take("…")) {
      return endless(token.text());
    }
    var value = valueOf(token.text());
    if (token.isDigits() && !cursor.atEnd()) {
      var fraction = mixedFraction();
      if (fraction != null) {
        return Expr.num(value.value().plus(fraction));
      }
    }
    return value;
  }

  /** A bare number as an argument: of {@code \frac12} one digit, of other commands all. */
  Num argument() {
    var token = cursor.peek();
    var before = cursor.look(-1);
    boolean splits = before != null && (before.isCommand("frac") || before.isCommand("binom"));
    if (splits && token.isDigits() && token.text().length() > 1) {
      cursor.replace(new Token(Token.Kind.NUMBER, token.text().substring(1), false, false));
      return valueOf(token.text().substring(0, 1));
    }
    cursor.skip(1);
    return valueOf(token.text());
  }

  /** The proper fraction of a mixed number, as in {@code 3\frac12} and {@code 3 1/2}; else null. */
  private Rational mixedFraction() {
    int start = cursor.position();
    if (cursor.isCommand("frac") && cursor.has(1)) {
      cursor.skip(1);
      var whole = cursor.peek(); // \frac12 splits its token in two
      var top = wholeArgument();
      var bottom = top == null ? null : wholeArgument();
      if (bottom != null && top.compareTo(bottom) < 0) {
        return top.over(bottom);
      }
      cursor.back(start + 1);
      cursor.replace(whole);
    } else if (cursor.has(2)
        && cursor.peek().isDigits()
        && cursor.peek().spaceBefore()
        && cursor.look(1).is("/")
        && cursor.look(2).isDigits()) {
      var top = valueOf(cursor.peek().text()).value();
      var bottom = valueOf(cursor.look(2).text()).value();
      if (top.compareTo(bottom) < 0) {
        cursor.skip(3);
        return top.over(bottom);
      }
    }
    cursor.back(start);
    return null;
  }

  /** A plain whole number as argument of a fraction; null if it is anything else. */
  private Rational wholeArgument() {
    boolean brace = cursor.isSign("{");
    var digits = cursor.look(brace ? 1 : 0);
    if (digits == null || !digits.isDigits()) {
      return null;
    }
    if (!brace) {
      return argument().value();
    }
    var close = cursor.look(2);
    if (close == null || !close.is("}")) {
      return null;
    }
    cursor.skip(3);
    return valueOf(digits.text()).value();
  }

  /** {@code 0.1\overline{6}} */
  private Expr repeating(String head) {
    cursor.skip(1);
    boolean brace = cursor.take("{");
    if (cursor.atEnd() || !cursor.peek().isDigits() || head.indexOf('.') < 0) {
      throw new CannotTell("a repeating decimal without digits");
    }
    String period = cursor.next().text();
    if (brace) {
      cursor.expect("}");
    }
    int decimals = head.length() - head.indexOf('.') - 1;
    var unit = Rational.of(1).over(Rational.of(10).pow(decimals));
    var nines = Rational.of(10).pow(period.length()).minus(Rational.ONE);
    var tail = Rational.of(new BigInteger(period)).over(nines).times(unit);
    return Expr.num(valueOf(head).value().plus(tail));
  }

  /** {@code 0.1666...} repeats what stands there three times or, of several digits, twice. */
  private static Num endless(String text) {
    int decimals = text.length() - text.indexOf('.') - 1;
    for (int period = 1; text.indexOf('.') >= 0 && period <= decimals / 2; period++) {
      String tail = text.substring(text.length() - period);
      if (text.endsWith(tail.repeat(period == 1 ? 3 : 2)) && decimals >= 3) {
        var nines = Rational.of(10).pow(period).minus(Rational.ONE);
        var unit = Rational.of(1).over(Rational.of(10).pow(decimals));
        var rest = Rational.of(new BigInteger(tail)).over(nines).times(unit);
        return new Num(valueOf(text).value().plus(rest), -1);
      }
    }
    return valueOf(text);
  }

  /** The value of digits with an optional point and exponent. */
  private static Num valueOf(String text) {
    int e = text.indexOf('e');
    int exponent = 0;
    if (e >= 0) {
      String digits = text.substring(e + 1);
      exponent = digits.length() > 5 ? Integer.MAX_VALUE : Integer.parseInt(digits);
      if (Math.abs((long) exponent) > Limits.MAX_DECIMAL_EXPONENT) {
        throw new CannotTell("a power of ten beyond " + Limits.MAX_DECIMAL_EXPONENT);
      }
    }
    String mantissa = e < 0 ? text : text.substring(0, e);
    if (mantissa.endsWith(".")) {
      mantissa = mantissa.substring(0, mantissa.length() - 1);
    }
    var decimal = new BigDecimal(mantissa);
    var value =
        new Rational(decimal.unscaledValue(), BigInteger.TEN.pow(decimal.scale()))
            .times(Rational.of(10).pow(exponent));
    boolean written = mantissa.indexOf('.') >= 0 || exponent < 0;
    return new Num(value, written ? Math.max(-1, decimal.scale() - exponent) : -1);
  }
}
