package dev.terse.answers.compare;

import static dev.terse.answers.compare.Verdict.DIFFERENT;
import static dev.terse.answers.compare.Verdict.EQUAL;
import static dev.terse.answers.compare.Verdict.UNKNOWN;

import dev.terse.answers.value.Answer;
import dev.terse.answers.value.Answer.Equation;
import dev.terse.answers.value.Answer.Inequality;
import dev.terse.answers.value.Answer.Value;
import dev.terse.answers.value.CannotTell;
import dev.terse.answers.value.Expr;
import dev.terse.answers.value.Limits;
import dev.terse.answers.value.Rational;
import dev.terse.answers.value.Substitution;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;

/** Rules for equations, and whether equations or inequalities have the same solutions. */
final class EquationRules {
  /** Largest expression made by putting one into another; both may have a thousand parts. */
  private static final int MAX_SIZE = 4096;

  private EquationRules() {}

  /** Equations that name one thing are compared by what they say of it, others by solutions. */
  static Verdict equations(Equation a, Equation b, Comparison c) {
    if (!isConsistent(a, c.exprs()) || !isConsistent(b, c.exprs())) {
      return DIFFERENT;
    }
    if (a.label() != null && b.label() != null) {
      boolean wordy = a.label().length() > 2 || b.label().length() > 2;
      if (a.label().equals(b.label())
          || wordy && (a.sides().get(0) == null || b.sides().get(0) == null)) {
        return c.of(a.right(), b.right());
      }
      if (isGraph(a, b) || isGraph(b, a)) {
        return c.of(a.right(), b.right());
      }
      var renamed = withArgument(b, a);
      if (renamed != null) {
        return c.of(a.right(), renamed);
      }
    }
    return solutions(a, b, c.exprs());
  }

  /** "f(x) = x + 2" is "y = x + 2", and "V(t) = 3t" is "V = 3t". */
  private static boolean isGraph(Equation function, Equation y) {
    String f = function.label();
    if (f.endsWith("^-1(x)")) {
      return y.label().equals("y");
    }
    boolean call = isCall(f);
    if (call && y.label().equals(f.charAt(0) + "_" + f.charAt(2))) {
      return true; // a(n) and a_n
    }
    boolean name = y.label().length() == 1 && call && !y.label().equals(f.substring(2, 3));
    return name && (y.label().equals("y") || y.label().equals(f.substring(0, 1)));
  }

  /**
   * What g(x) = 4x says where the other one calls its argument t; null if they are no such pair.
   */
  private static Answer withArgument(Equation b, Equation a) {
    String f = a.label();
    String g = b.label();
    boolean calls = isCall(f) && isCall(g) && f.charAt(0) == g.charAt(0);
    String mine = calls ? g.substring(2, 3) : "";
    String other = calls ? f.substring(2, 3) : "";
    return calls && b.right() instanceof Value v && !Expr.variables(v.expr()).contains(other)
        ? new Value(Substitution.replace(v.expr(), mine, new Expr.Sym(other)), v.unit())
        : null;
  }

  private static boolean isCall(String label) {
    return label.length() == 4 && label.charAt(1) == '(' && label.charAt(3) == ')';
  }

  /** "x = 5" and "2 + 3 = 5" say 5. */
  static Verdict result(Answer a, Equation b, Comparison c) {
    boolean result =
        b.label() != null || isCalculation(b) || isAsked(b) || b.right() instanceof Answer.Matrix;
    return result && isConsistent(b, c.exprs()) ? c.of(a, b.right()) : DIFFERENT;
  }

  /**
   * Whether its left side is what was asked for: a sum or product of single letters, as "m + n =
   * 7"; or anything that a chain goes on to calculate, as "PA + PB = 3 + 4 = 7".
   */
  private static boolean isAsked(Equation e) {
    var first = e.sides().get(0);
    boolean letters =
        e.sides().size() == 1
            && (first instanceof Expr.Sum || first instanceof Expr.Product)
            && Expr.parts(first).stream().allMatch(p -> p instanceof Expr.Sym)
            && e.right() instanceof Value;
    boolean chain =
        e.sides().size() > 1
            && e.right() instanceof Value v
            && Expr.isConstant(v.expr())
            && e.sides().stream().skip(1).allMatch(s -> s != null && Expr.isConstant(s));
    return letters || chain;
  }

