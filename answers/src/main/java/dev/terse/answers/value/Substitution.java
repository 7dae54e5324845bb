package dev.terse.answers.value;

import dev.terse.answers.value.Expr.Fn;
import dev.terse.answers.value.Expr.Power;
import dev.terse.answers.value.Expr.Product;
import dev.terse.answers.value.Expr.Sum;
import dev.terse.answers.value.Expr.Sym;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedSet;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** Points for the variables of an expression, fixed ones that look random. */
public final class Substitution {
  private Substitution() {}

  /**
   * The {@code k}-th point: every third one small, for domains below 1; every second one after the
   * first two negative, so that |x| is not x.
   */
  public static Map<String, Rational> at(SortedSet<String> names, int k) {
    var point = new HashMap<String, Rational>();
    for (String name : names) {
      long h = (name.hashCode() * 0x9E3779B97F4A7C15L) ^ (k + 1) * 0xC2B2AE3D27D4EB4FL;
      h = (h ^ (h >>> 29)) * 0xBF58476D1CE4E5B9L;
      h ^= h >>> 32;
      long part = h & 0xFFFF;
      var value = Rational.of(65_537 + part, 65_536); // in (1, 2]
      if (k % 3 == 1) {
        value = value.over(Rational.of(5));
      } else if (k % 3 == 2) {
        value = value.plus(Rational.of(2));
      }
      boolean negative = k >= 2 && k % 2 == 0;
      point.put(name, negative ? value.negate() : value);
    }
    return point;
  }

  /** {@code e} with its variables replaced by numbers. */
  public static Expr in(Expr e, Map<String, Rational> point) {
    return replace(e, s -> Expr.num(point.get(s.name())));
  }

  /** {@code e} with one variable replaced. */
  public static Expr replace(Expr e, String name, Expr by) {
    return replace(e, s -> s.name().equals(name) ? by : s);
  }

  /** {@code e} where the letter i is a variable. */
  public static Expr withIndexI(Expr e) {
    if (e == Expr.Const.I) {
      return new Sym("i");
    }
    return withParts(e, Substitution::withIndexI);
  }

  private static Expr replace(Expr e, Function<Sym, Expr> by) {
    if (e instanceof Sym s) {
      return by.apply(s);
    }
    return withParts(e, part -> replace(part, by));
  }

  private static Expr withParts(Expr e, UnaryOperator<Expr> each) {
    if (e instanceof Sum s) {
      return new Sum(s.terms().stream().map(each).toList());
    } else if (e instanceof Product p) {
      return new Product(p.factors().stream().map(each).toList());
    } else if (e instanceof Power p) {
      return new Power(each.apply(p.base()), each.apply(p.exponent()));
    } else if (e instanceof Fn f) {
      return new Fn(f.name(), f.args().stream().map(each).toList());
    }
    return e;
  }
}
