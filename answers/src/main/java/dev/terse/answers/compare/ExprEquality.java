package dev.terse.answers.compare;

import static dev.terse.answers.compare.Verdict.DIFFERENT;
import static dev.terse.answers.compare.Verdict.EQUAL;
import static dev.terse.answers.compare.Verdict.UNKNOWN;

import dev.terse.answers.value.Ball;
import dev.terse.answers.value.Budget;
import dev.terse.answers.value.CannotTell;
import dev.terse.answers.value.ExactValue;
import dev.terse.answers.value.Expr;
import dev.terse.answers.value.Expr.Const;
import dev.terse.answers.value.Expr.Num;
import dev.terse.answers.value.NormalForm;
import dev.terse.answers.value.NumericValue;
import dev.terse.answers.value.Rational;
import dev.terse.answers.value.Substitution;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Whether two expressions have the same value.
 *
 * <p>In this order: equal form; infinity by its sign; exact rational arithmetic; a long decimal
 * that rounds the other value; 60 digits with an error bound (different values are proven
 * different; values that agree to 40 digits or more are taken as equal where no part of them is so
 * large or small that they could differ behind these). With variables: the same at points that are
 * far apart, positive and negative ({@link Substitution}). The points are fixed ones that look
 * random, so that a pair has one verdict. The bound of Schwartz and Zippel (unequal polynomials of
 * degree d agree at a random one of 2^16 points with probability d / 2^16) is why few are enough,
 * but proves nothing against a text that was written for these points.
 */
final class ExprEquality {
  private static final int POINTS = 9;

  /** Points of agreement after which no more are tried. */
  private static final int NEEDED = 4;

  /** Points of agreement that are enough where no value could be told at another point. */
  private static final int NEEDED_OF_PARTIAL = 2;

  /** Significant digits from which on a decimal is taken as the exact value that it rounds. */
  private static final int MIN_ROUNDED_DIGITS = 6;

  /** Digits after the point that such a decimal has too: 391.781 is as near as 0.392 is. */
  private static final int MIN_ROUNDED_DECIMALS = 6;

  /**
   * Bits of the largest and the smallest part up to which agreement is taken as equality. Values of
   * larger or smaller parts may differ behind the 60 digits, as pi and pi + 10^-70 do.
   */
  private static final double MAX_HEIGHT = 96;

  private static final Set<String> WHOLE_NAMES = Set.of("k", "n", "m");

  /** Powers beyond this one are compared by their bases first. */
  private static final int HIGH_POWER = 100;

  private final Budget budget;

  ExprEquality(Budget budget) {
    this.budget = budget;
  }

  Verdict compare(Expr a, Expr b) {
    if (a.equals(b)) {
      return EQUAL;
    }
    if (a instanceof Expr.Power p && b instanceof Expr.Power q && isSamePower(p, q)) {
      return EQUAL;
    }
    if (Expr.isUncomputed(a) || Expr.isUncomputed(b)) {
      return NormalForm.of(a).equals(NormalForm.of(b)) ? EQUAL : UNKNOWN;
    }
    boolean infiniteA = Expr.mentions(a, Const.INFINITY);
    boolean infiniteB = Expr.mentions(b, Const.INFINITY);
    if (infiniteA || infiniteB) {
      int signA = Expr.infiniteSign(a);
      int signB = Expr.infiniteSign(b);
      boolean known = (!infiniteA || signA != 0) && (!infiniteB || signB != 0);
      return !known ? UNKNOWN : signA == signB ? EQUAL : DIFFERENT;
    }
    var names = Expr.variables(a, b);
    if (names.isEmpty()) {
      return constants(a, b);
    }
    boolean mine = Expr.variables(a).contains("I");
    if (names.contains("I") && mine != Expr.variables(b).contains("I")) { // a program's i
      var x = Substitution.replace(a, "I", Const.I);
      return compare(x, Substitution.replace(b, "I", Const.I));
    }
    var angles = Expr.mentions(a, Const.PI) ? renamedTurns(b, a) : null;
    if (angles != null) {
      return compare(a, angles);
    }
    var verdictOfFamily = parameters(a, b);
    if (verdictOfFamily != null) {
      return verdictOfFamily;
    }
    var renamed = Constants.renamed(b, a);
    var verdict = atPoints(a, renamed, renamed == b ? names : Expr.variables(a, renamed));
    boolean family =
        Expr.variables(a).contains(Expr.WHOLE_PARAMETER)
            && Expr.variables(b).contains(Expr.WHOLE_PARAMETER);
    return family && verdict == DIFFERENT ? UNKNOWN : verdict; // n + 1 runs over the same
  }

