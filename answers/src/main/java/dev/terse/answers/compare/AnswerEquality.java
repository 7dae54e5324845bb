package dev.terse.answers.compare;

import static dev.terse.answers.compare.Verdict.DIFFERENT;
import static dev.terse.answers.compare.Verdict.EQUAL;
import static dev.terse.answers.compare.Verdict.UNKNOWN;

import dev.terse.answers.read.Words;
import dev.terse.answers.value.Answer;
import dev.terse.answers.value.Answer.Based;
import dev.terse.answers.value.Answer.Clock;
import dev.terse.answers.value.Answer.Collection;
import dev.terse.answers.value.Answer.Equation;
import dev.terse.answers.value.Answer.Inequality;
import dev.terse.answers.value.Answer.Matrix;
import dev.terse.answers.value.Answer.Piece;
import dev.terse.answers.value.Answer.Ratio;
import dev.terse.answers.value.Answer.Region;
import dev.terse.answers.value.Answer.Sequence;
import dev.terse.answers.value.Answer.Text;
import dev.terse.answers.value.Answer.Value;
import dev.terse.answers.value.Budget;
import dev.terse.answers.value.CannotTell;
import dev.terse.answers.value.ExactValue;
import dev.terse.answers.value.Expr;
import dev.terse.answers.value.Rational;
import dev.terse.answers.value.Regions;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Whether two read answers mean the same. Symmetric in its two sides. */
final class AnswerEquality {
  private final Budget budget;
  private final ExprEquality exprs;
  private final EquationEquality equations;
  private final Regions regions;

  AnswerEquality(Budget budget) {
    this.budget = budget;
    exprs = new ExprEquality(budget);
    equations = new EquationEquality(exprs);
    regions = new Regions(budget);
  }

  Verdict compare(Answer a, Answer b) {
    budget.spend(1);
    if (a.equals(b)) {
      return EQUAL;
    }
    // One order of kinds suffices: the other is the same question asked the other way round.
    if (rank(a) > rank(b)) {
      return compare(b, a);
    }
    if (a instanceof Equation x && b instanceof Equation y) {
      return equations(x, y);
    }
    if (b instanceof Equation y) {
      boolean result = y.label() != null || EquationEquality.isCalculation(y);
      return result && equations.isConsistent(y) ? compare(a, y.right()) : DIFFERENT;
    }
    if (a instanceof Value x && b instanceof Value y) {
      return values(x, y);
    }
    if (a instanceof Text x && b instanceof Text y) {
      return String.join("", x.words()).equals(String.join("", y.words())) ? EQUAL : DIFFERENT;
    }
    if (a instanceof Value x && b instanceof Text y) {
      boolean letter =
          y.words().size() == 1
              && x.expr() instanceof Expr.Sym s
              && s.name().toLowerCase(Locale.ROOT).equals(y.words().get(0));
      return letter ? EQUAL : Words.spellsNumber(y.words()) ? UNKNOWN : DIFFERENT;
    }
    if (b instanceof Clock y) {
      return clock(a, y);
    }
    if (b instanceof Based y) {
      return based(a, y);
    }
    if (a instanceof Ratio || b instanceof Ratio) {
      return ratios(a, b);
    }
    if (a instanceof Inequality x && b instanceof Inequality y) {
      var verdict = equations.inequalities(x, y);
      return verdict == EQUAL ? EQUAL : throughRegions(a, b, verdict);
    }
    if (isRegion(a) && b instanceof Inequality || isRegion(a) && b instanceof Region) {
      return throughRegions(a, b, DIFFERENT);
    }
    if (a instanceof Sequence x && b instanceof Sequence y) {
      return sequences(x, y);
    }
    if (a instanceof Sequence x && b instanceof Collection y) {
      return y.braces() ? DIFFERENT : inOrder(x.items(), unlabelled(y.items()));
    }
    if (a instanceof Collection x && b instanceof Collection y) {
      return unordered(x, y);
    }
    if (a instanceof Value && b instanceof Collection y) {
      var items = distinct(y.items()); // one value in two spellings is one value
      return items.size() == 1 ? compare(a, items.get(0)) : DIFFERENT;
    }
    if (b instanceof Matrix y) {
      return matrices(a, y);
    }
    return DIFFERENT;
  }

