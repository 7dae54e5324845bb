package dev.terse.reward.terms;

import dev.terse.reward.RewardTerm;
import dev.terse.reward.Sample;

/**
 * 1 for well-tagged thinking that is not blank, followed by an answer that is not blank; else 0.
 */
record ThinkAnswer() implements RewardTerm {

  @Override
  public String name() {
    return "think_answer";
  }

  @Override
  public double of(Sample sample) {
    String completion = sample.completion();
    if (!ThinkTag.wellTagged(completion)) {
      return 0;
    }
    int close = completion.indexOf("</think>");
    String thinking = completion.substring(0, close).strip();
    boolean thought = !thinking.isEmpty() && !thinking.equals("<think>");
    return thought && !completion.substring(close + "</think>".length()).isBlank() ? 1 : 0;
  }
}