  /**
   * Of angles with a whole number of turns, as 2kπ, b with its letter named as that of a; or null.
   */
  private static Expr renamedTurns(Expr b, Expr a) {
    var mine = Expr.variables(b);
    var other = Expr.variables(a);
    var both = Expr.variables(a, b);
    mine.removeAll(Expr.variables(a));
    other.removeAll(Expr.variables(b));
    boolean turns =
        both.size() >= 2
            && mine.size() == 1
            && other.size() == 1
            && WHOLE_NAMES.contains(mine.first())
            && WHOLE_NAMES.contains(other.first())
            && Expr.mentions(b, Const.PI);
    return turns ? Substitution.replace(b, mine.first(), new Expr.Sym(other.first())) : null;
  }

  /** Compares where only one side says that its letter runs over the whole numbers; else null. */
  private Verdict parameters(Expr a, Expr b) {
    var mine = Expr.variables(a);
    var other = Expr.variables(b);
    if (mine.contains(Expr.WHOLE_PARAMETER) == other.contains(Expr.WHOLE_PARAMETER)) {
      return null;
    }
    if (other.contains(Expr.WHOLE_PARAMETER)) {
      return parameters(b, a);
    }
    other.removeAll(mine);
    boolean letter =
        other.size() == 1 && !(b instanceof Expr.Sym) && WHOLE_NAMES.contains(other.first());
    var sym = new Expr.Sym(Expr.WHOLE_PARAMETER);
    return letter ? compare(a, Substitution.replace(b, other.first(), sym)) : null;
  }

  /** Whether two high powers are the same or, of an even exponent, of opposite bases. */
  private boolean isSamePower(Expr.Power a, Expr.Power b) {
    if (a.base().equals(b.base())
        && Expr.isConstant(a.exponent())
        && Expr.isConstant(b.exponent())) {
      var x = exact(a.exponent());
      return x != null && x.equals(exact(b.exponent()));
    }
    if (!(a.exponent() instanceof Num n) || !a.exponent().equals(b.exponent())) {
      return false;
    }
    boolean high = n.value().isInteger() && n.value().compareTo(Rational.of(HIGH_POWER)) > 0;
    return high
        && (compare(a.base(), b.base()) == EQUAL
            || !n.value().num().testBit(0) && compare(a.base(), Expr.negate(b.base())) == EQUAL);
  }

  /** The value of a constant; null if it is not rational, or not known to be. */
  Rational exact(Expr e) {
    return new ExactValue(Map.of(), budget).of(e);
  }

  private Verdict constants(Expr a, Expr b) {
    var x = exact(a);
    var y = exact(b);
    if (x != null && y != null && x.equals(y)) {
      return EQUAL;
    }
    var rounded = rounded(a, b, y);
    rounded = rounded == DIFFERENT ? rounded(b, a, x) : rounded;
    if (rounded != DIFFERENT) {
      return rounded;
    }
    if (x != null && y != null) {
      return DIFFERENT;
    }
    var verdict = numeric(a, b, Map.of(), false, false);
    return verdict == DIFFERENT && usesLog(a, b) ? numeric(a, b, Map.of(), false, true) : verdict;
  }

  /**
   * Whether {@code a} is a decimal that rounds, or cuts off, the value of {@code b}, which is no
   * decimal. Equal with six significant digits or more, unknown with fewer. A decimal never stands
   * for a value that has no more digits than itself, such as 0.4999999 for 1/2.
   *
   * @param y the value of {@code b} where it is rational, else null
   */
  private Verdict rounded(Expr a, Expr b, Rational y) {
    if (!(a instanceof Num n) || n.decimals() < 1 || b instanceof Num m && m.decimals() >= 0) {
      return DIFFERENT;
    }
    var unit = Rational.ONE.over(Rational.of(10).pow(n.decimals()));
    if (y != null && y.over(unit).isInteger()) {
      return DIFFERENT;
    }
    var value = y == null ? new NumericValue(Map.of(), false, false, budget).of(b) : Ball.of(y);
    if (!value.isReal()) {
      return DIFFERENT;
    }
    var beyond = value.minus(Ball.of(n.value())); // further from zero than the decimal
    if (beyond.mayBeZero()) { // the value itself, not rounded
      return DIFFERENT;
    }
    beyond = n.value().signum() < 0 ? beyond.negate() : beyond;
    double step = Ball.of(unit).size();
    double off = beyond.re().doubleValue();
    boolean sharp = value.radius() < step * 1e-3;
    boolean rounds = sharp && off >= -step / 2 && off < step;
    int digits = n.value().over(unit).num().abs().toString().length();
    boolean enough = digits >= MIN_ROUNDED_DIGITS && n.decimals() >= MIN_ROUNDED_DECIMALS;
    return !rounds ? DIFFERENT : enough ? EQUAL : UNKNOWN;
  }

