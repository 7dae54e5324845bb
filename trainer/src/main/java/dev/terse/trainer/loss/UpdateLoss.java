package dev.terse.trainer.loss;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The loss of an update.
 *
 * @param value what was minimised
 * @param metrics that value, and what else was measured over its tokens, under TRL's names
 */
public record UpdateLoss(double value, Map<String, Double> metrics) {

  /** The same with more metrics behind its own. */
  public UpdateLoss with(Map<String, Double> more) {
    Map<String, Double> all = new LinkedHashMap<>(metrics);
    all.putAll(more);
    return new UpdateLoss(value, all);
  }
}
