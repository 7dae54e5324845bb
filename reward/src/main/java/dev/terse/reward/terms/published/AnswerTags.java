package dev.terse.reward.terms.published;

import dev.terse.reward.RewardTerm;
import dev.terse.reward.Sample;

/**
 * 1 for thinking and answer in tags on lines of their own, else 0 (open-r1: format_reward, and
 * code_format_reward where the answer holds a block of code). The pattern, {@code .} any character
 * and {@code $} the end of a line:
 *
 * <pre>
 * ^&lt;think>\n.*?\n&lt;/think>\n&lt;answer>\n.*?\n&lt;/answer>$
 * ^&lt;think>\n.*?\n&lt;/think>\n&lt;answer>\n.*?```LANGUAGE.*?```.*?\n&lt;/answer>$
 * </pre>
 *
 * @param language of the block, or null for none
 */
public record AnswerTags(String language) implements RewardTerm {
  private static final String OPEN = "<think>\n";
  private static final String MIDDLE = "\n</think>\n<answer>\n";
  private static final String CLOSE = "\n</answer>";
  private static final String FENCE = "```";

  @Override
  public String name() {
    return language == null ? "format_reward" : "code_format_reward";
  }

  @Override
  public double of(Sample sample) {
    String text = sample.completion();
    if (!text.startsWith(OPEN)) {
      return 0;
    }
    // The earliest place of each part leaves the most room for the next.
    int at = after(text, MIDDLE, OPEN.length());
    if (language != null) {
      at = after(text, FENCE, after(text, FENCE + language, at));
    }
    int end = after(text, CLOSE, at);
    while (end >= 0 && end < text.length() && text.charAt(end) != '\n') {
      end = after(text, CLOSE, end);
    }
    return end < 0 ? 0 : 1;
  }

  /** Behind the first {@code part} at or behind {@code from}; -1 if there is none. */
  private static int after(String text, String part, int from) {
    int found = from < 0 ? -1 : text.indexOf(part, from);
    return found < 0 ? -1 : found + part.length();
  }
}
