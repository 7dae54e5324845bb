package dev.terse.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.terse.engine.SeedTree;
import dev.terse.engine.Tensor;
import dev.terse.engine.reference.ReferenceEngine;
import java.util.BitSet;
import java.util.List;
import org.apache.commons.math3.stat.inference.ChiSquareTest;
import org.junit.jupiter.api.Test;

class SamplerTest {
  private static final double[] LOGITS = {2.0, -1.0, 0.5, 3.0, 0.5, -4.0, 1.0, 2.5};
  private final ReferenceEngine engine = new ReferenceEngine();

  @Test
  void draw_unfiltered_frequenciesMatchTheProbabilities() {
    double temperature = 1.3;
    long[] counts = counts(SamplingParams.plain(temperature, 1));
    double[] p = softmax(LOGITS, temperature);
    double pValue = new ChiSquareTest().chiSquareTest(p, counts);
    System.out.println("chi-square p-value: " + pValue);
    assertThat(pValue).isGreaterThan(1e-4); // the seed is fixed: this cannot flicker
  }

  @Test
  void draw_filtered_frequenciesMatchTheRenormalisedProbabilities() {
    SamplingParams sampling = new SamplingParams(1.0, 5, 0.9, 0.0, 1);
    long[] counts = counts(sampling);
    // Top 5 keeps 3, 7, 0, 6 and both of 0.5 (ids 2 and 4 tie); 0.9 of that mass ends at 6.
    double[] p = softmax(LOGITS, 1);
    double[] kept = {p[0], p[3], p[6], p[7]};
    assertThat(counts[1] + counts[2] + counts[4] + counts[5]).isZero();
    long[] keptCounts = {counts[0], counts[3], counts[6], counts[7]};
    assertThat(new ChiSquareTest().chiSquareTest(kept, keptCounts)).isGreaterThan(1e-4);
  }

  @Test
  void draw_filtered_logProbIsOfTheUnfilteredDistribution() {
    double temperature = 0.8;
    SamplingParams sampling = new SamplingParams(temperature, 2, 1, 0, 1);
    try (Tensor logits = rows(1)) {
      Sampler.Draw draw = draw(logits, new Row(sampling, 5))[0];
      double expected = Math.log(softmax(LOGITS, temperature)[draw.id()]);
      assertThat((double) draw.logProb()).isCloseTo(expected, within(1e-6));
    }
  }

  @Test
  void draw_temperatureZero_takesTheLowestIdOfTheLikeliest() {
    double[] tied = {1, 4, 0, 4, -2};
    try (Tensor logits = engine.allocate(1, tied.length)) {
      logits.setDoubles(tied);
      Sampler.Draw draw = draw(logits, new Row(SamplingParams.greedy(1), 9))[0];
      assertThat(draw.id()).isEqualTo(1);
      assertThat((double) draw.logProb()).isCloseTo(Math.log(softmax(tied, 1)[1]), within(1e-6));
    }
  }

  /** Golden values of transformers' RepetitionPenaltyLogitsProcessor, then its temperature. */
  @Test
  void penalty_ofSeenTokens_givesTransformersDistribution() {
    double[] golden = {
      0.12457218113573458, 0.003585178963845692, 0.034015230935037506, 0.32584564172762875,
      0.034015230935037506, 2.737317918043659e-05, 0.06354881768550728, 0.41439034543802833
    };
    BitSet seen = new BitSet();
    for (int id : new int[] {3, 5, 0, 3, 1}) {
      seen.set(id);
    }
    for (int known = 0; known < LOGITS.length; known++) {
      float[] p = new float[LOGITS.length];
      double[] plain = softmax(LOGITS, 0.8);
      for (int i = 0; i < p.length; i++) {
        p[i] = (float) plain[i];
      }
      new RepetitionPenalty(1.3).apply(p, seen, known, LOGITS[known], 0.8);
      for (int i = 0; i < p.length; i++) {
        assertThat((double) p[i]).isCloseTo(golden[i], within(1e-6));
      }
    }
  }

  @Test
  void draw_penalized_tellsTheLogProbOfTheModel() {
    BitSet seen = new BitSet();
    seen.set(3); // the likeliest, by half a logit
    SamplingParams greedy = new SamplingParams(0, 0, 1, 0, 1.5, 1);
    try (Tensor logits = rows(1)) {
      Sampler.Draw draw = draw(logits, new Row(greedy, 5, seen, 0))[0];
      assertThat(draw.id()).isEqualTo(7);
      double expected = Math.log(softmax(LOGITS, 1)[7]);
      assertThat((double) draw.logProb()).isCloseTo(expected, within(1e-6));
    }
    assertThatThrownBy(() -> new SamplingParams(1, 0, 1, 0, 0, 1))
        .hasMessage("repetition_penalty must be above 0, was 0.0");
  }

