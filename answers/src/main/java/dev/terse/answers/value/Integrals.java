package dev.terse.answers.value;

import dev.terse.answers.value.Expr.Bound;
import dev.terse.answers.value.Expr.Num;
import dev.terse.answers.value.Expr.Power;
import dev.terse.answers.value.Expr.Product;
import dev.terse.answers.value.Expr.Sum;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Definite integrals of sums of powers of the variable, by their antiderivatives. */
public final class Integrals {
  /** Largest degree of a polynomial in brackets that is expanded. */
  private static final int MAX_DEGREE = 12;

  private Integrals() {}

  /**
   * The integral of {@code body} over its bound variable as an expression of the bounds; null where
   * it is no sum of powers, or a power has no integral between these bounds.
   */
  public static Expr of(Expr body, Expr low, Expr high) {
    if (Expr.mentions(low, Expr.Const.INFINITY) || Expr.mentions(high, Expr.Const.INFINITY)) {
      return null;
    }
    var powers = powers(body);
    if (powers == null) {
      return null;
    }
    var terms = new ArrayList<Expr>();
    for (var power : powers.entrySet()) {
      var exponent = power.getKey();
      boolean polynomial = exponent.isInteger() && exponent.signum() >= 0;
      if (!polynomial && !(isPositive(low) && isPositive(high))) {
        return null;
      }
      var next = exponent.plus(Rational.ONE);
      Expr difference =
          next.signum() == 0
              ? Expr.minus(Expr.fn("ln", high), Expr.fn("ln", low))
              : Expr.over(
                  Expr.minus(new Power(high, Expr.num(next)), new Power(low, Expr.num(next))),
                  Expr.num(next));
      terms.add(Expr.times(power.getValue(), difference));
    }
    return terms.isEmpty() ? Expr.num(0) : new Sum(List.copyOf(terms));
  }

  private static boolean isPositive(Expr e) {
    return e instanceof Num n && n.value().signum() > 0;
  }

  /** The coefficient of each power of the bound variable; null if it is no such sum. */
  private static Map<Rational, Expr> powers(Expr e) {
    if (!Expr.isUncomputed(e)) {
      return new TreeMap<>(Map.of(Rational.ZERO, e));
    } else if (e instanceof Bound) {
      return new TreeMap<>(Map.of(Rational.ONE, Expr.num(1)));
    } else if (e instanceof Sum s) {
      var sum = new TreeMap<Rational, Expr>();
      for (var term : s.terms()) {
        var powers = powers(term);
        if (powers == null) {
          return null;
        }
        powers.forEach((k, v) -> sum.merge(k, v, (x, y) -> new Sum(List.of(x, y))));
      }
      return sum;
    } else if (e instanceof Product p) {
      Map<Rational, Expr> product = new TreeMap<>(Map.of(Rational.ZERO, Expr.num(1)));
      for (var factor : p.factors()) {
        product = times(product, powers(factor));
      }
      return product;
    }
    return e instanceof Power p && p.exponent() instanceof Num n
        ? power(p.base(), n.value())
        : null;
  }

  private static Map<Rational, Expr> power(Expr base, Rational exponent) {
    if (base instanceof Bound) {
      return new TreeMap<>(Map.of(exponent, Expr.num(1)));
    }
    if (!exponent.isInt()
        || exponent.signum() < 0
        || exponent.compareTo(Rational.of(MAX_DEGREE)) > 0) {
      return null;
    }
    var powers = powers(base);
    Map<Rational, Expr> product = new TreeMap<>(Map.of(Rational.ZERO, Expr.num(1)));
    for (int i = 0; i < exponent.num().intValue(); i++) {
      product = times(product, powers);
    }
    return product;
  }

  private static Map<Rational, Expr> times(Map<Rational, Expr> a, Map<Rational, Expr> b) {
    if (a == null || b == null || a.size() * b.size() > MAX_DEGREE * MAX_DEGREE) {
      return null;
    }
    var product = new TreeMap<Rational, Expr>();
    a.forEach(
        (i, x) ->
            b.forEach(
                (j, y) ->
                    product.merge(i.plus(j), Expr.times(x, y), (u, v) -> new Sum(List.of(u, v)))));
    return product.size() > MAX_DEGREE ? null : product;
  }
}
