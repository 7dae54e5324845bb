package dev.terse.answers.compare;

import dev.terse.answers.read.Readings;
import dev.terse.answers.value.Answer;
import dev.terse.answers.value.Budget;
import dev.terse.answers.value.CannotTell;
import dev.terse.answers.value.Limits;

/**
 * Whether two answers mean the same. The entry to this package: bounded time and memory for any
 * text, no Throwable, no state, no locale.
 */
public final class Equivalence {

  /** A verdict and the sentence that explains it. */
  public record Result(Verdict verdict, String reason) {}

  /** Begins the reason of a verdict that rests on a fault of this package. */
  public static final String INTERNAL = "internal error: ";

  private Equivalence() {}

  /** Whether {@code text} as a whole can be read as an answer, in mathematics or a few words. */
  public static boolean isReadable(String text) {
    if (text.length() > Limits.MAX_CHARS) {
      return false;
    }
    try {
      var readings = Readings.of(text, new Budget()).answers();
      return readings.stream()
          .anyMatch(a -> !(a instanceof Answer.Text t) || t.words().size() <= 3);
    } catch (RuntimeException | StackOverflowError e) { // the same border as in compare
      return false;
    }
  }

  /** Compares two answers; symmetric. */
  public static Result compare(String gold, String answer) {
    if (gold.strip().equals(answer.strip())) {
      return gold.isBlank()
          ? new Result(Verdict.UNKNOWN, "there is nothing to compare")
          : new Result(Verdict.EQUAL, "the same text");
    }
    try {
      return compareReadings(gold, answer);
    } catch (CannotTell e) {
      return new Result(Verdict.UNKNOWN, e.getMessage());
    } catch (RuntimeException | StackOverflowError e) {
      // The border of the module and its second wall: the limits are the first. A fault of ours
      // must
      // not stop a training run; the hostile tests fail on this reason.
      return new Result(Verdict.UNKNOWN, INTERNAL + e.getClass().getSimpleName());
    }
  }

  private static Result compareReadings(String gold, String answer) {
    var budget = new Budget();
    var a = Readings.of(gold, budget);
    var b = Readings.of(answer, budget);
    if (a.form() != null && a.form().equals(b.form())) {
      return new Result(Verdict.EQUAL, "the same form");
    }
    if (a.answers().isEmpty() || b.answers().isEmpty()) {
      String side = a.answers().isEmpty() ? "gold answer" : "prediction";
      String why = a.answers().isEmpty() ? a.problem() : b.problem();
      return new Result(Verdict.UNKNOWN, "the " + side + " cannot be read: " + why);
    }
    var comparison = new Comparison(budget);
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
