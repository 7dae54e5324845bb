package dev.terse.answers.value;

import dev.terse.answers.value.Answer.Collection;
import dev.terse.answers.value.Answer.Inequality;
import dev.terse.answers.value.Answer.Piece;
import dev.terse.answers.value.Answer.Region;
import dev.terse.answers.value.Answer.Sequence;
import dev.terse.answers.value.Answer.Value;
import dev.terse.answers.value.Expr.Const;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** Unions of intervals: from brackets, inequalities and sets, kept sorted and merged. */
public final class Regions {
  private static final Expr MINUS_INFINITY = Expr.negate(Const.INFINITY);

  /** All real numbers. */
  public static final Region REALS =
      new Region(List.of(new Piece(MINUS_INFINITY, Const.INFINITY, true, true)));

  private static final Region NONE = new Region(List.of());

  private final Budget budget;

  public Regions(Budget budget) {
    this.budget = budget;
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
      if (compare(low, high) > 0) {
        throw new CannotTell("an interval with its ends swapped");
      }
      return new Region(List.of(new Piece(low, high, s.open().equals("("), s.close().equals(")"))));
    }
    if (answer instanceof Collection c && c.braces()) {
      var region = NONE;
      for (var item : c.items()) {
        var point = bound(item);
        region = union(region, new Region(List.of(new Piece(point, point, false, false))));
      }
      return region;
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
    var region = REALS;
    for (int i = 0; i < chain.signs().size(); i++) {
      var one = solved(chain.sides().get(i), chain.sides().get(i + 1), chain.signs().get(i));
      region = intersection(region, one);
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
    return less || sign.equals("≠") ? intersection(above, below) : union(above, below);
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
      return complement(new Region(List.of(new Piece(end, end, false, false))));
    }
    if (Expr.infiniteSign(end) != 0) {
      return REALS; // x < infinity
    }
    boolean open = sign.equals("<") || sign.equals(">");
    boolean less = sign.equals("<") || sign.equals("≤");
    return new Region(
        List.of(
            less
                ? new Piece(MINUS_INFINITY, end, true, open)
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
      return inside ? NONE : REALS;
    }
    var middle = Expr.num(b.negate().over(Rational.of(2).times(a)));
    var square = discriminant.over(Rational.of(4).times(a).times(a));
    var exactRoot = square.root(2);
    Expr half = exactRoot == null ? Expr.sqrt(Expr.num(square)) : Expr.num(exactRoot);
    var low = Expr.minus(middle, half);
    var high = new Expr.Sum(List.of(middle, half));
    return inside
        ? intersection(ray(low, mirrored(upward)), ray(high, upward))
        : sign.equals("≠")
            ? intersection(ray(low, sign), ray(high, sign))
            : union(ray(low, mirrored(upward)), ray(high, upward));
  }

  private Rational value(Expr p, String x, Rational at) {
    var value = new ExactValue(Map.of(x, at), budget).of(p);
    if (value == null) {
      throw new CannotTell("an inequality that is not rational");
    }
    return value;
  }

  public Region complement(Region region) {
    var pieces = new ArrayList<Piece>();
    Expr low = MINUS_INFINITY;
    boolean lowOpen = true;
    for (var piece : region.pieces()) {
      addUnlessEmpty(pieces, new Piece(low, piece.low(), lowOpen, !piece.lowOpen()));
      low = piece.high();
      lowOpen = !piece.highOpen();
    }
    addUnlessEmpty(pieces, new Piece(low, Const.INFINITY, lowOpen, true));
    return new Region(List.copyOf(pieces));
  }

  public Region intersection(Region a, Region b) {
    return complement(union(complement(a), complement(b)));
  }

  public Region union(Region a, Region b) {
    var all = new ArrayList<Piece>(a.pieces());
    all.addAll(b.pieces());
    if (all.size() > Limits.MAX_ITEMS) {
      throw new CannotTell("a union of more than " + Limits.MAX_ITEMS + " intervals");
    }
    all.sort(
        Comparator.comparing(Piece::low, this::compare)
            .thenComparing(Piece::lowOpen)
            .thenComparing(Piece::high, this::compare));
    var merged = new ArrayList<Piece>();
    for (var piece : all) {
      var last = merged.isEmpty() ? null : merged.get(merged.size() - 1);
      int gap = last == null ? 1 : compare(piece.low(), last.high());
      boolean touches = gap < 0 || gap == 0 && !(piece.lowOpen() && last.highOpen());
      if (last == null || !touches) {
        merged.add(piece);
        continue;
      }
      int order = compare(piece.high(), last.high());
      boolean highOpen =
          order > 0
              ? piece.highOpen()
              : order < 0 ? last.highOpen() : piece.highOpen() && last.highOpen();
      merged.set(
          merged.size() - 1,
          new Piece(last.low(), order > 0 ? piece.high() : last.high(), last.lowOpen(), highOpen));
    }
    return new Region(List.copyOf(merged));
  }

  private void addUnlessEmpty(List<Piece> pieces, Piece piece) {
    int order = compare(piece.low(), piece.high());
    boolean infinite = Expr.infiniteSign(piece.low()) != 0;
    if (order < 0 || order == 0 && !piece.lowOpen() && !piece.highOpen() && !infinite) {
      pieces.add(piece);
    }
  }

  /** Order of two constant ends. */
  private int compare(Expr a, Expr b) {
    if (a.equals(b)) {
      return 0;
    }
    int infiniteA = Expr.infiniteSign(a);
    int infiniteB = Expr.infiniteSign(b);
    if (infiniteA != 0 || infiniteB != 0) {
      return Integer.compare(infiniteA, infiniteB);
    }
    var values = new NumericValue(Map.of(), true, false, budget);
    var difference = values.of(a).minus(values.of(b));
    difference.requireReal("order");
    return difference.mayBeZero() ? 0 : difference.re().compareTo(BigDecimal.ZERO);
  }
}
