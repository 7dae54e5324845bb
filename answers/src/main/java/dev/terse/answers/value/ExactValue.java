package dev.terse.answers.value;

import dev.terse.answers.value.Expr.Const;
import dev.terse.answers.value.Expr.Fn;
import dev.terse.answers.value.Expr.Num;
import dev.terse.answers.value.Expr.Power;
import dev.terse.answers.value.Expr.Product;
import dev.terse.answers.value.Expr.Sum;
import dev.terse.answers.value.Expr.Sym;
import java.math.BigInteger;
import java.util.Map;

/** Evaluates expressions in exact rational arithmetic. */
public final class ExactValue {
  private final Map<String, Rational> variables;
  private final Budget budget;

  public ExactValue(Map<String, Rational> variables, Budget budget) {
    this.variables = variables;
    this.budget = budget;
  }

  /**
   * The value of {@code e}; null if it is not rational, or not known to be.
   *
   * @throws CannotTell where a limit is passed or the value does not exist
   */
  public Rational of(Expr e) {
    budget.spend(1);
    if (e instanceof Num n) {
      return n.value();
    } else if (e instanceof Sym s) {
      return variables.get(s.name());
    } else if (e instanceof Const || e instanceof Expr.Bound) {
      return null;
    } else if (e instanceof Sum s) {
      var sum = Rational.ZERO;
      for (var term : s.terms()) {
        var value = of(term);
        if (value == null) {
          return null;
        }
        sum = charged(sum.plus(value));
      }
      return sum;
    } else if (e instanceof Product p) {
      var product = Rational.ONE;
      for (var factor : p.factors()) {
        var value = of(factor);
        if (value == null) {
          return null;
        }
        product = charged(product.times(value));
      }
      return product;
    } else if (e instanceof Power p) {
      var base = of(p.base());
      var exponent = base == null ? null : of(p.exponent());
      return exponent == null ? null : power(base, exponent);
    }
    return function((Fn) e);
  }

  private Rational charged(Rational value) {
    // Reducing a fraction is quadratic in its length.
    int words = (value.num().bitLength() + value.den().bitLength()) / 32;
    budget.spend(value.isInteger() ? words / 8 : words / 8 + words * words / 100);
    return value;
  }

  private Rational power(Rational base, Rational exponent) {
    if (exponent.isInt()) {
      return charged(base.pow(exponent.num().intValue()));
    }
    if (exponent.isInteger()) {
      throw new CannotTell("an exponent is too large");
    }
    if (exponent.den().bitLength() > 6 || base.num().bitLength() > 4096) {
      return null;
    }
    // The root is found by bisection: as many powers as it has bits, each as long as the number.
    int bits = base.num().bitLength() + base.den().bitLength();
    budget.spend(200 + bits * bits / 8000);
    var root = base.root(exponent.den().intValue());
    return root == null || exponent.num().bitLength() > 31
        ? null
        : charged(root.pow(exponent.num().intValue()));
  }

  private Rational function(Fn f) {
    var args = new Rational[f.args().size()];
    for (int i = 0; i < args.length; i++) {
      args[i] = of(f.args().get(i));
      if (args[i] == null) {
        return null;
      }
    }
    return switch (f.name()) {
      case "abs" -> args[0].abs();
      case "floor" -> args[0].floor();
      case "ceil" -> args[0].negate().floor().negate();
      case "factorial" -> args[0].isInteger() ? factorial(args[0]) : null;
      case "mod" ->
          args[1].signum() > 0 ? args[0].minus(args[1].times(args[0].over(args[1]).floor())) : null;
      case "binom" -> binomial(args[0], args[1]);
      case "max", "min" -> {
        var best = args[0];
        for (var a : args) {
          best = (a.compareTo(best) > 0) == f.name().equals("max") ? a : best;
        }
        yield best;
      }
      case "gcd", "lcm" -> {
        var result = BigInteger.valueOf(f.name().equals("gcd") ? 0 : 1);
        for (var a : args) {
          if (!a.isInteger() || a.signum() == 0) {
            yield null;
          }
          var gcd = result.gcd(a.num());
          result = f.name().equals("gcd") ? gcd : result.divide(gcd).multiply(a.num()).abs();
        }
        yield Rational.of(result);
      }
      default -> null;
    };
  }

  private Rational factorial(Rational n) {
    if (n.signum() < 0 || n.compareTo(Rational.of(Limits.MAX_FACTORIAL)) > 0) {
      throw new CannotTell("a factorial is too large or of a negative number");
    }
    int top = n.num().intValue();
    budget.spend(2 * top + 1);
    var product = BigInteger.ONE;
    for (int i = 2; i <= top; i++) {
      product = product.multiply(BigInteger.valueOf(i));
    }
    return Rational.of(product);
  }

  private Rational binomial(Rational n, Rational k) {
    if (!k.isInt()) {
      return null;
    }
    if (k.signum() < 0) {
      return Rational.ZERO;
    }
    boolean whole = n.isInteger() && n.signum() >= 0;
    var other = n.minus(k);
    if (whole && other.signum() < 0) {
      return Rational.ZERO;
    }
    var small = whole && other.compareTo(k) < 0 ? other : k;
    int limit = whole ? Limits.MAX_FACTORIAL : Limits.MAX_POLYNOMIAL_BINOMIAL;
    if (small.compareTo(Rational.of(limit)) > 0) {
      throw new CannotTell("a binomial is too large");
    }
    int steps = small.num().intValue();
    budget.spend(steps + 1);
    if (whole) {
      var product = BigInteger.ONE;
      for (int i = 0; i < steps; i++) { // each quotient is itself a binomial
        product = product.multiply(n.num().subtract(BigInteger.valueOf(i)));
        product = product.divide(BigInteger.valueOf(i + 1L));
        budget.spend(product.bitLength() / 1024);
      }
      return charged(Rational.of(product));
    }
    var value = Rational.ONE;
    for (int i = 0; i < steps; i++) {
      value = charged(value.times(n.minus(Rational.of(i))).over(Rational.of(i + 1)));
    }
    return value;
  }
}
