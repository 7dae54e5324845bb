package dev.terse.reward.terms.published;

import dev.terse.reward.RewardTerm;
import dev.terse.reward.Sample;

/**
 * 1 for a completion that begins with {@code <think>}, opens it once and closes it, else 0 (TRL:
 * think_format_reward). Where the chat template puts the tag into the prompt it is always 0, as in
 * TRL.
 */
public record ThinkFormat() implements RewardTerm {
  private static final String OPEN = "<think>";

  @Override
  public String name() {
    return "think_format_reward";
  }

  @Override
  public double of(Sample sample) {
    String text = sample.completion();
    boolean once = text.startsWith(OPEN) && text.lastIndexOf(OPEN) == 0;
    return once && text.contains("</think>") ? 1 : 0;
  }
}
