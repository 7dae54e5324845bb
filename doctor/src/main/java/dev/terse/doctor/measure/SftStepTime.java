package dev.terse.doctor.measure;

import dev.terse.doctor.PlannedSft;
import dev.terse.doctor.measure.TrainingTime.Measured;
import dev.terse.io.Passes;
import dev.terse.trainer.data.SftRow;
import java.util.List;
import java.util.Locale;

/** The time of an update of SFT: the first pass of its first update, scaled by tokens. */
final class SftStepTime {
  private SftStepTime() {}

  static StepTime of(PlannedSft run) {
    List<SftRow> rows = run.rowsOf(0);
    if (rows.isEmpty()) {
      throw new IllegalArgumentException("no row of the first update can be trained on");
    }
    int most = run.config().training().maxTokensPerPass();
    List<SftRow> pass = Passes.of(rows, row -> row.ids().length, most).get(0);
    Measured measured =
        new TrainingTime(run.model().decoder(), run.config().training())
            .measure(
                pass.stream().map(SftRow::ids).toList(),
                pass.stream().map(SftStepTime::firstLearnt).toList(),
                false);
    double tokens = tokensOfUpdate(run, rows);
    double seconds = measured.backwardOf(tokens) + measured.optimizer();
    return new StepTime(
        seconds,
        List.of(
            String.format(
                Locale.ROOT,
                "forward and backward %.3g s: %.0f tokens of a mean update at %.0f tokens/s, measured"
                    + " on %d tokens in %d rows of the first update",
                measured.backwardOf(tokens),
                tokens,
                measured.tokens() / measured.backward(),
                measured.tokens(),
                pass.size()),
            String.format(Locale.ROOT, "optimizer %.3g s, measured", measured.optimizer())));
  }

  /** Of the whole epoch in the mean; of streamed rows that of the first update. */
  private static double tokensOfUpdate(PlannedSft run, List<SftRow> first) {
    return run.train().used().isEmpty()
        ? first.stream().mapToLong(row -> row.ids().length).sum()
        : run.train().tokens() / (double) run.updatesPerEpoch();
  }

  private static int firstLearnt(SftRow row) {
    for (int t = 0; t < row.ids().length; t++) {
      if (row.bearsLoss(t)) {
        return t;
      }
    }
    return row.ids().length;
  }
}
