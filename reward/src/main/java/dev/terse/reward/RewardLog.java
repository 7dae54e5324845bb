package dev.terse.reward;

import java.util.DoubleSummaryStatistics;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/** What rewards have to say of one completion beside its value. */
public final class RewardLog {
  private final Map<String, DoubleSummaryStatistics> metrics = new LinkedHashMap<>();
  private final Map<String, Object> columns = new LinkedHashMap<>();

  /**
   * Logs a number of this completion (TRL: log_metric). The metric is the mean over the completions
   * of a generation that have one. Several of one name count as their mean.
   *
   * @param name in the metrics, as it is
   */
  public void logMetric(String name, double value) {
    Objects.requireNonNull(name, "the name of a metric");
    metrics.computeIfAbsent(name, any -> new DoubleSummaryStatistics()).accept(value);
  }

  /**
   * Writes a value into this completion's row of the completions (TRL: log_extra). The last of one
   * column counts.
   *
   * @param value a text, number, boolean, null, or lists and maps of these
   */
  public void logExtra(String column, Object value) {
    columns.put(Objects.requireNonNull(column, "the name of a column"), value);
  }

  /** Takes what another has logged of the same completion. */
  public void add(Score.Logged logged) {
    logged.metrics().forEach(this::logMetric);
    logged.columns().forEach(this::logExtra);
  }

  /** All of it. */
  public Score.Logged logged() {
    Map<String, Double> means = new LinkedHashMap<>();
    metrics.forEach((name, values) -> means.put(name, values.getAverage()));
    return new Score.Logged(means, columns);
  }
}