  /** Whether it only calculates, as in "2 + 3 = 5". */
  private static boolean isCalculation(Equation e) {
    return e.sides().stream().allMatch(side -> side == null || Expr.isConstant(side))
        && e.right() instanceof Value v
        && Expr.isConstant(v.expr());
  }

  /** Whether the constant sides of a chain agree: "1 = 7" states nothing. */
  private static boolean isConsistent(Equation e, ExprEquality exprs) {
    for (int i = e.label() == null ? 0 : 1; i < e.sides().size(); i++) {
      var side = e.sides().get(i);
      if (e.right() instanceof Value v
          && side != null
          && !Expr.isUncomputed(side)
          && Expr.isConstant(side)
          && Expr.isConstant(v.expr())
          && exprs.compare(side, v.expr()) == DIFFERENT) {
        return false;
      }
    }
    return true;
  }

  /** Compares two equations in variables. */
  private static Verdict solutions(Equation a, Equation b, ExprEquality exprs) {
    var f = difference(a);
    var g = difference(b);
    if (f == null || g == null) {
      return DIFFERENT;
    }
    if (isSame(a, b, exprs)) {
      return EQUAL;
    }
    var verdict = proportional(f, g, false, exprs);
    if (verdict != DIFFERENT || !Expr.variables(f).equals(Expr.variables(g))) {
      return verdict;
    }
    var graphs = List.of(graph(a, g, exprs), graph(b, f, exprs));
    if (graphs.contains(DIFFERENT)) {
      return DIFFERENT;
    }
    if (graphs.contains(EQUAL)) {
      return EQUAL;
    }
    if (solvedFor(a) != null || solvedFor(b) != null) {
      return UNKNOWN;
    }
    int degree = degree(f, name -> true);
    return degree >= 0 && degree == degree(g, name -> true) ? DIFFERENT : UNKNOWN;
  }

  /** Whether both sides agree: so an identity may be compared, which has no one solution. */
  private static boolean isSame(Equation a, Equation b, ExprEquality exprs) {
    return exprs.compare(a.sides().get(0), b.sides().get(0)) == EQUAL
        && exprs.compare(((Value) a.right()).expr(), ((Value) b.right()).expr()) == EQUAL;
  }

  /** The left side minus the right one; null where there is no such expression. */
  private static Expr difference(Equation e) {
    return e.sides().get(0) != null && e.right() instanceof Value v
        ? Expr.minus(e.sides().get(0), v.expr())
        : null;
  }

  /** y of an equation y = ... whose right side is free of y; else null. */
  private static String solvedFor(Equation e) {
    if (e.sides().size() != 1 || !(e.sides().get(0) instanceof Expr.Sym s)) {
      return null;
    }
    var right = ((Value) e.right()).expr();
    return Expr.variables(right).contains(s.name()) ? null : s.name();
  }

  /**
   * Whether g = 0 is the same as an equation y = value. A point of this graph off g = 0 proves that
   * it is not. If all of the graph is on g = 0 there may be more, such as the line x = 0 of x(xy -
   * 1) = 0. There is surely none where g = A y + B with polynomials A and B, and B a constant that
   * is not zero.
   */
  private static Verdict graph(Equation solved, Expr g, ExprEquality exprs) {
    String y = solvedFor(solved);
    if (y == null) {
      return UNKNOWN;
    }
    try {
      var value = ((Value) solved.right()).expr();
      int size = size(value, s -> 1);
      if (size(g, s -> s.name().equals(y) ? size : 1) > MAX_SIZE) {
        return UNKNOWN;
      }
      var onGraph = exprs.compare(Substitution.replace(g, y, value), Expr.num(0));
      return onGraph == EQUAL && !isOnlyGraph(y, g, exprs) ? UNKNOWN : onGraph;
    } catch (CannotTell e) { // the other equation may still be solved for something
      return UNKNOWN;
    }
  }

  /** Parts of an expression, where a variable counts as many as {@code variable} says. */
  private static int size(Expr e, ToIntFunction<Expr.Sym> variable) {
    if (e instanceof Expr.Sym s) {
      return variable.applyAsInt(s);
    }
    return 1 + Expr.parts(e).stream().mapToInt(part -> size(part, variable)).sum();
  }

