package dev.terse.answers.compare;

import static dev.terse.answers.compare.Verdict.DIFFERENT;
import static dev.terse.answers.compare.Verdict.EQUAL;

import dev.terse.answers.value.Answer;
import dev.terse.answers.value.Answer.Inequality;
import dev.terse.answers.value.Answer.Piece;
import dev.terse.answers.value.Answer.Region;
import dev.terse.answers.value.CannotTell;

/** Rules for sets of real numbers: intervals, their unions, finite sets, inequalities. */
final class RegionRules {
  private RegionRules() {}

  /**
   * Interval by interval; what describes no set of real numbers differs from all that do. So does
   * what is not understood as one, passes a limit, or is met with the budget spent: no cause of
   * {@link CannotTell} is told from another here.
   */
  static Verdict regions(Answer a, Answer b, Comparison c) {
    return regions(a, b, DIFFERENT, c);
  }

  /** Inequalities are the same by their difference, or by their solutions. */
  static Verdict inequalities(Inequality a, Inequality b, Comparison c) {
    var verdict = EquationRules.inequalities(a, b, c.exprs());
    return verdict == EQUAL ? EQUAL : regions(a, b, verdict, c);
  }

  private static Verdict regions(Answer a, Answer b, Verdict otherwise, Comparison c) {
    Region x;
    Region y;
    try {
      x = c.sets().of(a);
      y = c.sets().of(b);
    } catch (CannotTell e) {
      return otherwise;
    }
    if (x.pieces().size() != y.pieces().size()) {
      return DIFFERENT;
    }
    var all = EQUAL;
    for (int i = 0; i < x.pieces().size(); i++) {
      all = all.and(pieces(x.pieces().get(i), y.pieces().get(i), c.exprs()));
    }
    return all;
  }

  private static Verdict pieces(Piece a, Piece b, ExprEquality exprs) {
    if (a.lowOpen() != b.lowOpen() || a.highOpen() != b.highOpen()) {
      return DIFFERENT;
    }
    return exprs.compare(a.low(), b.low()).and(exprs.compare(a.high(), b.high()));
  }
}
