package dev.terse.trainer.optim;

import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The learning rate of each update: a schedule under its name in transformers' {@code
 * lr_scheduler_type}. An update's number i is that of the updates done before it, so the first is
 * 0. With warmup w, total n and progress p = (i - w) / max(1, n - w):
 *
 * <pre>
 * warmup (i &lt; w, all but constant)   peak · i / max(1, w)
 * constant, constant_with_warmup     peak
 * linear                             peak · max(0, (n - i) / max(1, n - w))
 * cosine                             peak · max(0, (1 + cos(2π · num_cycles · p)) / 2)
 * cosine_with_min_lr                 peak · max(0, c · (1 - min_lr_rate) + min_lr_rate), c as cosine
 * </pre>
 *
 * @param peak learning_rate
 * @param warmup updates of warmup
 * @param total updates in all
 * @param cycles num_cycles of the cosines
 * @param floor the least rate as a share of the peak
 */
public record LearningRate(
    Curve curve, double peak, int warmup, int total, double cycles, double floor) {
  private static final double DEFAULT_CYCLES = 0.5;

  /** The shapes of a schedule, with the keys of lr_scheduler_kwargs that each knows. */
  public enum Curve {
    CONSTANT(Set.of()),
    CONSTANT_WITH_WARMUP(Set.of()),
    LINEAR(Set.of()),
    COSINE(Set.of("num_cycles")),
    COSINE_WITH_MIN_LR(Set.of("num_cycles", "min_lr", "min_lr_rate"));

    private final Set<String> extras;

    Curve(Set<String> extras) {
      this.extras = extras;
    }

    private static Curve of(String name) {
      for (Curve curve : values()) {
        if (curve.name().toLowerCase(Locale.ROOT).equals(name)) {
          return curve;
        }
      }
      throw new IllegalArgumentException(
          "lr_scheduler_type must be linear, cosine, constant, constant_with_warmup or"
              + " cosine_with_min_lr, was '"
              + name
              + "'");
    }
  }

  /** The configured schedule of a run of {@code maxSteps} updates. */
  public static LearningRate of(OptimizerConfig config, double peak, int maxSteps) {
    return of(
        config.lrSchedulerType(),
        peak,
        config.warmup(maxSteps),
        maxSteps,
        config.lrSchedulerKwargs());
  }

  /**
   * The schedule called {@code name}.
   *
   * @param extras lr_scheduler_kwargs: num_cycles of the cosines; min_lr or min_lr_rate
   * @throws IllegalArgumentException if the name or an extra is unknown, or min_lr is missing
   */
  static LearningRate of(
      String name, double peak, int warmup, int total, Map<String, Double> extras) {
    Curve curve = Curve.of(name);
    for (String extra : extras.keySet()) {
      if (!curve.extras.contains(extra)) {
        throw new IllegalArgumentException(
            "lr_scheduler_kwargs of " + name + " has no '" + extra + "', only " + curve.extras);
      }
    }
    double cycles = extras.getOrDefault("num_cycles", DEFAULT_CYCLES);
    return new LearningRate(curve, peak, warmup, total, cycles, floor(curve, peak, extras));
  }

  private static double floor(Curve curve, double peak, Map<String, Double> extras) {
    if (curve != Curve.COSINE_WITH_MIN_LR) {
      return 0;
    }
    if (extras.containsKey("min_lr") == extras.containsKey("min_lr_rate")) {
      throw new IllegalArgumentException(
          "cosine_with_min_lr needs min_lr or min_lr_rate (one of them) in lr_scheduler_kwargs");
    }
    return extras.containsKey("min_lr") ? extras.get("min_lr") / peak : extras.get("min_lr_rate");
  }

  /** The rate of update {@code update}, counted from 0. */
  public double at(int update) {
    return peak * factor(update);
  }

  private double factor(double update) {
    if (curve == Curve.CONSTANT) {
      return 1;
    }
    if (update < warmup) {
      return update / Math.max(1, warmup);
    }
    double span = Math.max(1, total - warmup);
    return switch (curve) {
      case LINEAR -> Math.max(0, (total - update) / span);
      case COSINE, COSINE_WITH_MIN_LR -> {
        double progress = (update - warmup) / span;
        double cosine = 0.5 * (1 + Math.cos(Math.PI * cycles * 2 * progress));
        yield Math.max(0, cosine * (1 - floor) + floor);
      }
      default -> 1;
    };
  }
}
