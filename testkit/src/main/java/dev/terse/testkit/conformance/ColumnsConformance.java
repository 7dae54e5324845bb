package dev.terse.testkit.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terse.testkit.conformance.TwinLab.Twin;
import java.util.Arrays;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Scaled columns, their dots, dropout. */
@Covers({"Engine.scaleColumns", "Engine.addColumnDots", "Engine.dropout"})
abstract class ColumnsConformance extends OperationConformance {
  ColumnsConformance(EngineConformance owner) {
    super(owner);
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "3, 8", "40, 64", "19, 577", "130, 33"})
  void scaleColumns_withAndWithoutBiasAndInPlace_equalReference(int rows, int columns) {
    Twin x = lab.normal(rows, columns);
    Twin scale = lab.normal(columns);
    Twin bias = lab.normal(columns);
    Twin out = lab.normal(rows, columns);
    lab.compare(
        "scaleColumns",
        1,
        (e, t) -> e.scaleColumns(t.of(x), t.of(scale), t.of(bias), t.of(out)),
        out);
    lab.compare(
        "scaleColumns without bias",
        1,
        (e, t) -> e.scaleColumns(t.of(x), t.of(scale), null, t.of(out)),
        out);
    lab.compare(
        "scaleColumns in place",
        1,
        (e, t) -> e.scaleColumns(t.of(x), t.of(scale), t.of(bias), t.of(x)),
        x);
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "3, 8", "40, 64", "19, 577", "130, 33"})
  void addColumnDots_ofTwoMatrices_equalsReference(int rows, int columns) {
    Twin x = lab.normal(rows, columns);
    Twin y = lab.normal(rows, columns);
    Twin sums = lab.normal(columns);
    lab.compare(
        "addColumnDots", rows, (e, t) -> e.addColumnDots(t.of(x), t.of(y), t.of(sums)), sums);
  }

  @ParameterizedTest
  @CsvSource({"1, 1, 0.5", "3, 8, 0", "40, 64, 0.05", "19, 577, 0.1", "130, 33, 0.9"})
  void dropout_apartAndInPlace_leavesOutWhatTheReferenceDoes(int rows, int columns, double rate) {
    long[] seeds = LongStream.range(0, rows).map(r -> lab.draws.next()).toArray();
    Twin x = lab.normal(rows, columns);
    Twin out = lab.normal(rows, columns);
    lab.compare("dropout", 1, (e, t) -> e.dropout(t.of(x), rate, seeds, t.of(out)), out);
    lab.compare("dropout in place", 1, (e, t) -> e.dropout(t.of(x), rate, seeds, t.of(x)), x);
  }

  @Test
  void dropout_ofOnes_leavesOutItsShareAndKeepsTheSum() {
    int rows = 64;
    int columns = 501;
    double rate = 0.2;
    double[] ones = new double[rows * columns];
    Arrays.fill(ones, 1);
    Twin x = lab.of(ones, rows, columns);
    long[] seeds = LongStream.range(0, rows).map(r -> lab.draws.next()).toArray();
    engine().dropout(x.actual(), rate, seeds, x.actual());
    double[] found = x.actual().toDoubles();
    long left = Arrays.stream(found).filter(v -> v == 0).count();
    // 32,064 draws: the share is known to within 0.0022, five such errors are allowed.
    assertThat(left / (double) found.length).isBetween(rate - 0.011, rate + 0.011);
    assertThat(Arrays.stream(found).filter(v -> v != 0)).allMatch(v -> Math.abs(v - 1.25) < 1e-6);
  }
}
