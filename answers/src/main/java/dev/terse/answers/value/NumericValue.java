package dev.terse.answers.value;

import dev.terse.answers.value.Expr.Const;
import dev.terse.answers.value.Expr.Fn;
import dev.terse.answers.value.Expr.Num;
import dev.terse.answers.value.Expr.Power;
import dev.terse.answers.value.Expr.Product;
import dev.terse.answers.value.Expr.Sum;
import dev.terse.answers.value.Expr.Sym;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Map;
import java.util.function.Supplier;

/** Evaluates expressions in {@link Ball} arithmetic. */
public final class NumericValue {
  /** Costs of an elementary function and of one arithmetic operation, see {@link Budget}. */
  private static final int FUNCTION_COST = 150;

  private static final int STEP_COST = 5;

  private final Map<String, Rational> variables;
  private final boolean realOnly;
  private final boolean naturalLog;
  private final Budget budget;
  private double height;

  /**
   * @param realOnly whether a root or logarithm of a negative number is refused instead of complex
   * @param naturalLog what log without a base means: base e, or base 10
   */
  public NumericValue(
      Map<String, Rational> variables, boolean realOnly, boolean naturalLog, Budget budget) {
    this.variables = variables;
    this.realOnly = realOnly;
    this.naturalLog = naturalLog;
    this.budget = budget;
  }

  /**
   * The value of {@code e}.
   *
   * @throws CannotTell where a limit is passed or the value does not exist
   */
  public Ball of(Expr e) {
    budget.spend(STEP_COST);
    if (e instanceof Num n) {
      return rational(n.value());
    } else if (e instanceof Sym s) {
      var value = variables.get(s.name());
      if (value == null) {
        throw new CannotTell("no value for " + s.name());
      }
      return Ball.of(value);
    } else if (e instanceof Expr.Bound) {
      throw new CannotTell("a sum, integral or limit is not computed");
    } else if (e instanceof Const c) {
      return switch (c) {
        case PI -> Ball.PI;
        case E -> function(() -> Ball.E);
        case I -> Ball.I;
        case INFINITY -> throw new CannotTell("arithmetic with infinity");
      };
    } else if (e instanceof Sum s) {
      var sum = Ball.ZERO;
      for (var term : s.terms()) {
        sum = sum.plus(of(term));
      }
      return sum;
    } else if (e instanceof Product p) {
      var product = Ball.ONE;
      for (var factor : p.factors()) {
        product = product.times(of(factor));
      }
      measurePower(product, 1);
      return product;
    } else if (e instanceof Power p) {
      return power(p);
    }
    return call((Fn) e);
  }

  /** Bits of the largest number met: of a rational's parts, or of a value's distance from 1. */
  public double height() {
    return height;
  }

  private Ball rational(Rational value) {
    height = Math.max(height, Math.max(value.num().bitLength(), value.den().bitLength()));
    return Ball.of(value);
  }

  private void measure(double bits) {
    height = Math.max(height, Math.abs(bits));
  }

  /** Measures what {@code value} to that power is, which may be nothing at all in 60 digits. */
  private void measurePower(Ball value, double exponent) {
    if (value.size() > 0) {
      measure(exponent * Math.log(value.size()) / Math.log(2));
    }
  }

  private Ball exp(Ball x) {
    measure(x.size() / Math.log(2));
    return function(x::exp);
  }

  private Ball power(Power p) {
    var exact = new ExactValue(variables, budget).of(p.exponent());
    if (exact != null && Expr.isConstant(p.exponent())) {
      rational(exact);
    }
    if (p.base() == Const.E && exact == null) {
      var exponent = of(p.exponent());
      return exp(exponent);
    }
    var base = of(p.base());
    if (exact != null && exact.isInt()) {
      budget.spend(2 * STEP_COST * exact.num().bitLength());
      measurePower(base, exact.num().intValue());
      return base.pow(exact.num().intValue());
    }
    if (exact != null && exact.equals(Rational.HALF)) {
      refuseNegative(base);
      budget.spend(30);
      return base.sqrt();
    }
    if (base.isReal() && base.re().signum() == 0 && base.radius() == 0 && exact != null) {
      if (exact.signum() > 0) {
        return Ball.ZERO;
      }
      throw new CannotTell("a negative power of zero");
    }
    boolean oddRoot =
        exact != null
            && exact.den().testBit(0)
            && exact.den().bitLength() < 8
            && exact.num().bitLength() < 16;
    if (oddRoot && base.isReal()) {
      int n = exact.den().intValue();
      int m = exact.num().intValue();
      return function(() -> base.realRoot(n)).pow(m);
    }
    refuseNegative(base);
    var exponent = exact == null ? of(p.exponent()) : Ball.of(exact);
    var ln = function(base::ln);
    return exp(ln.times(exponent));
  }

