package dev.terse.trainer.loop;

import dev.terse.trainer.checkpoint.BestModel;
import dev.terse.trainer.checkpoint.BestModelConfig;
import dev.terse.trainer.config.Default;
import dev.terse.trainer.config.Range;
import java.util.Optional;

/**
 * Ends a run whose evaluations have ceased to get better (transformers' EarlyStoppingCallback, as
 * keys). An evaluation counts as better where it beats the best before it by more than the
 * threshold; that best is the best of all, be it by less.
 *
 * @param earlyStoppingPatience evaluations in a row that are not better, after which the run ends;
 *     unset for never
 * @param earlyStoppingThreshold by how much metric_for_best_model must be better
 */
public record EarlyStopping(
    @Default(Default.UNSET) @Range("[1, inf)") Integer earlyStoppingPatience,
    @Default("0.0") @Range("[0, inf)") double earlyStoppingThreshold) {

  public EarlyStopping {
    if (earlyStoppingPatience == null && earlyStoppingThreshold > 0) {
      throw new IllegalArgumentException(
          "early_stopping_threshold does nothing alone: give early_stopping_patience, the number of"
              + " evaluations without progress after which the run ends");
    }
  }

  /** Whether runs may end early. */
  public boolean isOn() {
    return earlyStoppingPatience != null;
  }

  /**
   * Evaluations in a row that were not better, after one more.
   *
   * @param before it
   * @param best before it
   */
  int counted(int before, double value, Optional<BestModel> best, BestModelConfig rule) {
    boolean better =
        rule.isBetter(value, best)
            && best.map(b -> Math.abs(value - b.value()) > earlyStoppingThreshold).orElse(true);
    return better ? 0 : before + 1;
  }

  /** Whether so many end the run. */
  boolean ends(int withoutProgress) {
    return isOn() && withoutProgress >= earlyStoppingPatience;
  }
}
