package dev.terse.trainer.optim;

/**
 * Where a run stands under {@code reduce_lr_on_plateau} (torch's ReduceLROnPlateau): after {@code
 * patience} evaluations that are not better than the best, the rate is multiplied by {@code
 * factor}, and then {@code cooldown} evaluations are not counted.
 *
 * @param factor the rate now, over learning_rate
 * @param best the best metric so far; NaN before the first
 * @param bad evaluations in a row that were not better
 * @param cooldown evaluations that are not counted any more
 */
public record Plateau(double factor, double best, int bad, int cooldown) {

  /** As a run begins. */
  public static final Plateau START = new Plateau(1, Double.NaN, 0, 0);

  /** Whether less or more of the metric is better. */
  enum Mode {
    MIN,
    MAX
  }

  /** Whether a threshold is a share of the best, or a distance. */
  enum ThresholdMode {
    REL,
    ABS
  }

  /**
   * The lr_scheduler_kwargs, with torch's defaults.
   *
   * @param factor what the rate is multiplied by
   * @param patience evaluations without progress that are borne
   * @param threshold what counts as progress
   * @param cooldown evaluations after a cut that are not counted
   * @param least min_lr over learning_rate
   * @param smallest eps over learning_rate: a smaller cut is left out
   */
  public record Rules(
      Mode mode,
      double factor,
      int patience,
      double threshold,
      ThresholdMode thresholdMode,
      int cooldown,
      double least,
      double smallest) {

    static Rules of(double peak, ScheduleExtras extras) {
      Rules rules =
          new Rules(
              extras.constant("mode", Mode.MIN),
              extras.number("factor", 0.1),
              (int) extras.number("patience", 10),
              extras.number("threshold", 1e-4),
              extras.constant("threshold_mode", ThresholdMode.REL),
              (int) extras.number("cooldown", 0),
              extras.number("min_lr", 0) / peak,
              extras.number("eps", 1e-8) / peak);
      if (rules.factor >= 1) {
        throw extras.refused("factor must be below 1, was " + rules.factor);
      }
      return rules;
    }

    private boolean isBetter(double value, double best) {
      double rel = threshold * best;
      double margin = thresholdMode == ThresholdMode.REL ? rel : threshold;
      return Double.isNaN(best)
          || (mode == Mode.MIN ? value < best - margin : value > best + margin);
    }
  }

  /** The rules of a configuration. */
  public static Rules rules(OptimizerConfig config, double peak) {
    return Rules.of(peak, new ScheduleExtras(config.lrSchedulerType(), config.lrSchedulerKwargs()));
  }

  /** After an evaluation. */
  public Plateau after(double value, Rules rules) {
    boolean better = rules.isBetter(value, best);
    double newBest = better ? value : best;
    boolean cools = cooldown > 0;
    int counted = cools || better ? 0 : bad + 1;
    int cooling = cools ? cooldown - 1 : 0;
    if (counted <= rules.patience) {
      return new Plateau(factor, newBest, counted, cooling);
    }
    double cut = Math.max(factor * rules.factor, rules.least);
    return new Plateau(factor - cut > rules.smallest ? cut : factor, newBest, 0, rules.cooldown);
  }
}
