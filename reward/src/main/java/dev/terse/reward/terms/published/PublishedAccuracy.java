package dev.terse.reward.terms.published;

import dev.terse.answers.AnswerCheck;
import dev.terse.answers.extract.AnswerPolicy.Part;
import dev.terse.reward.RewardTerm;
import dev.terse.reward.Sample;

/**
 * 1 for a right answer, 0 for a wrong one, NaN where the right answer is not understood (TRL:
 * accuracy_reward, reasoning_accuracy_reward). TRL reads answers by math_verify; here they are read
 * as docs/answers.md says.
 *
 * @param name of TRL's function
 * @param check how answers are found; where only what follows the thinking is looked at, a thinking
 *     that does not end is worth 0 whatever the right answer
 */
public record PublishedAccuracy(String name, AnswerCheck check) implements RewardTerm {

  @Override
  public double of(Sample sample) {
    if (check.policy().part() == Part.AFTER_THINKING && sample.answer() == null) {
      return 0;
    }
    boolean understood =
        sample.gold() != null && !sample.gold().isBlank() && AnswerCheck.understands(sample.gold());
    if (!understood) {
      return Double.NaN;
    }
    return check.check(sample.gold(), sample.completion(), sample.answer()).isEqual() ? 1 : 0;
  }
}
