package dev.terse.answers.compare;

import dev.terse.answers.compare.Equivalence.Result;
import dev.terse.answers.read.Readings;
import dev.terse.answers.value.Answer;
import dev.terse.answers.value.Budget;
import dev.terse.answers.value.CannotTell;
import dev.terse.answers.value.Limits;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Reads and compares the texts of one check, each once however often it is asked for. Not for
 * several threads, and not for long: it keeps what it read.
 */
public final class Reader {
  private final Map<String, Readings> readings = new HashMap<>();

  /** Whether {@code text} as a whole can be read as an answer, in mathematics or a few words. */
  public boolean isReadable(String text) {
    return hasReading(text, a -> !(a instanceof Answer.Text t) || t.words().size() <= 3);
  }

  /** Whether {@code text} as a whole can be read as mathematics. */
  public boolean isMathematics(String text) {
    return hasReading(text, a -> !(a instanceof Answer.Text));
  }

  private boolean hasReading(String text, Predicate<Answer> wanted) {
    if (text.length() > Limits.MAX_CHARS) {
      return false;
    }
    try {
      return of(text).answers().stream().anyMatch(wanted);
    } catch (RuntimeException | StackOverflowError e) { // the same border as in compare
      return false;
    }
  }

  private Readings of(String text) {
    var known = readings.get(text);
    if (known == null) {
      known = Readings.of(text, new Budget());
      readings.put(text, known);
    }
    return known;
  }

  /** Compares two answers; symmetric. */
  public Result compare(String gold, String answer) {
    if (gold.strip().equals(answer.strip())) {
      return gold.isBlank()
          ? new Result(Verdict.UNKNOWN, "there is nothing to compare")
          : new Result(Verdict.EQUAL, "the same text");
    }
    try {
      return Equivalence.compare(of(gold), of(answer));
    } catch (CannotTell e) {
      return new Result(Verdict.UNKNOWN, e.getMessage());
    } catch (RuntimeException | StackOverflowError e) {
      // The border of the module and its second wall: the limits are the first. A fault of ours
      // must not stop a training run; the hostile tests fail on this reason.
      return new Result(Verdict.UNKNOWN, Equivalence.INTERNAL + e.getClass().getSimpleName());
    }
  }
}
