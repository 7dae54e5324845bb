package dev.terse.answers.compare;

import dev.terse.answers.read.Readings;
import dev.terse.answers.value.Budget;
import dev.terse.answers.value.CannotTell;

/**
 * Whether two answers mean the same. The entry to this package: bounded time and memory for any
 * text, no Throwable, no state, no locale.
 */
public final class Equivalence {

  /*
   * Evidence is asked for in this order, the surest and cheapest first, and the first that decides
   * is believed:
   *
   *   1. the same text                                           here
   *   2. the same form: equal tokens, whatever their spelling    Readings
   *   3. equal answers, part by part as they were read           Comparison
   *   4. the one rule for the two kinds of answers               Rules
   *
   * Rules come down to expressions, and for two of these it goes on (ExprEquality):
   *
   *   5. exact rational arithmetic                               ExactValue
   *   6. six digits that round, or cut off, an exact value       ExprEquality
   *   7. 60 digits with a bound on their error [1]               NumericValue, Ball
   *   8. with variables: 5 and 7 at fixed points [2]             Substitution
   *
   * A text may be read in several ways ("1,234" is a number or a list). Answers are equal if any
   * two readings are. They are different only if every two readings are; a reading that passes a
   * limit leaves "cannot tell".
   *
   * Nothing is simplified. Whether an expression with exp, sin and abs is zero cannot be decided in
   * general [3], and rewriting costs what the text wants it to cost; the text comes from a policy
   * that is paid for surprises. What cannot be computed, such as a limit, is compared by form
   * (NormalForm). Numbers with an error bound prove "different". "Equal" they cannot prove: two
   * values are taken as equal where their balls meet, agree to 40 digits, and no part of them is so
   * large or small that they could differ behind these.
   *
   * Work is counted, not timed (Budget), so that a slow machine gives the same verdict, and so a
   * resumed run the same rewards.
   *
   * [1] Johansson, Arb: Efficient Arbitrary-Precision Midpoint-Radius Interval Arithmetic, IEEE
   *     Transactions on Computers 66(8), 2017, arXiv 1611.02831
   * [2] Schwartz, Fast Probabilistic Algorithms for Verification of Polynomial Identities, Journal
   *     of the ACM 27(4), 1980
   * [3] Richardson, Some Undecidable Problems Involving Elementary Functions of a Real Variable,
   *     Journal of Symbolic Logic 33(4), 1968
   */

  /** A verdict and the sentence that explains it. */
  public record Result(Verdict verdict, String reason) {}

  /** Begins the reason of a verdict that rests on a fault of this package. */
  public static final String INTERNAL = "internal error: ";

  private Equivalence() {}

  /** Whether {@code text} as a whole can be read as an answer, in mathematics or a few words. */
  public static boolean isReadable(String text) {
    return new Reader().isReadable(text);
  }

  /** Compares two answers; symmetric. */
  public static Result compare(String gold, String answer) {
    return new Reader().compare(gold, answer);
  }

  /** The verdict on two texts that were read. */
  static Result compare(Readings a, Readings b) {
    if (a.form() != null && a.form().equals(b.form())) {
      return new Result(Verdict.EQUAL, "the same form");
    }
    if (a.answers().isEmpty() || b.answers().isEmpty()) {
      String side = a.answers().isEmpty() ? "gold answer" : "prediction";
      String why = a.answers().isEmpty() ? a.problem() : b.problem();
      return new Result(Verdict.UNKNOWN, "the " + side + " cannot be read: " + why);
    }
    var comparison = new Comparison(new Budget());
    CannotTell unsure = null;
    boolean unknown = false;
    for (var x : a.answers()) {
      for (var y : b.answers()) {
        try {
          var verdict = comparison.of(x, y);
          if (verdict == Verdict.EQUAL) {
            return new Result(Verdict.EQUAL, "the same value");
          }
          unknown |= verdict == Verdict.UNKNOWN;
        } catch (CannotTell e) {
          unsure = unsure == null ? e : unsure;
        }
      }
    }
    if (unsure != null || unknown) {
      return new Result(
          Verdict.UNKNOWN,
          unsure == null ? "the values cannot be told apart" : unsure.getMessage());
    }
    return new Result(Verdict.DIFFERENT, "different values");
  }
}