  private static int rank(Answer a) {
    return List.of(
            Value.class,
            Text.class,
            Sequence.class,
            Collection.class,
            Region.class,
            Inequality.class,
            Matrix.class,
            Ratio.class,
            Based.class,
            Clock.class,
            Equation.class)
        .indexOf(a.getClass());
  }

  private static boolean isRegion(Answer a) {
    return a instanceof Region
        || a instanceof Inequality
        || a instanceof Sequence
        || a instanceof Collection c && c.braces();
  }

  private Verdict values(Value a, Value b) {
    if (a.unit().equals(b.unit())) {
      return exprs.compare(a.expr(), b.expr());
    }
    if (a.unit().isNone() || b.unit().isNone()) {
      var bare = a.unit().isNone() ? a : b;
      var measured = a.unit().isNone() ? b : a;
      return bareWith(bare.expr(), measured);
    }
    if (a.unit().dimensions().equals(b.unit().dimensions())) {
      return exprs.compare(inBaseUnits(a), inBaseUnits(b));
    }
    boolean known = a.unit().known() && b.unit().known();
    return known || exprs.compare(a.expr(), b.expr()) == DIFFERENT ? DIFFERENT : UNKNOWN;
  }

  /**
   * A number without a unit against one with: the unit is taken as given by the question. A percent
   * may also mean the fraction, an angle in degrees the same angle in radians. Below 1 % only the
   * fraction counts: 0.5 % is not 0.5.
   */
  private Verdict bareWith(Expr bare, Value measured) {
    var unit = measured.unit();
    if (unit.isPercent()) {
      var asFraction = exprs.compare(bare, inBaseUnits(measured));
      if (asFraction == EQUAL) {
        return EQUAL;
      }
      var size = new ExactValue(Map.of(), budget).of(measured.expr());
      boolean small = size != null && size.abs().compareTo(Rational.ONE) <= 0;
      return small ? asFraction : exprs.compare(bare, measured.expr());
    }
    var asWritten = exprs.compare(bare, measured.expr());
    boolean radians = unit.isAngle() && new ExactValue(Map.of(), budget).of(bare) == null;
    return asWritten != EQUAL && radians ? exprs.compare(bare, inBaseUnits(measured)) : asWritten;
  }

  private static Expr inBaseUnits(Value v) {
    return Expr.times(v.expr(), v.unit().factor());
  }

  private Verdict based(Answer a, Based b) {
    if (a instanceof Based x) {
      return valueOf(x).equals(valueOf(b)) ? EQUAL : DIFFERENT;
    }
    if (a instanceof Value v && v.unit().isNone()) {
      var number = new ExactValue(Map.of(), budget).of(v.expr());
      if (number != null && number.isInteger()) {
        boolean same =
            number.num().equals(valueOf(b)) || number.num().toString().equals(b.digits());
        return same ? EQUAL : DIFFERENT;
      }
    }
    return DIFFERENT;
  }

  private static BigInteger valueOf(Based b) {
    return new BigInteger(b.digits(), b.base());
  }

  private Verdict clock(Answer a, Clock b) {
    if (a instanceof Clock x) {
      return ClockEquality.compare(x, b);
    }
    boolean number = a instanceof Ratio || a instanceof Value v && v.unit().isNone();
    if (number && b.half() == Clock.Half.NONE) {
      return ratios(a, ClockEquality.ratio(b));
    }
    return number || a instanceof Value || a instanceof Text ? UNKNOWN : DIFFERENT;
  }

  private Verdict ratios(Answer a, Answer b) {
    if (a instanceof Ratio x && b instanceof Ratio y) {
      if (x.parts().size() != y.parts().size()) {
        return DIFFERENT;
      }
      var all = EQUAL;
      for (int i = 1; i < x.parts().size(); i++) {
        var left = Expr.times(x.parts().get(0), y.parts().get(i));
        var right = Expr.times(y.parts().get(0), x.parts().get(i));
        all = and(all, exprs.compare(left, right));
      }
      return all;
    }
    if (a instanceof Value v && b instanceof Ratio r && r.parts().size() == 2) {
      return exprs.compare(v.expr(), Expr.over(r.parts().get(0), r.parts().get(1)));
    }
    return DIFFERENT;
  }

