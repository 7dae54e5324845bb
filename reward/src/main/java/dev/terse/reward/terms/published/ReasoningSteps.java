package dev.terse.reward.terms.published;

import dev.terse.reward.RewardTerm;
import dev.terse.reward.Sample;
import java.util.List;

/**
 * A third for each sign of a step, at most 1 (open-r1: reasoning_steps_reward). Signs are {@code
 * Step 3:}, a number with a dot at the very start, a line that begins with - or *, and {@code
 * First,}, {@code Second,}, {@code Next,}, {@code Finally,}.
 */
public record ReasoningSteps() implements RewardTerm {
  private static final int ENOUGH = 3;
  private static final String STEP = "Step ";
  private static final List<String> SIGNS =
      List.of("\n-", "\n*", "First,", "Second,", "Next,", "Finally,");

  @Override
  public String name() {
    return "reasoning_steps_reward";
  }

  @Override
  public double of(Sample sample) {
    String text = sample.completion();
    int count = numbered(text) ? 1 : 0;
    for (int i = 0; i < text.length() && count < ENOUGH; i++) {
      int at = i;
      if (SIGNS.stream().anyMatch(sign -> text.startsWith(sign, at)) || isStep(text, at)) {
        count++;
      }
    }
    return Math.min(1, count / (double) ENOUGH);
  }

  private static boolean numbered(String text) {
    int end = digits(text, 0);
    return end > 0 && text.startsWith(".", end);
  }

  private static boolean isStep(String text, int at) {
    if (!text.startsWith(STEP, at)) {
      return false;
    }
    int from = at + STEP.length();
    int end = digits(text, from);
    return end > from && text.startsWith(":", end);
  }

  /** The end of the digits that begin at {@code from}. */
  private static int digits(String text, int from) {
    int end = from;
    while (end < text.length() && Character.isDigit(text.charAt(end))) {
      end++;
    }
    return end;
  }
}
