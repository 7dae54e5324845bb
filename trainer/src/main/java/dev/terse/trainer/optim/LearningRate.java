package dev.terse.trainer.optim;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The learning rate of each update: a schedule under its name in transformers' {@code
 * lr_scheduler_type}. An update's number i is that of the updates done before it, so the first is
 * 0. With warmup w, total n and progress p = (i - w) / max(1, n - w):
 *
 * <pre>
 * warmup (i &lt; w, all but the last four)   peak · i / max(1, w)
 * linear                    peak · max(0, (n - i) / max(1, n - w))
 * cosine                    peak · max(0, (1 + cos(2π · num_cycles · p)) / 2)
 * cosine_with_restarts      peak · (1 + cos(π · (num_cycles · p mod 1))) / 2, 0 from p = 1 on
 * cosine_with_min_lr        peak · max(0, c · (1 - min_lr_rate) + min_lr_rate), c as cosine
 * polynomial                (peak - lr_end) · (1 - p)^power + lr_end, lr_end beyond n
 * inverse_sqrt              peak / √((i + s) / t), t = timescale, w or 10,000; s = t - w
 * constant_with_warmup      peak
 * cosine_warmup_with_min_lr as cosine_with_min_lr of p one update on; warmup peak · (i + 1) / max(1, w), or
 *                           from warmup_lr_rate · peak to peak in w - 1 updates
 * warmup_stable_decay       warmup, num_stable_steps at peak, num_decay_steps, then min_lr_ratio · peak;
 *                           both ramps linear, cosine or 1-sqrt, between min_lr_ratio and 1
 * constant                  peak
 * reduce_lr_on_plateau      peak, times what {@link Plateau} makes of the evaluations
 * </pre>
 *
 * @param peak learning_rate
 * @param shape the rate over the peak
 */
public record LearningRate(double peak, Shape shape) {

  /** A rate as a share of the peak. */
  @FunctionalInterface
  public interface Shape {
    double at(int update);
  }

  /** The schedules that there are. */
  private enum Curve {
    LINEAR,
    COSINE,
    COSINE_WITH_RESTARTS,
    POLYNOMIAL,
    CONSTANT,
    CONSTANT_WITH_WARMUP,
    INVERSE_SQRT,
    COSINE_WITH_MIN_LR,
    COSINE_WARMUP_WITH_MIN_LR,
    WARMUP_STABLE_DECAY,
    REDUCE_LR_ON_PLATEAU;

    private static Curve of(String name) {
      return Arrays.stream(values())
          .filter(curve -> curve.text().equals(name))
          .findFirst()
          .orElseThrow(
              () ->
                  new IllegalArgumentException(
                      "lr_scheduler_type must be one of "
                          + Arrays.stream(values())
                              .map(Curve::text)
                              .collect(Collectors.joining(", "))
                          + ", was '"
                          + name
                          + "'"));
    }