  private void refuseNegative(Ball base) {
    if (realOnly && (!base.isReal() || base.re().signum() < 0)) {
      throw new CannotTell("a root or logarithm of a negative number");
    }
  }

  private Ball function(Supplier<Ball> f) {
    budget.spend(FUNCTION_COST);
    return f.get();
  }

  private Ball call(Fn f) {
    var exact = new ExactValue(variables, budget).of(f);
    if (exact != null) {
      return rational(exact);
    }
    if (Expr.isUncomputed(f)) {
      throw new CannotTell("a sum, integral or limit is not computed");
    }
    if (f.name().equals("ln")) {
      return ln(f.args().get(0));
    }
    var x = of(f.args().get(0));
    return switch (f.name()) {
      case "sin" -> function(x::sin);
      case "cos" -> function(x::cos);
      case "tan" -> function(x::sin).times(function(x::cos).inverse());
      case "cot" -> function(x::cos).times(function(x::sin).inverse());
      case "sec" -> function(x::cos).inverse();
      case "csc" -> function(x::sin).inverse();
      case "arctan" -> function(x::atan);
      case "arccot" -> Ball.PI.times(Ball.of(Rational.HALF)).minus(function(x::atan));
      case "arcsin" -> arcsin(x);
      case "arccos" -> Ball.PI.times(Ball.of(Rational.HALF)).minus(arcsin(x));
      case "sinh" -> hyperbolic(x, -1);
      case "cosh" -> hyperbolic(x, 1);
      case "tanh" -> hyperbolic(x, -1).times(hyperbolic(x, 1).inverse());
      case "exp" -> exp(x);
      case "log" -> naturalLog ? ln(x) : ln(x).times(function(() -> Ball.PER_LN_10));
      case "logbase" -> ln(of(f.args().get(1))).times(ln(x).inverse());
      case "abs" -> x.isReal() ? x.abs() : function(x::abs); // a square root
      case "floor" -> floor(x, false);
      case "ceil" -> floor(x, true);
      case "max", "min" -> extreme(f, x);
      case "re" -> new Ball(x.re(), BigDecimal.ZERO, x.radius());
      case "im" -> new Ball(x.im(), BigDecimal.ZERO, x.radius());
      case "conj" -> new Ball(x.re(), x.im().negate(), x.radius());
      default -> throw new CannotTell("the value of " + f.name() + " is not known");
    };
  }

  /** ln of a power of a positive number, which may be too large to be written. */
  private Ball ln(Expr e) {
    if (e instanceof Power p && Expr.isConstant(p.base()) && p.base() != Const.E) {
      var base = of(p.base());
      var exponent = of(p.exponent());
      if (base.isReal() && base.re().signum() > 0 && !base.mayBeZero() && exponent.isReal()) {
        measurePower(base, 1);
        return exponent.times(ln(base));
      }
    }
    return ln(of(e));
  }

  private Ball ln(Ball x) {
    refuseNegative(x);
    return function(x::ln);
  }

  private Ball arcsin(Ball x) {
    x.requireReal("arcsin");
    double size = Math.abs(x.re().doubleValue());
    if (size > 1) {
      throw new CannotTell("arcsin beyond 1");
    }
    var half = Ball.PI.times(Ball.of(Rational.HALF));
    var cosine = Ball.ONE.minus(x.times(x));
    if (cosine.mayBeZero()) {
      return x.re().signum() > 0 ? half : half.negate();
    }
    var root = cosine.sqrt();
    return function(x.times(root.inverse())::atan);
  }

  private Ball hyperbolic(Ball x, int sign) {
    var e = exp(x);
    var other = e.inverse();
    return (sign > 0 ? e.plus(other) : e.minus(other)).times(Ball.of(Rational.HALF));
  }

  private Ball floor(Ball x, boolean up) {
    x.requireReal("floor");
    var low = x.re().subtract(BigDecimal.valueOf(x.radius()));
    var high = x.re().add(BigDecimal.valueOf(x.radius()));
    var mode = up ? RoundingMode.CEILING : RoundingMode.FLOOR;
    var result = low.setScale(0, mode);
    if (result.compareTo(high.setScale(0, mode)) != 0) {
      throw new CannotTell("floor of a number that may be an integer");
    }
    return Ball.exact(result);
  }

  private Ball extreme(Fn f, Ball first) {
    var best = first;
    for (var arg : f.args()) {
      var value = of(arg);
      value.requireReal(f.name());
      best = (value.re().compareTo(best.re()) > 0) == f.name().equals("max") ? value : best;
    }
    return best;
  }
}
