package dev.terse.trainer.grpo.episode;

import dev.terse.trainer.loss.advantage.GroupAdvantage;
import java.util.Arrays;
import java.util.DoubleSummaryStatistics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** What a generation looks like: TRL's metrics of completions and rewards, and our own. */
public final class RolloutMetrics {
  private RolloutMetrics() {}

  /**
   * @param seconds that sampling took
   * @param episodes groups one after another
   * @param terms names of the reward's terms
   */
  public static Map<String, Double> of(
      double seconds, List<Episode> episodes, int groupSize, List<String> terms) {
    Map<String, Double> metrics = new LinkedHashMap<>();
    metrics.put("rollout_time", seconds);
    lengths(episodes, metrics);
    rewards(episodes, groupSize, terms, metrics);
    groups(episodes, groupSize, metrics);
    compression(episodes, metrics);
    logged(episodes, metrics);
    return metrics;
  }

  private static void lengths(List<Episode> episodes, Map<String, Double> metrics) {
    double[] all = values(episodes, Episode::tokens);
    double[] ended =
        episodes.stream().filter(e -> !e.truncated()).mapToDouble(Episode::tokens).toArray();
    metrics.put("completions/mean_length", mean(all));
    metrics.put("completions/min_length", Arrays.stream(all).min().orElse(0));
    metrics.put("completions/max_length", Arrays.stream(all).max().orElse(0));
    metrics.put("completions/clipped_ratio", mean(episodes, e -> e.truncated() ? 1 : 0));
    metrics.put("completions/mean_terminated_length", mean(ended));
    metrics.put("completions/min_terminated_length", Arrays.stream(ended).min().orElse(0));
    metrics.put("completions/max_terminated_length", Arrays.stream(ended).max().orElse(0));
  }

  private static void rewards(
      List<Episode> episodes, int groupSize, List<String> terms, Map<String, Double> metrics) {
    for (String term : terms) {
      double[] values = values(episodes, e -> e.score().terms().get(term));
      metrics.put("rewards/" + term + "/mean", GroupAdvantage.mean(values));
      metrics.put("rewards/" + term + "/std", GroupAdvantage.std(values));
    }
    double[] totals = values(episodes, e -> e.score().total());
    metrics.put("reward", GroupAdvantage.mean(totals));
    metrics.put("reward_std", GroupAdvantage.std(totals));
    metrics.put("reward_absent", mean(episodes, e -> Double.isNaN(e.score().total()) ? 1 : 0));
    int flat = 0;
    for (int start = 0; start < totals.length; start += groupSize) {
      double[] group = Arrays.copyOfRange(totals, start, start + groupSize);
      flat += GroupAdvantage.areEqual(group) ? 1 : 0;
    }
    metrics.put("frac_reward_zero_std", flat / (double) (totals.length / groupSize));
  }

  private static void groups(List<Episode> episodes, int groupSize, Map<String, Double> metrics) {
    int right = 0;
    int wrong = 0;
    int groups = episodes.size() / groupSize;
    for (int start = 0; start < episodes.size(); start += groupSize) {
      long correct =
          episodes.subList(start, start + groupSize).stream()
              .filter(e -> e.score().correct())
              .count();
      right += correct == groupSize ? 1 : 0;
      wrong += correct == 0 ? 1 : 0;
    }
    metrics.put("groups/all_right", right / (double) groups);
    metrics.put("groups/all_wrong", wrong / (double) groups);
    metrics.put("groups/mixed", (groups - right - wrong) / (double) groups);
  }

  private static void compression(List<Episode> episodes, Map<String, Double> metrics) {
    double accuracy = mean(episodes, e -> e.score().correct() ? 1 : 0);
    double tokens = mean(episodes, Episode::tokens);
    metrics.put("accuracy", accuracy);
    metrics.put("compression/skip_ratio", mean(episodes, e -> e.reading().skips().ratio()));
    metrics.put("compression/skip_count", mean(episodes, e -> e.reading().skips().skips()));
    metrics.put("compression/steps", mean(episodes, e -> e.reading().skips().kept()));
    metrics.put("compression/think_tokens", mean(episodes, e -> e.reading().thinkTokens()));
    metrics.put("compression/answer_tokens", mean(episodes, e -> e.reading().answerTokens()));
    metrics.put(
        "compression/longest_skip_run",
        episodes.stream().mapToDouble(e -> e.reading().skips().longestRun()).max().orElse(0));
    metrics.put(
        "compression/all_skip_frac",
        mean(
            episodes,
            e -> e.reading().skips().kept() == 0 && e.reading().skips().skips() > 0 ? 1 : 0));
    metrics.put("compression/acc_per_1k_tokens", 1000 * accuracy / tokens);
  }

  /**
   * What rewards of the user logged, under their own names: the mean over the completions that have
   * it (TRL: log_metric).
   */
  private static void logged(List<Episode> episodes, Map<String, Double> metrics) {
    Map<String, DoubleSummaryStatistics> all = new LinkedHashMap<>();
    for (Episode episode : episodes) {
      episode
          .score()
          .logged()
          .metrics()
          .forEach(
              (name, value) ->
                  all.computeIfAbsent(name, any -> new DoubleSummaryStatistics()).accept(value));
    }
    all.forEach((name, values) -> metrics.putIfAbsent(name, values.getAverage()));
  }

  private static double[] values(List<Episode> episodes, ToDoubleFunction<Episode> value) {
    return episodes.stream().mapToDouble(value).toArray();
  }

  private static double mean(List<Episode> episodes, ToDoubleFunction<Episode> value) {
    return mean(values(episodes, value));
  }

  private static double mean(double[] values) {
    return Arrays.stream(values).average().orElse(0);
  }
}
