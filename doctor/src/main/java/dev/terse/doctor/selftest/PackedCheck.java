package dev.terse.doctor.selftest;

import dev.terse.doctor.Check;
import dev.terse.doctor.Finding;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Log-probabilities of rows that lie packed in one batch against each row by itself. */
public record PackedCheck(Subject subjectOf) implements Check {

  @Override
  public String subject() {
    return "packed";
  }

  @Override
  public List<Finding> look() {
    List<int[]> sequences = subjectOf.sequences();
    double[] packed = subjectOf.logProbs(sequences);
    List<Double> alone = new ArrayList<>();
    for (int[] sequence : sequences) {
      for (double logProb : subjectOf.logProbs(List.of(sequence))) {
        alone.add(logProb);
      }
    }
    double worst = 0;
    for (int i = 0; i < packed.length; i++) {
      worst = Math.max(worst, Math.abs(packed[i] - alone.get(i)));
    }
    return List.of(
        Told.of(
            this,
            String.format(
                Locale.ROOT,
                "%d tokens of %d rows, packed and each row by itself",
                packed.length,
                sequences.size()),
            worst,
            subjectOf.tolerance().logProb(),
            "the same log-probabilities: rows do not see each other"));
  }
}
