package dev.terse.reward.terms.published;

import dev.terse.reward.RewardTerm;
import dev.terse.reward.Sample;
import java.util.List;

/**
 * A quarter for each of the four tags of {@link AnswerTags} that stands exactly once, with its line
 * breaks (open-r1: tag_count_reward).
 */
public record TagCount() implements RewardTerm {
  private static final List<String> TAGS =
      List.of("<think>\n", "\n</think>\n", "\n<answer>\n", "\n</answer>");

  @Override
  public String name() {
    return "tag_count_reward";
  }

  @Override
  public double of(Sample sample) {
    return 0.25 * TAGS.stream().filter(tag -> isOnce(sample.completion(), tag)).count();
  }

  /** Whether it is there once, counted without overlap. */
  private static boolean isOnce(String text, String tag) {
    int first = text.indexOf(tag);
    return first >= 0 && text.indexOf(tag, first + tag.length()) < 0;
  }
}
