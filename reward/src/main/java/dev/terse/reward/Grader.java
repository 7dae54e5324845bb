package dev.terse.reward;

import dev.terse.reward.answer.AnswerPolicy;
import java.util.Locale;

/**
 * Grades rows of the command {@code grade}: a gold answer against a bare answer, a text or a whole
 * completion. The same code as the reward, so that a reward can be debugged row by row.
 */
public final class Grader {
  private final AnswerCheck check;

  /**
   * @param policy {@link AnswerPolicy#WHOLE_TEXT} takes bare answers too
   */
  public Grader(AnswerPolicy policy) {
    check = new AnswerCheck(policy);
  }

  /** The verdict on one row; never throws, whatever the texts hold. */
  public Grade grade(String gold, String prediction) {
    return check.check(gold, prediction);
  }

  /** A verdict as the output file spells it: equal, different or unknown. */
  public static String name(Verdict verdict) {
    return verdict.name().toLowerCase(Locale.ROOT);
  }
}