    private String text() {
      return name().toLowerCase(Locale.ROOT);
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
   * @param warmup updates of warmup
   * @param total updates in all
   * @param extras lr_scheduler_kwargs
   * @throws IllegalArgumentException if the name or an extra is unknown, or one is missing
   */
  static LearningRate of(
      String name, double peak, int warmup, int total, Map<String, String> extras) {
    ScheduleExtras more = new ScheduleExtras(name, extras);
    Shape shape =
        switch (Curve.of(name)) {
          case LINEAR -> warmed(warmup, linear(warmup, total));
          case COSINE -> warmed(warmup, cosine(warmup, total, more.number("num_cycles", 0.5), 0));
          case COSINE_WITH_RESTARTS ->
              warmed(warmup, restarts(warmup, total, more.number("num_cycles", 1)));
          case COSINE_WITH_MIN_LR ->
              warmed(
                  warmup,
                  cosine(warmup, total, more.number("num_cycles", 0.5), more.minimum(peak)));
          case POLYNOMIAL -> warmed(warmup, polynomial(peak, warmup, total, more));
          case INVERSE_SQRT -> warmed(warmup, inverseRoot(warmup, more));
          case CONSTANT_WITH_WARMUP -> warmed(warmup, i -> 1);
          case COSINE_WARMUP_WITH_MIN_LR -> cosineFromMinimum(peak, warmup, total, more);
          case WARMUP_STABLE_DECAY -> stable(warmup, total, more);
          case CONSTANT -> i -> 1;
          case REDUCE_LR_ON_PLATEAU -> {
            Plateau.Rules.of(peak, more);
            yield i -> 1;
          }
        };
    more.requireAllRead();
    return new LearningRate(peak, shape);
  }

  /** The rate of update {@code update}, counted from 0. */
  public double at(int update) {
    return peak * shape.at(update);
  }

  private static Shape warmed(int warmup, Shape then) {
    return i -> i < warmup ? i / (double) Math.max(1, warmup) : then.at(i);
  }

  private static double progress(int update, int warmup, int total) {
    return (update - warmup) / (double) Math.max(1, total - warmup);
  }

  private static Shape linear(int warmup, int total) {
    return i -> Math.max(0, (total - i) / (double) Math.max(1, total - warmup));
  }

  private static Shape cosine(int warmup, int total, double cycles, double floor) {
    return i -> {
      double cosine = 0.5 * (1 + Math.cos(Math.PI * cycles * 2 * progress(i, warmup, total)));
      return Math.max(0, cosine * (1 - floor) + floor);
    };
  }

  private static Shape restarts(int warmup, int total, double cycles) {
    return i -> {
      double progress = progress(i, warmup, total);
      double within = cycles * progress % 1;
      return progress >= 1 ? 0 : Math.max(0, 0.5 * (1 + Math.cos(Math.PI * within)));
    };
  }

  private static Shape polynomial(double peak, int warmup, int total, ScheduleExtras more) {
    double end = more.number("lr_end", 1e-7) / peak;
    double power = more.number("power", 1);
    if (end > 1) {
      throw more.refused("lr_end must be below learning_rate " + peak);
    }
    return i -> i > total ? end : (1 - end) * Math.pow(1 - progress(i, warmup, total), power) + end;
  }

  private static Shape inverseRoot(int warmup, ScheduleExtras more) {
    double scale = more.number("timescale", warmup == 0 ? 10_000 : warmup);
    double shift = scale - warmup;
    return i -> 1 / Math.sqrt((i + shift) / scale);
  }

  private static Shape cosineFromMinimum(double peak, int warmup, int total, ScheduleExtras more) {
    double floor = more.minimum(peak);
    double first = more.number("warmup_lr_rate", Double.NaN);
    Shape then = cosine(warmup, total, more.number("num_cycles", 0.5), floor);
    return i -> {
      if (i >= warmup) {
        return then.at(i + 1);
      }
      return Double.isNaN(first)
          ? (i + 1.0) / Math.max(1, warmup)
          : first + (1 - first) * i / Math.max(1, warmup - 1);
    };
  }

  private static Shape stable(int warmup, int total, ScheduleExtras more) {
    int decay = (int) more.required("num_decay_steps");
    int stable = (int) more.number("num_stable_steps", total - warmup - decay);
    double least = more.number("min_lr_ratio", 0);
    double cycles = more.number("num_cycles", 0.5);
    Ramp up = more.constant("warmup_type", Ramp.LINEAR);
    Ramp down = more.constant("decay_type", Ramp.COSINE);
    return i -> {
      int decaying = i - warmup - stable;
      if (i < warmup) {
        return Math.max(0, up.rising(i / (double) Math.max(1, warmup)) * (1 - least) + least);
      }
      return decaying < 0
          ? 1
          : decaying < decay
              ? Math.max(
                  0,
                  down.falling(decaying / (double) Math.max(1, decay), cycles) * (1 - least)
                      + least)
              : least;
    };
  }

  /** How a ramp of warmup_stable_decay goes between 0 and 1; 1-sqrt is written so. */
  enum Ramp {
    LINEAR,
    COSINE,
    ONE_MINUS_ROOT;

    @Override
    public String toString() {
      return this == ONE_MINUS_ROOT ? "1-sqrt" : name().toLowerCase(Locale.ROOT);
    }

    double rising(double progress) {
      return switch (this) {
        case LINEAR -> progress;
        case COSINE -> 0.5 * (1 - Math.cos(Math.PI * progress));
        case ONE_MINUS_ROOT -> 1 - Math.sqrt(1 - progress);
      };
    }

    double falling(double progress, double cycles) {
      return switch (this) {
        case LINEAR -> 1 - progress;
        case COSINE -> 0.5 * (1 + Math.cos(Math.PI * cycles * 2 * progress));
        case ONE_MINUS_ROOT -> 1 - Math.sqrt(progress);
      };
    }
  }
}