  @Test
  void draw_notFiniteLogits_areRefused() {
    for (double bad : new double[] {Double.NaN, Double.POSITIVE_INFINITY}) {
      for (SamplingParams sampling :
          new SamplingParams[] {SamplingParams.greedy(1), SamplingParams.plain(1, 1)}) {
        try (Tensor logits = engine.allocate(1, 3)) {
          logits.setDoubles(new double[] {1, bad, 0});
          assertThatThrownBy(() -> draw(logits, new Row(sampling, 0)))
              .isInstanceOf(BrokenModelException.class)
              .hasMessage(
                  "expected finite logits, found NaN or infinity in live sequence 0; the weights are"
                      + " damaged or have diverged");
        }
      }
    }
  }

  /** Rows of other settings in between change nothing; the likeliest tokens have one number. */
  @Test
  void draw_rowsOfOtherSettings_areDrawnAsAlone() {
    Row[] rows = {
      new Row(SamplingParams.plain(0.7, 1), 1, new BitSet(), 3),
      new Row(SamplingParams.greedy(1), 2, new BitSet(), 2),
      new Row(new SamplingParams(1.3, 3, 0.9, 0.01, 1), 3, new BitSet(), 0),
      new Row(SamplingParams.plain(0.7, 1), 4, new BitSet(), 8),
    };
    try (Tensor one = rows(1);
        Tensor all = rows(rows.length)) {
      Sampler.Draw[] together = draw(all, rows);
      for (int i = 0; i < rows.length; i++) {
        Sampler.Draw alone = draw(one, rows[i])[0];
        assertThat(together[i].id()).isEqualTo(alone.id());
        assertThat(together[i].logProb()).isEqualTo(alone.logProb());
        assertThat(together[i].top().ids()).containsExactly(alone.top().ids());
        assertThat(together[i].top().ids()).hasSize(rows[i].topTokens());
      }
      assertThat(together[0].top().ids()).containsExactly(3, 7, 0);
      assertThat(together[1].top().ids()).containsExactly(3, 7);
      assertThat(together[1].top().logProbs()[0]).isEqualTo(together[1].logProb());
      TopTokens every = together[3].top();
      assertThat(every.ids()).containsExactly(3, 7, 0, 6, 2, 4, 1, 5);
      for (int i = 0; i < every.ids().length; i++) {
        if (every.ids()[i] == together[3].id()) {
          assertThat(every.logProbs()[i]).isEqualTo(together[3].logProb());
        }
      }
    }
  }

  private Sampler.Draw[] draw(Tensor logits, Row... rows) {
    return new Sampler(engine).draw(logits, List.of(rows));
  }

  private record Row(SamplingParams sampling, long nextSeed, BitSet seen, int topTokens)
      implements Sampler.Row {
    Row(SamplingParams sampling, long seed) {
      this(sampling, seed, new BitSet(), 0);
    }
  }

  private long[] counts(SamplingParams sampling) {
    int draws = 40_000;
    int batch = 100;
    long[] counts = new long[LOGITS.length];
    try (Tensor logits = rows(batch)) {
      for (int from = 0; from < draws; from += batch) {
        Row[] rows = new Row[batch];
        for (int b = 0; b < batch; b++) {
          rows[b] = new Row(sampling, SeedTree.at(42, "sampler test", from + b));
        }
        for (Sampler.Draw draw : draw(logits, rows)) {
          counts[draw.id()]++;
        }
      }
    }
    return counts;
  }

  private Tensor rows(int count) {
    Tensor logits = engine.allocate(count, LOGITS.length);
    double[] all = new double[count * LOGITS.length];
    for (int i = 0; i < all.length; i++) {
      all[i] = LOGITS[i % LOGITS.length];
    }
    logits.setDoubles(all);
    return logits;
  }

  private static double[] softmax(double[] logits, double temperature) {
    double[] p = new double[logits.length];
    double sum = 0;
    for (int i = 0; i < p.length; i++) {
      p[i] = Math.exp(logits[i] / temperature);
      sum += p[i];
    }
    for (int i = 0; i < p.length; i++) {
      p[i] /= sum;
    }
    return p;
  }
}