  private static boolean isOnlyGraph(String y, Expr g, ExprEquality exprs) {
    if (degree(g, name -> true) < 0 || degree(g, y::equals) != 1) {
      return false;
    }
    var b = Substitution.replace(g, y, Expr.num(0));
    var there = Substitution.in(b, Substitution.at(Expr.variables(b), 0));
    return exprs.compare(b, there) == EQUAL && exprs.compare(there, Expr.num(0)) == DIFFERENT;
  }

  /** Degree of a polynomial as written, in the variables that count; -1 if it is none. */
  private static int degree(Expr e, Predicate<String> counts) {
    if (e instanceof Expr.Sym s) {
      return counts.test(s.name()) ? 1 : 0;
    } else if (e instanceof Expr.Sum || e instanceof Expr.Product) {
      var parts = Expr.parts(e).stream().mapToInt(part -> degree(part, counts)).summaryStatistics();
      boolean sum = e instanceof Expr.Sum;
      return parts.getMin() < 0 ? -1 : sum ? parts.getMax() : (int) parts.getSum();
    } else if (e instanceof Expr.Power p
        && p.exponent() instanceof Expr.Num n
        && n.value().isInteger()
        && n.value().signum() > 0
        && n.value().compareTo(Rational.of(Limits.MAX_FACTORIAL)) < 0) {
      int degree = degree(p.base(), counts);
      return degree < 0 ? -1 : degree * n.value().num().intValue();
    }
    return Expr.isConstant(e) ? 0 : -1;
  }

  /** Compares two single inequalities by their difference. */
  static Verdict inequalities(Inequality a, Inequality b, ExprEquality exprs) {
    if (a.signs().size() != 1 || b.signs().size() != 1) {
      return DIFFERENT;
    }
    if (isSame(a, b, exprs)) {
      return EQUAL;
    }
    Expr f = greaterSide(a);
    Expr g = greaterSide(b);
    boolean sameKind = strict(a.signs().get(0)) == strict(b.signs().get(0));
    boolean unequal = a.signs().get(0).equals("≠") || b.signs().get(0).equals("≠");
    return !sameKind || unequal ? DIFFERENT : proportional(f, g, true, exprs);
  }

  /** Whether both say the same of equal sides, perhaps with the sides swapped. */
  private static boolean isSame(Inequality a, Inequality b, ExprEquality exprs) {
    boolean swapped = !a.signs().equals(b.signs());
    String mirrored = a.signs().get(0).replace('<', '>').replace('≤', '≥');
    mirrored =
        mirrored.equals(a.signs().get(0)) ? mirrored.replace('>', '<').replace('≥', '≤') : mirrored;
    if (swapped && !mirrored.equals(b.signs().get(0))) {
      return false;
    }
    return exprs.compare(a.sides().get(0), b.sides().get(swapped ? 1 : 0)) == EQUAL
        && exprs.compare(a.sides().get(1), b.sides().get(swapped ? 0 : 1)) == EQUAL;
  }

  private static boolean strict(String sign) {
    return sign.equals("<") || sign.equals(">");
  }

  /** The difference that the inequality says is positive. */
  private static Expr greaterSide(Inequality i) {
    var left = i.sides().get(0);
    var right = i.sides().get(1);
    boolean less = i.signs().get(0).equals("<") || i.signs().get(0).equals("≤");
    return less ? Expr.minus(right, left) : Expr.minus(left, right);
  }

  /**
   * Whether f = c g with a constant c that is not zero, and positive if {@code positive}: then f =
   * 0 and g = 0 are the same equation. That is so where f(x) g(y) = f(y) g(x) for a fixed y, which
   * is x with every variable at a fixed value.
   */
  private static Verdict proportional(Expr f, Expr g, boolean positive, ExprEquality exprs) {
    var names = Expr.variables(f);
    if (names.isEmpty() || !names.equals(Expr.variables(g))) {
      return DIFFERENT;
    }
    var fixed = Substitution.at(names, 0);
    Expr fy = Substitution.in(f, fixed);
    Expr gy = Substitution.in(g, fixed);
    if (exprs.compare(fy, Expr.num(0)) != DIFFERENT
        || exprs.compare(gy, Expr.num(0)) != DIFFERENT) {
      return UNKNOWN;
    }
    if (positive && exprs.compare(Expr.fn("abs", Expr.over(fy, gy)), Expr.over(fy, gy)) != EQUAL) {
      return DIFFERENT;
    }
    return exprs.compare(Expr.times(f, gy), Expr.times(g, fy));
  }
}
