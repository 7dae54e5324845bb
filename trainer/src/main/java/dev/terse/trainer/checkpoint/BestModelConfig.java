package dev.terse.trainer.checkpoint;

import dev.terse.trainer.config.Default;
import java.util.Optional;

/**
 * Which of a run's models is the best; keys and defaults are those of transformers.
 *
 * @param loadBestModelAtEnd whether the best checkpoint is published at the end, not the last model
 * @param metricForBestModel name of a metric of the evaluation, with eval_ or without; loss where
 *     unset
 * @param greaterIsBetter whether more of it is better; where unset, unless its name ends with loss
 */
public record BestModelConfig(
    @Default("false") boolean loadBestModelAtEnd,
    @Default(Default.UNSET) String metricForBestModel,
    @Default(Default.UNSET) Boolean greaterIsBetter) {

  /** The metric's name without {@code eval_} or {@code eval/}. */
  public String metric() {
    return metricForBestModel == null ? "loss" : metricForBestModel.replaceFirst("^eval[_/]", "");
  }

  private boolean isGreaterBetter() {
    return greaterIsBetter == null ? !metric().endsWith("loss") : greaterIsBetter;
  }

  /** Whether an evaluation is better than the best one so far; NaN never is. */
  public boolean isBetter(double value, Optional<BestModel> best) {
    if (Double.isNaN(value)) {
      return false;
    }
    return best.map(b -> isGreaterBetter() ? value > b.value() : value < b.value()).orElse(true);
  }
}
