package dev.terse.trainer.dl4j;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.nd4j.linalg.schedule.ISchedule;

/**
 * Learning-rate schedules under the names of transformers' {@code lr_scheduler_type}, as ND4J
 * schedules. The iteration of {@link ISchedule#valueAt} is the number of updates that are done, so
 * the first update asks for iteration 0; the epoch plays no part. With warmup w, total n and
 * progress p = (i - w) / max(1, n - w):
 *
 * <pre>
 * warmup (i &lt; w, all but constant)   peak · i / max(1, w)
 * constant, constant_with_warmup     peak
 * linear                             peak · max(0, (n - i) / max(1, n - w))
 * cosine                             peak · max(0, (1 + cos(2π · num_cycles · p)) / 2)
 * cosine_with_min_lr                 peak · max(0, c · (1 - min_lr_rate) + min_lr_rate), c as cosine
 * </pre>
 */
public final class Schedules {
  private static final double DEFAULT_CYCLES = 0.5;

  private Schedules() {}

  /**
   * The schedule called {@code name}.
   *
   * @param name linear, cosine, constant, constant_with_warmup or cosine_with_min_lr
   * @param peak learning_rate
   * @param warmup updates of warmup; see {@link #warmupSteps}
   * @param total updates in all
   * @param extras lr_scheduler_kwargs: num_cycles of the cosines; min_lr or min_lr_rate
   * @throws IllegalArgumentException if the name or an extra is unknown, or min_lr is missing
   */
  public static ISchedule of(
      String name, double peak, int warmup, int total, Map<String, Double> extras) {
    Curve curve = Curve.of(name);
    for (String extra : extras.keySet()) {
      if (!curve.extras.contains(extra)) {
        throw new IllegalArgumentException(
            "lr_scheduler_kwargs of " + name + " has no '" + extra + "', only " + curve.extras);
      }
    }
    double cycles = extras.getOrDefault("num_cycles", DEFAULT_CYCLES);
    return new Curved(curve, peak, warmup, total, cycles, floor(curve, peak, extras));
  }

  /** {@code warmup_steps} as a number of updates: a value below 1 is a share of {@code total}. */
  public static int warmupSteps(double setting, int total) {
    return setting >= 1 ? (int) setting : (int) Math.ceil(total * setting);
  }

  /** The least learning rate as a share of the peak. */
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

  private enum Curve {
    CONSTANT(Set.of()),
    CONSTANT_WITH_WARMUP(Set.of()),
    LINEAR(Set.of()),
    COSINE(Set.of("num_cycles")),
    COSINE_WITH_MIN_LR(Set.of("num_cycles", "min_lr", "min_lr_rate"));

    private final Set<String> extras;

    Curve(Set<String> extras) {
      this.extras = extras;
    }

    static Curve of(String name) {
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

  private record Curved(
      Curve curve, double peak, int warmup, int total, double cycles, double floor)
      implements ISchedule {

    @Override
    public double valueAt(int iteration, int epoch) {
      return peak * factor(iteration);
    }

    private double factor(double iteration) {
      if (curve == Curve.CONSTANT) {
        return 1;
      }
      if (iteration < warmup) {
        return iteration / Math.max(1, warmup);
      }
      double span = Math.max(1, total - warmup);
      return switch (curve) {
        case LINEAR -> Math.max(0, (total - iteration) / span);
        case COSINE, COSINE_WITH_MIN_LR -> {
          double progress = (iteration - warmup) / span;
          double cosine = 0.5 * (1 + Math.cos(Math.PI * cycles * 2 * progress));
          yield Math.max(0, cosine * (1 - floor) + floor);
        }
        default -> 1;
      };
    }

    @Override
    public ISchedule clone() {
      return this; // immutable
    }
  }
}
