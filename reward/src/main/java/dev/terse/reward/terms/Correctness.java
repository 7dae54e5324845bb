package dev.terse.reward.terms;

import dev.terse.answers.AnswerCheck;
import dev.terse.reward.RewardTerm;
import dev.terse.reward.Sample;

/**
 * 1 for a right answer, 0 for a wrong or undecided one (TRL: accuracy_reward); NaN where the row
 * has no gold answer.
 *
 * @param check how answers are found and compared
 * @param needsEnd whether a completion cut by the limit counts as wrong
 */
record Correctness(AnswerCheck check, boolean needsEnd) implements RewardTerm {

  @Override
  public String name() {
    return "accuracy";
  }

  @Override
  public double of(Sample sample) {
    if (sample.gold() == null || sample.gold().isBlank()) {
      return Double.NaN;
    }
    if (needsEnd && !sample.finished()) {
      return 0;
    }
    return check.check(sample.gold(), sample.completion(), sample.answer()).isEqual() ? 1 : 0;
  }
}
