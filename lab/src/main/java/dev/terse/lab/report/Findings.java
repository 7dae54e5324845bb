package dev.terse.lab.report;

import dev.terse.lab.statistics.PairedComparison;
import dev.terse.lab.statistics.PairedComparison.Spread;
import dev.terse.trainer.eval.EvalRecord;
import java.util.Locale;

/** What the numbers say, in sentences that are computed and never written by hand. */
public final class Findings {
  /** Differences with a larger p-value are not called differences. */
  static final double SIGNIFICANT = 0.05;

  private Findings() {}

  /** How an accuracy compares with another on the same problems. */
  enum Accuracy {
    HIGHER,
    NOT_DIFFERENT,
    LOWER;

    static Accuracy of(PairedComparison comparison) {
      if (comparison.pValue() >= SIGNIFICANT) {
        return NOT_DIFFERENT;
      }
      return comparison.gained() > comparison.lost() ? HIGHER : LOWER;
    }
  }

  /** What a trained model has saved against the base, and at what price. */
  static String ofTraining(ArmSummary trained, ArmSummary base) {
    PairedComparison against = trained.against();
    Spread change = against.tokenChange();
    String saved =
        change.high() < 0
            ? text(
                "%s thinks with %.1f %% fewer tokens than the base (95 %% interval %.1f to %.1f %%)",
                trained.arm().name(),
                -100 * change.value(),
                -100 * change.high(),
                -100 * change.low())
            : text(
                "%s does not think shorter than the base (%+.1f %%, 95 %% interval %+.1f to"
                    + " %+.1f %%)",
                trained.arm().name(),
                100 * change.value(),
                100 * change.low(),
                100 * change.high());
    String price =
        switch (Accuracy.of(against)) {
          case HIGHER -> "its accuracy is significantly higher";
          case NOT_DIFFERENT -> "its accuracy is not significantly different";
          case LOWER -> "its accuracy is significantly lower";
        };
    return text(
        "%s; %s: %.1f %% against %.1f %%, %s, McNemar p %s, %d problems.",
        saved,
        price,
        100 * trained.accuracy().value(),
        100 * base.accuracy().value(),
        points(against.accuracyChange()),
        isP(against.pValue()),
        against.problems());
  }

  /** What GRPO did by itself, however much SFT had done before it. */
  static String ofGrpo(ArmSummary after, ArmResult before) {
    PairedComparison against = after.against();
    Spread change = against.tokenChange();
    String tokens =
        change.high() < 0
            ? "significantly fewer"
            : change.low() > 0 ? "significantly more" : "not significantly different";
    String accuracy =
        switch (Accuracy.of(against)) {
          case HIGHER -> "significantly higher";
          case NOT_DIFFERENT -> "not significantly different";
          case LOWER -> "significantly lower";
        };
    return text(
        "GRPO's own part, from %s to %s: %+.1f %% thinking tokens [%+.1f, %+.1f], %s; accuracy %s,"
            + " %s (%d lost, %d gained, McNemar p %s).",
        before.name(),
        after.arm().name(),
        100 * change.value(),
        100 * change.low(),
        100 * change.high(),
        tokens,
        points(against.accuracyChange()),
        accuracy,
        against.lost(),
        against.gained(),
        isP(against.pValue()));
  }

  /**
   * Whether low-entropy pruning is better than a control.
   *
   * @param control random or high-entropy pruning, fine-tuned and judged alike
   * @param controlName e.g. {@code random}
   * @param equal what both keep as much of, e.g. {@code steps}
   * @param seed of the bootstrap
   */
  static String ofControl(
      ArmResult low, ArmResult control, String controlName, String equal, long seed) {
    PairedComparison comparison =
        PairedComparison.of(control.records(), low.records(), EvalRecord::thinkTokens, seed);
    String verdict =
        switch (Accuracy.of(comparison)) {
          case HIGHER -> "is better than";
          case NOT_DIFFERENT -> "is no better than";
          case LOWER -> "is worse than";
        };
    double lowAccuracy = ArmSummary.ofBase(low).accuracy().value();
    double controlAccuracy = ArmSummary.ofBase(control).accuracy().value();
    Spread change = comparison.tokenChange();
    return text(
        "At equal %s, low-entropy pruning %s %s pruning here: %.1f %% right against %.1f %%"
            + " (%s, McNemar p %s), with %+.1f %% thinking tokens [%+.1f, %+.1f].",
        equal,
        verdict,
        controlName,
        100 * lowAccuracy,
        100 * controlAccuracy,
        points(comparison.accuracyChange()),
        isP(comparison.pValue()),
        100 * change.value(),
        100 * change.low(),
        100 * change.high());
  }

  /** A p-value as people write it. */
  static String p(double value) {
    if (value < 0.0001) {
      return "< 0.0001";
    }
    return text(value < 0.01 ? "%.4f" : "%.2f", value);
  }

  private static String isP(double value) {
    String text = p(value);
    return text.startsWith("<") ? text : "= " + text;
  }

  private static String points(Spread change) {
    return text(
        "%+.1f points [%+.1f, %+.1f]",
        100 * change.value(), 100 * change.low(), 100 * change.high());
  }

  private static String text(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
