package dev.terse.trainer.grpo.episode;

import dev.terse.reward.Score;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** What shaping by length did to the rewards of a generation, under NeMo RL's names. */
public final class ShapingMetrics {
  private ShapingMetrics() {}

  /**
   * Means over the completions that have a reward; none where no completion has one.
   *
   * @param episodes of a generation
   */
  public static Map<String, Double> of(List<Episode> episodes) {
    List<Score> scores =
        episodes.stream().map(Episode::score).filter(s -> !Double.isNaN(s.total())).toList();
    Map<String, Double> metrics = new LinkedHashMap<>();
    if (!scores.isEmpty()) {
      metrics.put("length_penalty/env_reward_mean", mean(scores, Score::raw));
      metrics.put("length_penalty/reward_delta_mean", mean(scores, s -> s.total() - s.raw()));
      metrics.put(
          "length_penalty/wiped_correct_frac",
          mean(scores, s -> s.correct() && s.raw() > 0 && s.total() == 0 ? 1 : 0));
      metrics.put("length_penalty/adjusted_frac", mean(scores, s -> s.total() == s.raw() ? 0 : 1));
    }
    return metrics;
  }

  private static double mean(List<Score> scores, ToDoubleFunction<Score> value) {
    return scores.stream().mapToDouble(value).average().orElseThrow();
  }
}
