package dev.terse.testkit.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terse.engine.Engine;
import dev.terse.engine.HeadBackward;
import dev.terse.engine.HeadRows;
import dev.terse.engine.LogProbGradient;
import dev.terse.engine.SeedTree;
import dev.terse.engine.TableGradient;
import dev.terse.engine.Tensor;
import dev.terse.engine.TokenScores;
import dev.terse.testkit.Close;
import dev.terse.testkit.conformance.TwinLab.Twin;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Log-probabilities, entropies and their backward through the vocabulary. */
@Covers("Engine.tokenLogProbs")
abstract class HeadConformance extends OperationConformance {
  HeadConformance(EngineConformance owner) {
    super(owner);
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1, 2, 1.0",
    "5, 8, 7, 0.7",
    "70, 64, 513, 1.0",
    "33, 48, 4099, 1.3",
    "9, 16, 20011, 0.6",
    "300, 5, 130, 1.0",
    "1000, 6, 2500, 0.9"
  })
  void tokenLogProbs_someRowsSomeTargets_equalReference(
      int n, int channels, int vocabulary, double temperature) {
    check(n, channels, vocabulary, temperature, 1 / Math.sqrt(channels));
  }

  @Test
  void tokenLogProbs_hugeLogits_staysFinite() {
    check(20, 16, 300, 0.5, 100);
  }

  @Test
  void tokenLogProbs_nanInOneRow_staysInItsScoresAndReachesTheHead() {
    Twin hidden = lab.normal(3, 8);
    Twin head = lab.normal(40, 8);
    Twin dHidden = lab.normal(3, 8);
    Twin dHead = lab.normal(40, 8);
    hidden.actual().write(8, new float[] {Float.NaN}, 0, 1);
    HeadRows rows = new HeadRows(new int[] {0, 1, 2}, new int[] {7, 8, 9});
    TokenScores scores =
        engine()
            .tokenLogProbs(
                hidden.actual(),
                head.actual(),
                rows,
                1,
                new HeadBackward<>(
                    (index, logProb) -> 1, dHidden.actual(), TableGradient.whole(dHead.actual())));
    assertThat(scores.logProbs()[1]).isNaN();
    assertThat(scores.entropies()[1]).isNaN();
    assertThat(scores.meanLogProbs()[1]).isNaN();
    assertThat(scores.meanLogProbs()[2]).isFinite();
    assertThat(scores.targetIsArgMax()[1]).isFalse();
    assertThat(scores.logProbs()[0]).isFinite();
    assertThat(scores.entropies()[2]).isFinite();
    assertThat(dHidden.actual().rowsView(1, 2).toDoubles()).containsOnly(Double.NaN);
    assertThat(dHidden.actual().rowsView(0, 1).toDoubles()).doesNotContain(Double.NaN);
    assertThat(dHead.actual().toDoubles()).contains(Double.NaN);
  }

  @Test
  void tokenLogProbs_noRows_givesNothingAndClears() {
    HeadRows none = new HeadRows(new int[0], new int[0]);
    Twin hidden = lab.normal(4, 8);
    Twin head = lab.normal(10, 8);
    Twin dHidden = lab.normal(4, 8);
    Twin dHead = lab.normal(10, 8);
    lab.run(
        (e, t) -> {
          assertThat(e.tokenLogProbs(t.of(hidden), t.of(head), none, 1).logProbs()).isEmpty();
          TokenScores scores =
              e.tokenLogProbs(
                  t.of(hidden),
                  t.of(head),
                  none,
                  1,
                  new HeadBackward<>(
                      (index, logProb) -> 1, t.of(dHidden), TableGradient.whole(t.of(dHead))));
          assertThat(scores.entropies()).isEmpty();
        },
        dHidden);
    assertThat(dHidden.actual().toDoubles()).containsOnly(0);
  }

  @ParameterizedTest
  @CsvSource({"5, 8, 7, 1", "70, 64, 513, 3", "300, 5, 130, 2"})
  void backward_someRowsOfTheHeadTrained_equalsReference(
      int n, int channels, int vocabulary, int trained) {
    HeadRows rows = rows(n, vocabulary);
    int[] ids = Arrays.copyOf(SeedTree.permutation(lab.draws.next(), vocabulary), trained);
    Twin hidden = lab.normal(n, channels);
    Twin head = lab.normal(1 / Math.sqrt(channels), vocabulary, channels);
    Twin dHidden = lab.normal(n, channels);
    Twin dRows = lab.normal(trained, channels);
    LogProbGradient loss = (index, logProb) -> -(0.3 + index % 5) / rows.count();
    lab.compare(
        "head of " + vocabulary + " with " + trained + " trained rows",
        Math.max(n, Math.max(channels, vocabulary)),
        (e, t) ->
            e.tokenLogProbs(
                t.of(hidden),
                t.of(head),
                rows,
                0.8,
                new HeadBackward<>(loss, t.of(dHidden), new TableGradient<>(ids, t.of(dRows)))),
        dHidden,
        dRows);
  }

  @ParameterizedTest
  @CsvSource({"5, 8, 7, 1.0", "70, 64, 513, 0.7", "33, 48, 4099, 1.3", "300, 5, 130, 1.0"})
  void backward_lossOfEntropiesAndMeans_equalsReference(
      int n, int channels, int vocabulary, double temperature) {
    HeadRows rows = rows(n, vocabulary);
    Twin hidden = lab.normal(n, channels);
    Twin head = lab.normal(1 / Math.sqrt(channels), vocabulary, channels);
    Twin dHidden = lab.normal(n, channels);
    Twin dHead = lab.normal(vocabulary, channels);
    LogProbGradient loss =
        new LogProbGradient() {
          @Override
          public double of(int index, double logProb) {
            return -(0.3 + index % 5) / rows.count();
          }

          @Override
          public double ofEntropy(int index, double entropy) {
            return (index % 3 - 1) * (0.2 + entropy / 10) / rows.count();
          }

          @Override
          public double ofMean(int index, double meanLogProb) {
            return (index % 4 - 1) * (0.1 + meanLogProb / 20) / rows.count();
          }
        };
    lab.compare(
        "head of " + vocabulary + " with a loss of entropies and means",
        Math.max(n, Math.max(channels, vocabulary)),
        (e, t) ->
            e.tokenLogProbs(
                t.of(hidden),
                t.of(head),
                rows,
                temperature,
                new HeadBackward<>(loss, t.of(dHidden), TableGradient.whole(t.of(dHead)))),
        dHidden,
        dHead);
  }

  @Test
  void backward_frozenHead_givesTheSameInputGradient() {
    HeadRows rows = rows(40, 90);
    Twin hidden = lab.normal(40, 12);
    Twin head = lab.normal(90, 12);
    Twin whole = lab.normal(40, 12);
    Twin frozen = lab.normal(40, 12);
    Twin dHead = lab.normal(90, 12);
    LogProbGradient loss = (index, logProb) -> -0.1;
    engine()
        .tokenLogProbs(
            hidden.actual(),
            head.actual(),
            rows,
            1,
            new HeadBackward<>(loss, whole.actual(), TableGradient.whole(dHead.actual())));
    engine()
        .tokenLogProbs(
            hidden.actual(),
            head.actual(),
            rows,
            1,
            new HeadBackward<>(loss, frozen.actual(), TableGradient.NONE));
    Close.assertSame(
        "dHidden of a frozen head", frozen.actual().toDoubles(), whole.actual().toDoubles());
  }

  @Test
  void loss_duringBackward_isAskedOncePerTargetInRisingOrder() {
    HeadRows rows = rows(150, 40);
    Twin hidden = lab.normal(150, 8);
    Twin head = lab.normal(40, 8);
    Twin dHidden = lab.normal(150, 8);
    Twin dHead = lab.normal(40, 8);
    List<Integer> asked = new ArrayList<>();
    double[] given = new double[rows.count()];
    Arrays.fill(given, Double.NaN);
    TokenScores scores =
        engine()
            .tokenLogProbs(
                hidden.actual(),
                head.actual(),
                rows,
                1,
                new HeadBackward<>(
                    (index, logProb) -> {
                      asked.add(index);
                      given[index] = logProb;
                      return 1;
                    },
                    dHidden.actual(),
                    TableGradient.whole(dHead.actual())));
    List<Integer> withTarget =
        IntStream.range(0, rows.count())
            .filter(k -> rows.targets()[k] != HeadRows.NO_TARGET)
            .boxed()
            .toList();
    assertThat(asked).isEqualTo(withTarget);
    Close.assertSame("log-probabilities told to the loss", given, scores.logProbs());
  }

  @Test
  void loss_zeroOrUnlisted_givesZeroRows() {
    HeadRows rows = rows(60, 50);
    Twin hidden = lab.normal(60, 12);
    Twin head = lab.normal(50, 12);
    Twin dHidden = lab.normal(60, 12);
    Twin dHead = lab.normal(50, 12);
    LogProbGradient everyThird = (index, logProb) -> index % 3 == 0 ? -0.5 : 0;
    engine()
        .tokenLogProbs(
            hidden.actual(),
            head.actual(),
            rows,
            1,
            new HeadBackward<>(everyThird, dHidden.actual(), TableGradient.whole(dHead.actual())));
    boolean[] moves = new boolean[60];
    for (int k = 0; k < rows.count(); k++) {
      moves[rows.rows()[k]] = k % 3 == 0 && rows.targets()[k] != HeadRows.NO_TARGET;
    }
    for (int row = 0; row < 60; row++) {
      double[] gradient = dHidden.actual().rowsView(row, row + 1).toDoubles();
      assertThat(Arrays.stream(gradient).anyMatch(v -> v != 0))
          .as("row %d has a gradient", row)
          .isEqualTo(moves[row]);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {-2, 50, Integer.MIN_VALUE, Integer.MAX_VALUE})
  void tokenLogProbs_targetOutsideHead_isRefused(int wrong) {
    Twin hidden = lab.normal(4, 8);
    Twin head = lab.normal(50, 8);
    HeadRows rows = new HeadRows(new int[] {0, 3}, new int[] {49, wrong});
    assertThatThrownBy(() -> engine().tokenLogProbs(hidden.actual(), head.actual(), rows, 1))
        .isInstanceOf(IndexOutOfBoundsException.class)
        .hasMessage("target id " + wrong + " of row 3 is outside the head of 50 rows");
  }

  @Test
  void tokenLogProbs_rowOrTemperatureOutsideRange_isRefused() {
    Twin hidden = lab.normal(4, 8);
    Twin head = lab.normal(50, 8);
    HeadRows rows = new HeadRows(new int[] {0, 4}, new int[] {1, 2});
    assertThatThrownBy(() -> engine().tokenLogProbs(hidden.actual(), head.actual(), rows, 1))
        .isInstanceOf(IndexOutOfBoundsException.class)
        .hasMessage("row 4 is outside the hidden state of 4 rows");
    HeadRows fine = new HeadRows(new int[] {0}, new int[] {1});
    assertThatThrownBy(() -> engine().tokenLogProbs(hidden.actual(), head.actual(), fine, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("temperature must be positive and finite, was 0.0");
  }

  private void check(
      int n, int channels, int vocabulary, double temperature, double deviationOfHead) {
    HeadRows rows = rows(n, vocabulary);
    int count = rows.count();
    Twin hidden = lab.normal(n, channels);
    Twin head = lab.normal(deviationOfHead, vocabulary, channels);
    Twin dHidden = lab.normal(n, channels);
    Twin dHead = lab.normal(vocabulary, channels);
    Twin logProbs = lab.of(new double[count], count);
    Twin means = lab.of(new double[count], count);
    Twin entropies = lab.of(new double[count], count);
    Flags flags = new Flags(rows, hidden, head, temperature);
    // Where two logits of thousands contest, one rounding uses up the bound: widened fourfold.
    int terms = Math.max(channels, vocabulary) * (deviationOfHead > 1 ? 16 : 1);
    String what = "head of " + vocabulary + " x " + channels;
    lab.compare(
        what,
        terms,
        (e, t) -> {
          TokenScores scores = e.tokenLogProbs(t.of(hidden), t.of(head), rows, temperature);
          keep(scores, t.of(logProbs), t.of(means), t.of(entropies));
          flags.keep(e, scores);
        },
        logProbs,
        means,
        entropies);
    flags.compare(what);
    LogProbGradient loss = (index, logProb) -> -(0.3 + index % 5) / count;
    lab.compare(
        what + " with backward",
        Math.max(terms, n),
        (e, t) -> {
          TokenScores scores =
              e.tokenLogProbs(
                  t.of(hidden),
                  t.of(head),
                  rows,
                  temperature,
                  new HeadBackward<>(loss, t.of(dHidden), TableGradient.whole(t.of(dHead))));
          keep(scores, t.of(logProbs), t.of(means), t.of(entropies));
          flags.keep(e, scores);
        },
        logProbs,
        means,
        entropies,
        dHidden,
        dHead);
    flags.compare(what + " with backward");
  }

  /** Whether targets are the likeliest: equal on both engines but where rounding decides. */
  private final class Flags {
    private final HeadRows rows;
    private final Twin hidden;
    private final Twin head;
    private final double temperature;
    private boolean[] actual;
    private boolean[] expected;

    Flags(HeadRows rows, Twin hidden, Twin head, double temperature) {
      this.rows = rows;
      this.hidden = hidden;
      this.head = head;
      this.temperature = temperature;
    }

    void keep(Engine engine, TokenScores scores) {
      if (engine == engine()) {
        actual = scores.targetIsArgMax();
      } else {
        expected = scores.targetIsArgMax();
      }
    }

    void compare(String what) {
      for (int k = 0; k < rows.count(); k++) {
        if (actual[k] != expected[k]) {
          assertThat(gap(k))
              .as("%s: how far row %d's target is below the likeliest token, in roundings", what, k)
              .isLessThan(1);
        }
      }
    }

    /** Of the likeliest logit to the target's, over what rounding may move the two apart. */
    private double gap(int k) {
      int channels = head.shape()[1];
      double[] h = hidden.rowsView(rows.rows()[k], rows.rows()[k] + 1).values();
      double[] w = head.values();
      double best = Double.NEGATIVE_INFINITY;
      double most = 0;
      double ofTarget = 0;
      for (int v = 0; v < head.shape()[0]; v++) {
        double sum = 0;
        double magnitude = 0;
        for (int c = 0; c < channels; c++) {
          double term = h[c] * w[v * channels + c] / temperature;
          sum += term;
          magnitude += Math.abs(term);
        }
        best = Math.max(best, sum);
        most = Math.max(most, magnitude);
        ofTarget = v == rows.targets()[k] ? sum : ofTarget;
      }
      return (best - ofTarget) / ((8 + Math.sqrt(channels)) * lab.unitRoundoff() * most);
    }
  }

  private static void keep(TokenScores scores, Tensor logProbs, Tensor means, Tensor entropies) {
    logProbs.setDoubles(scores.logProbs());
    means.setDoubles(scores.meanLogProbs());
    // Against one nat: the p of a certain token is 1 within a roundoff, so no entropy is finer.
    entropies.setDoubles(Arrays.stream(scores.entropies()).map(h -> 1 + h).toArray());
  }

  /** About two thirds of n rows, every fourth of them without a target; never none. */
  private HeadRows rows(int n, int vocabulary) {
    int[] rows = IntStream.range(0, n).filter(i -> i == 0 || lab.draws.between(0, 2) > 0).toArray();
    int[] targets = lab.draws.integers(rows.length, 0, vocabulary - 1);
    for (int k = 1; k < targets.length; k += 4) {
      targets[k] = HeadRows.NO_TARGET;
    }
    return new HeadRows(rows, targets);
  }
}
