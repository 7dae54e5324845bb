package dev.terse.reward;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The reward of one completion.
 *
 * @param total what advantages are made of; NaN if the reward failed (the sample is then absent
 *     from its group)
 * @param raw weighted sum of the terms, the total before anything was shaped by length
 * @param terms value of each term by name, unweighted, in rubric order
 * @param correct whether the answer is right
 * @param logged what rewards of the user said beside their values
 */
public record Score(
    double total, double raw, Map<String, Double> terms, boolean correct, Logged logged) {
  public Score {
    terms = Collections.unmodifiableMap(new LinkedHashMap<>(terms));
  }

  /** A score that nothing has shaped. */
  public Score(double total, Map<String, Double> terms, boolean correct, Logged logged) {
    this(total, total, terms, correct, logged);
  }

  /** A score of which nothing was logged. */
  public Score(double total, Map<String, Double> terms, boolean correct) {
    this(total, terms, correct, Logged.NOTHING);
  }

  /** The same with another total; the raw one stays. */
  public Score shaped(double shapedTotal) {
    return new Score(shapedTotal, raw, terms, correct, logged);
  }

  /**
   * What a reward wants to be seen.
   *
   * @param metrics numbers of the completion, or of the whole batch that it was scored in; a
   *     generation's metric is the mean over its completions that have one (TRL: log_metric)
   * @param columns of this completion's row in the log (TRL: log_extra)
   */
  public record Logged(Map<String, Double> metrics, Map<String, Object> columns) {
    public static final Logged NOTHING = new Logged(Map.of(), Map.of());

    public Logged {
      metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
      columns = Collections.unmodifiableMap(new LinkedHashMap<>(columns));
    }
  }
}
