package dev.terse.trainer.metrics;

import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;

/** One readable line a step: the few numbers that people watch; the rest is in the other sinks. */
public final class ConsoleSink implements MetricSink {

  private static final String ETA = "eta";

  /** Names after {@code train/} or {@code eval/}, in the order of the line. */
  private static final List<String> WATCHED =
      List.of(
          "loss",
          "accuracy",
          "reward",
          "reward_std",
          "frac_reward_zero_std",
          "kl",
          "entropy",
          "mean_token_accuracy",
          "completions/mean_length",
          "completions/clipped_ratio",
          "compression/skip_ratio",
          "grad_norm",
          "learning_rate",
          "step_time",
          "tokens_per_second",
          ETA);

  private final PrintStream out;

  public ConsoleSink(PrintStream out) {
    this.out = out;
  }

  @Override
  public void scalars(long step, Map<String, Double> values) {
    StringJoiner line = new StringJoiner("  ");
    for (String kind : List.of("train", "eval")) {
      for (String name : WATCHED) {
        Double value = values.get(kind + "/" + name);
        if (value != null) {
          String shortName = name.substring(name.indexOf('/') + 1);
          line.add(
              (kind.equals("eval") ? "eval_" : "")
                  + shortName
                  + " "
                  + (name.equals(ETA) ? duration(value) : number(value)));
        }
      }
    }
    if (line.length() > 0) {
      out.println("step " + step + "  " + line);
    }
  }

  @Override
  public void close() {
    out.flush();
  }

  /** Hours, minutes and seconds: 1:02:03. */
  private static String duration(double seconds) {
    long whole = Math.round(seconds);
    return String.format(Locale.ROOT, "%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60);
  }

  /** Four significant digits, plain where that is readable. */
  private static String number(double value) {
    double size = Math.abs(value);
    if (value == Math.rint(value) && size < 1e6) {
      return String.format(Locale.ROOT, "%.0f", value);
    }
    if (size >= 1e-3 && size < 1e6) {
      int digits = Math.max(0, 3 - (int) Math.floor(Math.log10(size)));
      return String.format(Locale.ROOT, "%." + Math.min(digits, 5) + "f", value);
    }
    return String.format(Locale.ROOT, "%.3g", value);
  }
}
