package dev.terse.answers.compare;

import static dev.terse.answers.compare.Verdict.DIFFERENT;
import static dev.terse.answers.compare.Verdict.EQUAL;
import static dev.terse.answers.compare.Verdict.UNKNOWN;

import dev.terse.answers.read.Words;
import dev.terse.answers.value.Answer.Based;
import dev.terse.answers.value.Answer.Congruence;
import dev.terse.answers.value.Answer.Ratio;
import dev.terse.answers.value.Answer.Text;
import dev.terse.answers.value.Answer.Value;
import dev.terse.answers.value.Expr;
import dev.terse.answers.value.Rational;
import java.math.BigInteger;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Rules for what is one thing: quantities, words, ratios, numbers in a base. */
final class QuantityRules {
  private QuantityRules() {}

  /** Quantities of the same dimensions are compared in base units; a unit may be left out. */
  static Verdict values(Value a, Value b, Comparison c) {
    if (a.unit().equals(b.unit())) {
      return c.exprs().compare(a.expr(), b.expr());
    }
    if (a.unit().isNone() || b.unit().isNone()) {
      return a.unit().isNone() ? bare(a.expr(), b, c.exprs()) : bare(b.expr(), a, c.exprs());
    }
    if (a.unit().dimensions().equals(b.unit().dimensions())) {
      return c.exprs().compare(inBaseUnits(a), inBaseUnits(b));
    }
    boolean known = a.unit().known() && b.unit().known();
    return known || c.exprs().compare(a.expr(), b.expr()) == DIFFERENT ? DIFFERENT : UNKNOWN;
  }

  /**
   * A number without a unit against one with: the unit is taken as given by the question. A percent
   * may also mean the fraction, an angle in degrees the same angle in radians. Below 1 % only the
   * fraction counts: 0.5 % is not 0.5.
   */
  private static Verdict bare(Expr bare, Value measured, ExprEquality exprs) {
    var unit = measured.unit();
    if (unit.isPercent()) {
      var asFraction = exprs.compare(bare, inBaseUnits(measured));
      if (asFraction == EQUAL) {
        return EQUAL;
      }
      var size = exprs.exact(measured.expr());
      boolean small = size != null && size.abs().compareTo(Rational.ONE) <= 0;
      return small ? asFraction : exprs.compare(bare, measured.expr());
    }
    var asWritten = exprs.compare(bare, measured.expr());
    boolean radians = unit.isAngle() && exprs.exact(bare) == null;
    return asWritten != EQUAL && radians ? exprs.compare(bare, inBaseUnits(measured)) : asWritten;
  }

  private static Expr inBaseUnits(Value v) {
    return Expr.times(v.expr(), v.unit().factor());
  }

  /** Words may be written apart. */
  static Verdict words(Text a, Text b, Comparison c) {
    return joined(a).equals(joined(b)) ? EQUAL : DIFFERENT;
  }

  private static String joined(Text text) {
    var words = text.words();
    int last = words.size() - 1;
    return IntStream.rangeClosed(0, last)
        .filter(i -> i == 0 || i == last || !words.get(i).equals("and"))
        .mapToObj(words::get)
        .collect(Collectors.joining());
  }

  /** The variable B is the choice "b"; a number among the words may be the value. */
  static Verdict letter(Value a, Text b, Comparison c) {
    boolean letter =
        b.words().size() == 1
            && a.expr() instanceof Expr.Sym s
            && s.name().toLowerCase(Locale.ROOT).equals(b.words().get(0));
    return letter ? EQUAL : Words.spellsNumber(b.words()) ? UNKNOWN : DIFFERENT;
  }

  /** a : b : ... are the same where all products across are. */
  static Verdict ratios(Ratio a, Ratio b, Comparison c) {
    if (a.parts().size() != b.parts().size()) {
      return DIFFERENT;
    }
    var all = EQUAL;
    for (int i = 1; i < a.parts().size(); i++) {
      var left = Expr.times(a.parts().get(0), b.parts().get(i));
      var right = Expr.times(b.parts().get(0), a.parts().get(i));
      all = all.and(c.exprs().compare(left, right));
    }
    return all;
  }

  /** a : b is the number a / b. */
  static Verdict quotient(Value a, Ratio b, Comparison c) {
    return b.parts().size() == 2
        ? c.exprs().compare(a.expr(), Expr.over(b.parts().get(0), b.parts().get(1)))
        : DIFFERENT;
  }

  /** The same left side and modulus, and remainders that differ by a multiple of it. */
  static Verdict congruences(Congruence a, Congruence b, Comparison c) {
    var modulus = c.exprs().exact(a.modulus());
    var other = c.exprs().exact(b.modulus());
    if (modulus == null || other == null || modulus.signum() <= 0) {
      return UNKNOWN;
    }
    var off = c.exprs().exact(Expr.minus(a.residue(), b.residue()));
    boolean same = modulus.equals(other) && off != null && off.over(modulus).isInteger();
    var left = c.exprs().compare(a.left(), b.left());
    return same ? left : off == null || left != EQUAL ? UNKNOWN : DIFFERENT;
  }

  /** A number is the remainder as written; another one of the class may be meant or not. */
  static Verdict residue(Value a, Congruence b, Comparison c) {
    if (!(b.left() instanceof Expr.Sym) || !a.unit().isNone()) {
      return UNKNOWN;
    }
    return c.exprs().compare(a.expr(), b.residue()) == EQUAL ? EQUAL : UNKNOWN;
  }

  /** Numbers in two bases are compared by value. */
  static Verdict based(Based a, Based b, Comparison c) {
    return valueOf(a).equals(valueOf(b)) ? EQUAL : DIFFERENT;
  }

  /** An integer against a number in a base: its value, or its digits with the base left out. */
  static Verdict integer(Value a, Based b, Comparison c) {
    var number = a.unit().isNone() ? c.exprs().exact(a.expr()) : null;
    boolean same =
        number != null
            && number.isInteger()
            && (number.num().equals(valueOf(b)) || number.num().toString().equals(b.digits()));
    return same ? EQUAL : DIFFERENT;
  }

  private static BigInteger valueOf(Based b) {
    return new BigInteger(b.digits(), b.base());
  }
}
