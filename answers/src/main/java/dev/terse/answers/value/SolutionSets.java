package dev.terse.answers.value;

import dev.terse.answers.value.Answer.Collection;
import dev.terse.answers.value.Answer.Inequality;
import dev.terse.answers.value.Answer.Piece;
import dev.terse.answers.value.Answer.Region;
import dev.terse.answers.value.Answer.Sequence;
import dev.terse.answers.value.Answer.Value;
import dev.terse.answers.value.Expr.Const;
import java.util.List;
import java.util.Map;

/** Answers that describe sets of real numbers, as regions: brackets, finite sets, inequalities. */
public final class SolutionSets {
  private final Budget budget;
  private final Regions regions;

  public SolutionSets(Budget budget) {
    this.budget = budget;
    regions = new Regions(budget);
  }

  /**
   * The region that an answer describes.
   *
   * @throws CannotTell if it describes none
   */
  public Region of(Answer answer) {
    if (answer instanceof Region r) {
      return r;
    }
    if (answer instanceof Sequence s && s.items().size() == 2 && !s.open().equals("⟨")) {
      var low = bound(s.items().get(0));
      var high = bound(s.items().get(1));
      if (regions.compare(low, high) > 0) {
        throw new CannotTell("an interval with its ends swapped");
      }
      return new Region(List.of(new Piece(low, high, s.open().equals("("), s.close().equals(")"))));
    }
    if (answer instanceof Collection c && c.braces()) {
      var region = Regions.NONE;
      for (var item : c.items()) {
        var point = bound(item);
        region = regions.union(region, new Region(List.of(new Piece(point, point, false, false))));
      }
      return region;
    }
    if (answer instanceof Answer.Equation e && e.label() != null) { // x = 2 beside x > 5
      var point = bound(e.right());
      return new Region(List.of(new Piece(point, point, false, false)));
    }
    if (answer instanceof Inequality i) {
      return of(i);
    }
    throw new CannotTell("this is no set of real numbers");
  }

  private static Expr bound(Answer item) {
    if (item instanceof Value v && v.unit().isNone()) {
      return v.expr();
    }
    throw new CannotTell("an interval needs numbers as ends");
  }

  private Region of(Inequality chain) {
    var region = Regions.REALS;
    for (int i = 0; i < chain.signs().size(); i++) {
      var one = solved(chain.sides().get(i), chain.sides().get(i + 1), chain.signs().get(i));
      region = regions.intersection(region, one);
    }
    return region;
  }

  /** Solves {@code left sign right} for |linear| against a constant, and up to degree two. */
  private Region solved(Expr left, Expr right, String sign) {
    if (left instanceof Expr.Fn f && f.name().equals("abs") && Expr.isConstant(right)) {
      return absolute(f.args().get(0), right, sign);
    }
    if (right instanceof Expr.Fn f && f.name().equals("abs") && Expr.isConstant(left)) {
      return absolute(f.args().get(0), left, mirrored(sign));
    }
    var names = Expr.variables(left, right);
    if (names.size() != 1) {
      throw new CannotTell("an inequality in " + names.size() + " variables");
    }
    var x = new Expr.Sym(names.first());
    if (left.equals(x) && Expr.isConstant(right)) {
      return ray(right, sign);
    }
    if (right.equals(x) && Expr.isConstant(left)) {
      return ray(left, mirrored(sign));
    }
    return polynomial(Expr.minus(left, right), x.name(), sign);
  }

  private Region absolute(Expr inner, Expr bound, String sign) {
    var above = solved(inner, bound, sign);
    var below = solved(inner, Expr.negate(bound), mirrored(sign));
    boolean less = sign.equals("<") || sign.equals("≤");
    return less || sign.equals("≠")
        ? regions.intersection(above, below)
        : regions.union(above, below);
  }

  private static String mirrored(String sign) {
    return switch (sign) {
      case "<" -> ">";
      case ">" -> "<";
      case "≤" -> "≥";
      case "≥" -> "≤";
      default -> sign;
    };
  }

  /** The numbers x with {@code x sign end}. */
  private Region ray(Expr end, String sign) {
    if (sign.equals("≠")) {
      return regions.complement(new Region(List.of(new Piece(end, end, false, false))));
    }
    if (Expr.infiniteSign(end) != 0) {
      return Regions.REALS; // x < infinity
    }
    boolean open = sign.equals("<") || sign.equals(">");
    boolean less = sign.equals("<") || sign.equals("≤");
    return new Region(
        List.of(
            less
                ? new Piece(Regions.MINUS_INFINITY, end, true, open)
                : new Piece(end, Const.INFINITY, open, true)));
  }

  /** Where {@code p(x) sign 0} holds for p = a x^2 + b x + c with rational coefficients. */
  private Region polynomial(Expr p, String x, String sign) {
    var c = value(p, x, Rational.ZERO);
    var at1 = value(p, x, Rational.ONE);
    var atMinus1 = value(p, x, Rational.MINUS_ONE);
    var a = at1.plus(atMinus1).times(Rational.HALF).minus(c);
    var b = at1.minus(atMinus1).times(Rational.HALF);
    for (var t : List.of(Rational.of(7, 2), Rational.of(-13, 3), Rational.of(101))) {
      if (!a.times(t).plus(b).times(t).plus(c).equals(value(p, x, t))) {
        throw new CannotTell("an inequality of a degree above two");
      }
    }
    if (a.signum() == 0 && b.signum() == 0) {
      throw new CannotTell("an inequality without its variable");
    }
    if (a.signum() == 0) {
      return ray(Expr.num(c.negate().over(b)), b.signum() > 0 ? sign : mirrored(sign));
    }
    String upward = a.signum() > 0 ? sign : mirrored(sign);
    boolean inside = upward.equals("<") || upward.equals("≤");
    var discriminant = b.times(b).minus(Rational.of(4).times(a).times(c));
    if (discriminant.signum() < 0) {
      return inside ? Regions.NONE : Regions.REALS;
    }
    var middle = Expr.num(b.negate().over(Rational.of(2).times(a)));
    var square = discriminant.over(Rational.of(4).times(a).times(a));
    var exactRoot = square.root(2);
    Expr half = exactRoot == null ? Expr.sqrt(Expr.num(square)) : Expr.num(exactRoot);
    var low = Expr.minus(middle, half);
    var high = new Expr.Sum(List.of(middle, half));
    return inside
        ? regions.intersection(ray(low, mirrored(upward)), ray(high, upward))
        : sign.equals("≠")
            ? regions.intersection(ray(low, sign), ray(high, sign))
            : regions.union(ray(low, mirrored(upward)), ray(high, upward));
  }

  private Rational value(Expr p, String x, Rational at) {
    var value = new ExactValue(Map.of(x, at), budget).of(p);
    if (value == null) {
      throw new CannotTell("an inequality that is not rational");
    }
    return value;
  }
}
