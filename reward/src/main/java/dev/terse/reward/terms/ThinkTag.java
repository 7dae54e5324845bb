package dev.terse.reward.terms;

import dev.terse.reward.RewardTerm;
import dev.terse.reward.Sample;

/**
 * 1 where the thinking is closed exactly once and opened at most once, at the very start (chat
 * templates often put {@code <think>} into the prompt); else 0.
 */
record ThinkTag() implements RewardTerm {

  @Override
  public String name() {
    return "think_tag";
  }

  @Override
  public double of(Sample sample) {
    return wellTagged(sample.completion()) ? 1 : 0;
  }

  static boolean wellTagged(String completion) {
    int close = completion.indexOf("</think>");
    return close >= 0
        && completion.indexOf("</think>", close + 1) < 0
        && completion.stripLeading().lastIndexOf("<think>") <= 0;
  }
}
