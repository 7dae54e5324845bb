package dev.terse.testkit.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terse.engine.Engine;
import dev.terse.engine.Engine.Write;
import dev.terse.engine.Rotary;
import dev.terse.engine.Tensor;
import dev.terse.testkit.Close;
import dev.terse.testkit.conformance.TwinLab.Twin;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Norm, rotary embedding, gated unit and softmax. */
@Covers({
  "Engine.rmsNorm",
  "Engine.rmsNormBackward",
  "Engine.rope",
  "Engine.ropeBackward",
  "Engine.swiglu",
  "Engine.swigluBackward",
  "Engine.softmaxRows"
})
abstract class RowsConformance extends OperationConformance {
  private static final double EPS = 1e-5;

  RowsConformance(EngineConformance owner) {
    super(owner);
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "3, 8", "40, 64", "19, 577", "128, 33"})
  void rmsNorm_forwardAndInPlace_equalReference(int rows, int channels) {
    Twin x = lab.normal(rows, channels);
    Twin w = lab.normal(channels);
    Twin y = lab.normal(rows, channels);
    lab.compare("rmsNorm", channels, (e, t) -> e.rmsNorm(t.of(x), t.of(w), EPS, t.of(y)), y);
    lab.compare(
        "rmsNorm in place", channels, (e, t) -> e.rmsNorm(t.of(x), t.of(w), EPS, t.of(x)), x);
  }

  @Test
  void rmsNorm_tinyAndZeroRows_followEps() {
    double[] values = new double[4 * 16];
    System.arraycopy(lab.draws.normal(16, 1e-4), 0, values, 16, 16);
    Twin x = lab.of(values, 4, 16);
    Twin w = lab.normal(16);
    Twin y = lab.normal(4, 16);
    lab.compare(
        "rmsNorm of tiny rows", 16, (e, t) -> e.rmsNorm(t.of(x), t.of(w), 1e-6, t.of(y)), y);
  }

  @Test
  void rmsNorm_ofHeads_normsEachHead() {
    Twin q = lab.normal(9, 6 * 32);
    Twin w = lab.normal(32);
    lab.compare(
        "rmsNorm of heads",
        32,
        (e, t) -> {
          var heads = t.of(q).shapedView(9 * 6, 32);
          e.rmsNorm(heads, t.of(w), EPS, heads);
        },
        q);
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "1, 2", "3, 8", "40, 64", "19, 577", "130, 33"})
  void rmsNormBackward_overwritesAddsAndInPlace_equalReference(int rows, int channels) {
    Twin x = lab.normal(rows, channels);
    Twin w = lab.normal(channels);
    Twin dy = lab.normal(rows, channels);
    Twin dx = lab.normal(rows, channels);
    Twin dw = lab.normal(channels);
    int terms = Math.max(rows, channels);
    double[] cancelling = {largestPull(x, w, dy), 0};
    for (Write write : Write.values()) {
      lab.compare(
          "rmsNormBackward, " + write,
          terms,
          cancelling,
          (e, t) -> e.rmsNormBackward(t.of(x), t.of(w), EPS, t.of(dy), t.of(dx), write, t.of(dw)),
          dx,
          dw);
    }
    lab.compare(
        "rmsNormBackward in place",
        terms,
        cancelling,
        (e, t) ->
            e.rmsNormBackward(t.of(x), t.of(w), EPS, t.of(dy), t.of(dy), Write.OVERWRITE, t.of(dw)),
        dy,
        dw);
  }

  // The largest |w dy| / rms(x): where one channel outweighs its row, it cancels, since the norm
  // takes the row's length out.
  private static double largestPull(Twin x, Twin w, Twin dy) {
    double[] xs = x.values();
    double[] ws = w.values();
    double[] dys = dy.values();
    int channels = ws.length;
    double largest = 0;
    for (int row = 0; row < xs.length; row += channels) {
      double squares = 0;
      double pull = 0;
      for (int c = 0; c < channels; c++) {
        squares += xs[row + c] * xs[row + c];
        pull = Math.max(pull, Math.abs(ws[c] * dys[row + c]));
      }
      largest = Math.max(largest, pull / Math.sqrt(squares / channels + EPS));
    }
    return largest;
  }

  @ParameterizedTest
  @CsvSource({"8, 1", "64, 9", "128, 3"})
  void rope_farPositions_equalsReferenceAndTurnsBack(int headDim, int heads) {
    Rotary rotary = rotary(headDim);
    int[] positions = lab.draws.integers(23, 0, 131_071);
    positions[0] = 0;
    positions[1] = 131_071;
    Twin x = lab.normal(positions.length, heads * headDim);
    double grown = rotary.scale() * rotary.scale();
    double[] before = Arrays.stream(x.values()).map(value -> grown * value).toArray();
    double allowed = lab.allowed(2, (e, t) -> e.rope(t.of(x), positions, rotary), x)[0];
    lab.compare("rope", 2, (e, t) -> e.rope(t.of(x), positions, rotary), x);
    lab.compare("ropeBackward", 2, (e, t) -> e.ropeBackward(t.of(x), positions, rotary), x);
    Close.assertClose("rope and back", x.actual().toDoubles(), before, 2 * grown * allowed);
  }

  @Test
  void rope_rowView_turnsOnlyItsRows() {
    Twin x = lab.normal(6, 16);
    lab.compare(
        "rope of a view",
        2,
        (e, t) -> e.rope(t.of(x).rowsView(2, 4), new int[] {7, 3}, rotary(8)),
        x);
  }

  @Test
  void swiglu_allAliases_equalReference() {
    int rows = lab.draws.between(1, 50);
    int width = lab.draws.between(1, 300);
    Twin up = lab.normal(rows, width);
    Twin out = lab.normal(rows, width);
    for (double deviation : new double[] {1, 40, 1000}) {
      Twin gate = lab.normal(deviation, rows, width);
      lab.compare("swiglu", 1, (e, t) -> e.swiglu(t.of(gate), t.of(up), t.of(out)), out);
      lab.compare(
          "swiglu into gate", 1, (e, t) -> e.swiglu(t.of(gate), t.of(up), t.of(gate)), gate);
    }
    Twin gate = lab.normal(rows, width);
    lab.compare("swiglu into up", 1, (e, t) -> e.swiglu(t.of(gate), t.of(up), t.of(up)), up);
  }

  @ParameterizedTest
  @ValueSource(doubles = {1, 40, 1000})
  void swigluBackward_apartAndInPlace_equalReference(double deviation) {
    int rows = lab.draws.between(1, 50);
    int width = lab.draws.between(1, 300);
    Twin gate = lab.normal(deviation, rows, width);
    Twin up = lab.normal(rows, width);
    Twin dOut = lab.normal(rows, width);
    Twin dGate = lab.normal(rows, width);
    Twin dUp = lab.normal(rows, width);
    // gate (1 - sigmoid) loses four bits before it vanishes, as much as a sum of some terms.
    int terms = 64;
    lab.compare(
        "swigluBackward",
        terms,
        (e, t) -> e.swigluBackward(t.of(gate), t.of(up), t.of(dOut), t.of(dGate), t.of(dUp)),
        dGate,
        dUp);
    lab.compare(
        "swigluBackward in place",
        terms,
        (e, t) -> e.swigluBackward(t.of(gate), t.of(up), t.of(dOut), t.of(gate), t.of(up)),
        gate,
        up);
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "1, 5003", "7, 64", "33, 1000"})
  void softmaxRows_anyShape_tellsEachRowOnceAndEqualsReference(int rows, int columns) {
    Twin x = lab.normal(3.0, rows, columns);
    Twin out = lab.normal(rows, columns);
    for (double factor : new double[] {1, 1 / 0.7}) {
      Set<Integer> told = ConcurrentHashMap.newKeySet();
      lab.compare(
          "softmaxRows",
          columns,
          (e, t) -> {
            told.clear();
            softmaxRows(e, t.of(x), factor, t.of(out), told);
          },
          out);
      assertThat(told).hasSize(rows);
    }
  }

  private static void softmaxRows(
      Engine engine, Tensor x, double factor, Tensor out, Set<Integer> told) {
    engine.softmaxRows(
        x,
        factor,
        (row, p) -> {
          assertThat(told.add(row)).isTrue();
          assertThat(p).hasSize(x.rowSize());
          out.write((long) row * p.length, p, 0, p.length);
        });
  }

  @Test
  void softmaxRows_extremeScores_givesCertaintyOrEvenShares() {
    float[] scores = {
      1e30f, -1e30f, 0, 0,
      -1e30f, -1e30f, -1e30f, -1e30f,
      1e4f, 1e4f, -1e4f, 0
    };
    Twin x = lab.of(new double[12], 3, 4);
    Twin out = lab.of(new double[12], 3, 4);
    x.actual().setFloats(scores);
    softmaxRows(engine(), x.actual(), 1, out.actual(), ConcurrentHashMap.newKeySet());
    double[] expected = {1, 0, 0, 0, 0.25, 0.25, 0.25, 0.25, 0.5, 0.5, 0, 0};
    double[] found = out.actual().toDoubles();
    Close.assertClose("extreme softmax", found, expected, 8 * lab.unitRoundoff());
    assertThat(Arrays.stream(found).min().orElseThrow()).isNotNegative();
  }

  @Test
  void softmaxRows_readerFails_theFailureReachesTheCaller() {
    Twin x = lab.normal(8, 16);
    assertThatThrownBy(
            () ->
                engine()
                    .softmaxRows(
                        x.actual(),
                        1,
                        (row, p) -> {
                          if (row == 7) {
                            throw new IllegalStateException("row 7");
                          }
                        }))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("row 7");
  }

  /** Frequencies of base 10,000, with a scale as YaRN has it. */
  private static Rotary rotary(int headDim) {
    double[] frequencies = new double[headDim / 2];
    for (int i = 0; i < frequencies.length; i++) {
      frequencies[i] = Math.pow(10_000, -2.0 * i / headDim);
    }
    return new Rotary(frequencies, 1.25);
  }
}
