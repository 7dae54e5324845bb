package dev.terse.trainer.grpo.sampling;

import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * How the limit of a completion falls while a run goes on (ThinkPrune, arXiv 2504.01296: 4,000,
 * 3,000, then 2,000 tokens): a function of the update, so a resumed run needs no state of it.
 *
 * @param limits tokens by the update, counted from 0, that each holds from
 */
public record LengthStages(NavigableMap<Integer, Integer> limits) {

  /**
   * Stages as they are written.
   *
   * @param written limits by updates
   * @param most max_completion_length, which holds until the first of them
   * @throws IllegalArgumentException that says what is wrong
   */
  public static LengthStages of(Map<String, ?> written, int most) {
    NavigableMap<Integer, Integer> limits = new TreeMap<>(Map.of(0, most));
    written.forEach(
        (update, limit) -> {
          int tokens = whole("a limit", String.valueOf(limit));
          if (tokens < 1 || tokens > most) {
            throw new IllegalArgumentException(
                "max_completion_length_stages: a limit must be in [1, max_completion_length "
                    + most
                    + "], was "
                    + tokens);
          }
          limits.put(whole("an update", update), tokens);
        });
    return new LengthStages(limits);
  }

  private static int whole(String what, String text) {
    if (!text.matches("[0-9]{1,9}")) {
      throw new IllegalArgumentException(
          "max_completion_length_stages must be a map of updates and limits such as {0: 4000, 100:"
              + " 3000}; "
              + what
              + " must be a whole number, was '"
              + text
              + "'");
    }
    return Integer.parseInt(text);
  }

  /** The limit of a generation that begins with update {@code update}, counted from 0. */
  public int at(int update) {
    return limits.floorEntry(update).getValue();
  }
}
