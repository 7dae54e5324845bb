package dev.terse.trainer.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.terse.engine.SeedTree;
import dev.terse.testkit.GradientChecker;
import dev.terse.testkit.TestSeed;
import dev.terse.trainer.loss.GrpoLoss.Objective;
import dev.terse.trainer.loss.GrpoLoss.RatioLevel;
import dev.terse.trainer.loss.GrpoLoss.Tokens;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GrpoLossTest {
  private static final double INFINITE = Double.POSITIVE_INFINITY;
  private static final ClippedSurrogate PPO = new ClippedSurrogate(0.2, 0.28, INFINITE);
  private static final ClippedSurrogate CAPPED = new ClippedSurrogate(0.2, 0.28, 1.5);
  private static final int[] COMPLETION = {0, 0, 0, 1, 2, 2, 2, 2};

  // Steps of finite differences must not cross a kink, so log-ratios keep away from the borders.
  private static double[] awayFromKinks(double[] logProbs, ClippedSurrogate surrogate) {
    double[] kinks = {
      Math.log(1 - surrogate.epsilonLow()),
      Math.log(1 + surrogate.epsilonHigh()),
      Math.log(Math.min(1e6, surrogate.delta()))
    };
    return IntStream.range(0, logProbs.length)
        .mapToDouble(
            i -> {
              double d = logProbs[i];
              for (double kink : kinks) {
                d += Math.abs(d - kink) < 0.02 ? 0.05 : 0;
              }
              return d;
            })
        .toArray();
  }

  @ParameterizedTest
  @CsvSource({
    "TOKEN, 0, false, false",
    "TOKEN, 0, false, true",
    "TOKEN, 0.3, false, false",
    "TOKEN, 0.3, true, true",
    "SEQUENCE, 0, false, false",
    "SEQUENCE, 0.3, false, true"
  })
  void derivative_offPolicy_equalsFiniteDifferences(
      RatioLevel level, double beta, boolean corrected, boolean capped) {
    long seed = TestSeed.of("grpo-loss");
    ClippedSurrogate surrogate = capped ? CAPPED : PPO;
    Objective objective = new Objective(surrogate, beta, corrected, level);
    double[] old = draws(seed, 1, 8, 1.0);
    double[] reference = draws(seed, 2, 8, 1.0);
    double[] ratios = awayFromKinks(draws(seed, 3, 8, 0.4), surrogate);
    double[] now = IntStream.range(0, 8).mapToDouble(i -> old[i] + ratios[i]).toArray();
    Tokens tokens =
        new Tokens(
            COMPLETION,
            new double[] {1.3, -0.7, 0.9},
            new double[] {0.2, 0.5, 0.1},
            Optional.of(old),
            Optional.of(reference));
    GrpoLoss loss = new GrpoLoss(objective, tokens, () -> now);
    double[] gradient = IntStream.range(0, 8).mapToDouble(i -> loss.of(i, now[i])).toArray();
    GradientChecker.assertGradient(
        "GRPO loss " + level + " beta " + beta,
        now,
        point -> new GrpoLoss(objective, tokens, () -> point).value(point),
        gradient,
        1e-7,
        seed);
  }

  @Test
  void ratio_onPolicy_isExactlyOneAndOnlyTheDerivativeMatters() {
    Objective objective = new Objective(PPO, 0, false, RatioLevel.TOKEN);
    Tokens tokens =
        new Tokens(
            COMPLETION,
            new double[] {1, -2, 0},
            new double[] {0.5, 0.25, 0.125},
            Optional.empty(),
            Optional.empty());
    GrpoLoss loss = new GrpoLoss(objective, tokens, () -> new double[0]);
    assertThat(loss.logRatio(3, -0.123456789)).isZero();
    assertThat(loss.of(0, -1.5)).isEqualTo(-0.5);
    assertThat(loss.of(3, -1.5)).isEqualTo(0.5);
    assertThat(loss.of(4, -1.5)).isZero();
  }

  @Test
  void derivative_clipped_isZeroWhereTheRangeCuts() {
    double high = Math.log(1.4);
    double low = Math.log(0.5);
    assertThat(PPO.derivative(high, 1)).isZero();
    assertThat(PPO.derivative(low, -1)).isZero();
    assertThat(PPO.derivative(high, -1)).isCloseTo(1.4, within(1e-12));
    assertThat(PPO.derivative(low, 1)).isCloseTo(-0.5, within(1e-12));
    assertThat(PPO.clipsHigh(high, 1)).isTrue();
    assertThat(PPO.clipsHigh(high, -1)).isFalse();
    assertThat(PPO.clipsLow(low, -1)).isTrue();
    assertThat(CAPPED.derivative(Math.log(1.6), -1)).isZero();
    assertThat(CAPPED.loss(Math.log(1.6), -1)).isCloseTo(1.5, within(1e-12));
  }

  @Test
  void numbers_hugeLogRatios_stayFinite() {
    for (double d : new double[] {1000, -1000, 700, 20.5}) {
      for (double advantage : new double[] {1, -1}) {
        assertThat(PPO.loss(d, advantage)).isFinite();
        assertThat(PPO.derivative(d, advantage)).isFinite();
      }
      assertThat(KlEstimator.k3(d, 0)).isFinite().isNotNegative();
      assertThat(KlEstimator.derivative(d, 0)).isFinite();
    }
  }

  @Test
  void k3_tinyDifference_isNotCancelledAway() {
    assertThat(KlEstimator.k3(0, 1e-9)).isCloseTo(5e-19, within(1e-25));
    assertThat(KlEstimator.k3(-1, -1)).isZero();
  }

  @Test
  void objective_sequenceLevelWithCorrectedKl_isRefused() {
    assertThatThrownBy(() -> new Objective(PPO, 0.1, true, RatioLevel.SEQUENCE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("use_bias_correction_kl false");
  }

  @Test
  void weights_ofEachLossType_followTheirFormulas() {
    int[] lengths = {2, 4, 0, 6};
    assertThat(LossType.GRPO.weights(lengths, 2, 10))
        .containsExactly(1 / 8.0, 1 / 16.0, 0, 1 / 24.0);
    assertThat(LossType.DAPO.weights(lengths, 2, 10))
        .containsExactly(1 / 12.0, 1 / 12.0, 0, 1 / 12.0);
    assertThat(LossType.DR_GRPO.weights(lengths, 2, 10))
        .containsExactly(1 / 40.0, 1 / 40.0, 0, 1 / 40.0);
    assertThat(LossType.BNPO.weights(lengths, 2, 10))
        .containsExactly(1 / 12.0, 1 / 12.0, 0, 1 / 12.0);
  }

  @ParameterizedTest
  @CsvSource({"GRPO", "DAPO", "DR_GRPO"})
  void weights_otherSplit_areTheSame(LossType type) {
    int[] lengths = {5, 1, 7, 3, 2, 2};
    double[] whole = type.weights(lengths, 6, 8);
    for (int microBatch : new int[] {1, 2, 3, 4}) {
      assertThat(type.weights(lengths, microBatch, 8)).containsExactly(whole);
    }
  }

  private static double[] draws(long seed, int which, int count, double deviation) {
    return IntStream.range(0, count)
        .mapToDouble(i -> deviation * SeedTree.gaussian(SeedTree.at(seed, "draw", which, i)))
        .toArray();
  }
}