  private Verdict atPoints(Expr a, Expr b, TreeSet<String> names) {
    if (parts(a) > parts(b)) { // the smaller one first: what is spent is the same both ways
      return atPoints(b, a, names);
    }
    if (countsThings(a) || countsThings(b)) {
      return atIntegers(a, b, names);
    }
    boolean complex = Expr.mentions(a, Const.I) || Expr.mentions(b, Const.I);
    var verdict = atPoints(a, b, names, !complex, false);
    if (verdict != EQUAL && usesLog(a, b)) {
      var natural = atPoints(a, b, names, !complex, true);
      return natural == EQUAL ? EQUAL : verdict;
    }
    return verdict;
  }

  private static int parts(Expr e) {
    return 1 + Expr.parts(e).stream().mapToInt(ExprEquality::parts).sum();
  }

  /** Whether a factorial or binomial depends on a variable, which then is a natural number. */
  private static boolean countsThings(Expr e) {
    if (e instanceof Expr.Fn f && (f.name().equals("factorial") || f.name().equals("binom"))) {
      return !Expr.isConstant(e);
    }
    boolean alternates =
        e instanceof Expr.Power p
            && p.base() instanceof Num n
            && n.value().signum() < 0
            && !Expr.isConstant(p.exponent());
    return alternates || Expr.parts(e).stream().anyMatch(ExprEquality::countsThings);
  }

  /** Natural numbers, rising with the alphabet: in binom(n, k) k comes before n. */
  private Verdict atIntegers(Expr a, Expr b, TreeSet<String> names) {
    for (int k = 0; k < 2 * NEEDED; k++) {
      var point = new HashMap<String, Rational>();
      int i = 0;
      for (String name : names) {
        // Odd and even in every combination of two, for (-1)^n.
        point.put(name, Rational.of(3 + 3L * k + (k >> 1 & i & 1) + 6L * i++));
      }
      var verdict = at(point, a, b, true, false);
      if (verdict != EQUAL) {
        return verdict;
      }
    }
    return EQUAL;
  }

  private Verdict atPoints(
      Expr a, Expr b, TreeSet<String> names, boolean realOnly, boolean naturalLog) {
    int agreed = 0;
    CannotTell last = null;
    for (int k = 0; k < POINTS && agreed < NEEDED; k++) {
      try {
        var verdict = at(Substitution.at(names, k), a, b, realOnly, naturalLog);
        if (verdict == DIFFERENT) {
          return DIFFERENT;
        }
        agreed += verdict == EQUAL ? 1 : 0;
      } catch (CannotTell e) { // outside the domain of one side, or too large there
        last = e;
      }
    }
    if (agreed >= NEEDED || agreed >= NEEDED_OF_PARTIAL && last != null) {
      return EQUAL;
    }
    if (last != null) {
      boolean complex = realOnly && agreed < NEEDED_OF_PARTIAL && names.size() > 1;
      if (complex) { // hardly a point is in the real domain of both, as of the quadratic formula
        return atPoints(a, b, names, false, naturalLog) == EQUAL ? EQUAL : UNKNOWN;
      }
      throw last;
    }
    return UNKNOWN;
  }

  private Verdict at(
      Map<String, Rational> point, Expr a, Expr b, boolean realOnly, boolean naturalLog) {
    var exact = new ExactValue(point, budget);
    var x = exact.of(a);
    var y = x == null ? null : exact.of(b);
    if (x != null && y != null) {
      return x.equals(y) ? EQUAL : DIFFERENT;
    }
    return numeric(a, b, point, realOnly, naturalLog);
  }

  private Verdict numeric(
      Expr a, Expr b, Map<String, Rational> point, boolean realOnly, boolean naturalLog) {
    var values = new NumericValue(point, realOnly, naturalLog, budget);
    var verdict = compare(values.of(a), values.of(b));
    return verdict == EQUAL && values.height() > MAX_HEIGHT ? UNKNOWN : verdict;
  }

  /** Proven different, equal to many digits, or too blurred to tell. */
  static Verdict compare(Ball x, Ball y) {
    var difference = x.minus(y);
    if (!difference.mayBeZero()) {
      return DIFFERENT;
    }
    double size = Math.max(x.size(), y.size());
    boolean sharp = difference.radius() <= 1e-40 * size;
    boolean bothZero = size <= 1e-30 && difference.radius() <= 1e-40;
    return sharp || bothZero ? EQUAL : UNKNOWN;
  }

  private static boolean usesLog(Expr a, Expr b) {
    return callsLog(a) || callsLog(b);
  }

  private static boolean callsLog(Expr e) {
    return e instanceof Expr.Fn f && f.name().equals("log")
        || Expr.parts(e).stream().anyMatch(ExprEquality::callsLog);
  }
}
