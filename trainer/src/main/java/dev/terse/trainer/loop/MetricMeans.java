package dev.terse.trainer.loop;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Metrics of the updates between two log lines: their mean, as transformers logs it, and the last
 * value of those that only rise or follow a plan. NaN is kept, never filtered out: a log line that
 * hides it hides the failure.
 */
final class MetricMeans {
  private static final Set<String> LAST = Set.of("learning_rate", "epoch", "num_tokens");

  private final Map<String, Double> sums = new LinkedHashMap<>();
  private final Map<String, Integer> counts = new LinkedHashMap<>();

  void add(Map<String, Double> metrics) {
    metrics.forEach(
        (name, value) -> {
          if (LAST.contains(name)) {
            sums.put(name, value);
            counts.put(name, 1);
          } else {
            sums.merge(name, value, Double::sum);
            counts.merge(name, 1, Integer::sum);
          }
        });
  }

  boolean isEmpty() {
    return sums.isEmpty();
  }

  /** The means under {@code train/}; starts anew. */
  Map<String, Double> take() {
    Map<String, Double> means = new LinkedHashMap<>();
    sums.forEach((name, sum) -> means.put("train/" + name, sum / counts.get(name)));
    sums.clear();
    counts.clear();
    return means;
  }
}