  private Verdict equations(Equation a, Equation b) {
    if (!equations.isConsistent(a) || !equations.isConsistent(b)) {
      return DIFFERENT;
    }
    if (a.label() != null && b.label() != null) {
      boolean wordy = a.label().length() > 2 || b.label().length() > 2;
      if (a.label().equals(b.label())
          || wordy && (a.sides().get(0) == null || b.sides().get(0) == null)) {
        return compare(a.right(), b.right());
      }
    }
    return equations.equations(a, b);
  }

  private Verdict throughRegions(Answer a, Answer b, Verdict otherwise) {
    Region x;
    Region y;
    try {
      x = regions.of(a);
      y = regions.of(b);
    } catch (CannotTell e) {
      return otherwise;
    }
    if (x.pieces().size() != y.pieces().size()) {
      return DIFFERENT;
    }
    var all = EQUAL;
    for (int i = 0; i < x.pieces().size(); i++) {
      all = and(all, pieces(x.pieces().get(i), y.pieces().get(i)));
    }
    return all;
  }

  private Verdict pieces(Piece a, Piece b) {
    if (a.lowOpen() != b.lowOpen() || a.highOpen() != b.highOpen()) {
      return DIFFERENT;
    }
    return and(exprs.compare(a.low(), b.low()), exprs.compare(a.high(), b.high()));
  }

  private Verdict sequences(Sequence a, Sequence b) {
    boolean pair = a.items().size() == 2;
    boolean angled = a.open().equals("⟨") || b.open().equals("⟨");
    if (pair && !angled && !(a.open().equals(b.open()) && a.close().equals(b.close()))) {
      return DIFFERENT; // one end of an interval is open, the other's is closed
    }
    return inOrder(a.items(), b.items());
  }

  private Verdict inOrder(List<Answer> a, List<Answer> b) {
    if (a.size() != b.size()) {
      return DIFFERENT;
    }
    var all = EQUAL;
    for (int i = 0; i < a.size() && all != DIFFERENT; i++) {
      all = and(all, compare(a.get(i), b.get(i)));
    }
    return all;
  }

  private Verdict unordered(Collection a, Collection b) {
    var left = distinct(a.items());
    var right = distinct(b.items());
    if (left.size() != right.size()) {
      return DIFFERENT;
    }
    var free = new ArrayList<>(right);
    boolean unsure = false;
    for (var item : left) {
      Answer partner = null;
      for (var candidate : free) {
        var verdict = compare(item, candidate);
        unsure |= verdict == UNKNOWN;
        if (verdict == EQUAL) {
          partner = candidate;
          break;
        }
      }
      if (partner == null) {
        return unsure ? UNKNOWN : DIFFERENT;
      }
      free.remove(partner);
    }
    return EQUAL;
  }

  private List<Answer> distinct(List<Answer> items) {
    var distinct = new ArrayList<Answer>();
    for (var item : items) {
      if (distinct.stream().noneMatch(d -> compare(d, item) == EQUAL)) {
        distinct.add(item);
      }
    }
    return distinct;
  }

  /** "x = 1, y = 2" in the order of a point. */
  private static List<Answer> unlabelled(List<Answer> items) {
    return items.stream()
        .map(i -> i instanceof Equation e && e.label() != null ? e.right() : i)
        .toList();
  }

  private Verdict matrices(Answer a, Matrix b) {
    if (a instanceof Matrix x) {
      if (x.rows().size() != b.rows().size()) {
        return DIFFERENT;
      }
      var all = EQUAL;
      for (int i = 0; i < x.rows().size() && all != DIFFERENT; i++) {
        all = and(all, inOrder(x.rows().get(i), b.rows().get(i)));
      }
      return all;
    }
    boolean column = b.rows().stream().allMatch(r -> r.size() == 1);
    boolean row = b.rows().size() == 1;
    if (a instanceof Sequence s && !s.open().equals("[") && (column || row)) {
      return inOrder(s.items(), b.rows().stream().flatMap(List::stream).toList());
    }
    if (a instanceof Sequence s && s.items().stream().allMatch(i -> i instanceof Sequence)) {
      var rows = s.items().stream().map(i -> ((Sequence) i).items()).toList();
      return matrices(new Matrix(rows), b); // [[1, 2], [3, 4]]
    }
    return DIFFERENT;
  }

  private static Verdict and(Verdict a, Verdict b) {
    if (a == DIFFERENT || b == DIFFERENT) {
      return DIFFERENT;
    }
    return a == UNKNOWN || b == UNKNOWN ? UNKNOWN : EQUAL;
  }
}
