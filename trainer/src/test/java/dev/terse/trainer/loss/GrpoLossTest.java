package dev.terse.trainer.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.terse.engine.SeedTree;
import dev.terse.testkit.GradientChecker;
import dev.terse.testkit.TestSeed;
import dev.terse.trainer.loss.GrpoLoss.Objective;
import dev.terse.trainer.loss.GrpoLoss.RatioLevel;
import dev.terse.trainer.loss.GrpoLoss.Tokens;
import dev.terse.trainer.loss.policy.CappedRatio;
import dev.terse.trainer.loss.policy.ClippedSurrogate;
import dev.terse.trainer.loss.policy.EntropyQuantile;
import dev.terse.trainer.loss.policy.GammaWeight;
import dev.terse.trainer.loss.policy.KlBound;
import dev.terse.trainer.loss.policy.PolicyTerm;
import dev.terse.trainer.loss.policy.SoftGate;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

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
    "TOKEN, 0, false, false, 1",
    "TOKEN, 0, false, true, 1",
    "TOKEN, 0.3, false, false, 1",
    "TOKEN, 0.3, true, true, 0.5",
    "SEQUENCE, 0, false, false, 1",
    "SEQUENCE, 0.3, false, true, 1",
    "SEQUENCE, 0.3, true, false, 0.5"
  })
  void derivative_offPolicy_equalsFiniteDifferences(
      RatioLevel level, double beta, boolean corrected, boolean capped, double topEntropy) {
    ClippedSurrogate surrogate = capped ? CAPPED : PPO;
    long seed = TestSeed.of("grpo-loss");
    double[] ratios = awayFromKinks(draws(seed, 3, 8, 0.4), surrogate);
    checkDerivatives(
        new Objective(surrogate, beta, corrected, level, INFINITE, topEntropy), ratios, seed);
  }

  @ParameterizedTest
  @CsvSource({"TOKEN, 0.3, 1", "SEQUENCE, 0.3, 1", "SEQUENCE, 0, 0.4", "TOKEN, 0.2, 0.4"})
  void derivative_softGate_equalsFiniteDifferences(
      RatioLevel level, double beta, double topEntropy) {
    long seed = TestSeed.of("sapo-loss");
    checkDerivatives(
        new Objective(new SoftGate(1, 1.05), beta, true, level, INFINITE, topEntropy),
        draws(seed, 3, 8, 0.4),
        seed);
  }

  /** The second completion, of negative advantage, is far from the policy that drew it. */
  @Test
  void derivative_offPolicyMask_leavesTheDivergence() {
    long seed = TestSeed.of("off-policy-mask");
    double[] ratios = {0.1, 0.2, -0.1, -0.9, 0.1, 0, 0.1, 0.05};
    Objective objective = new Objective(PPO, 0.3, false, RatioLevel.TOKEN, 0.5, 1);
    checkDerivatives(objective, ratios, seed);
    double[] none = new double[8];
    GrpoLoss loss = loss(objective, none, ratios, none);
    assertThat(loss.of(3, ratios[3])).isCloseTo(0.5 * 0.3 * -Math.expm1(0.9), within(1e-12));
    GrpoLoss without =
        loss(
            new Objective(PPO, 0.3, false, RatioLevel.TOKEN, INFINITE, 1),
            none,
            new double[] {0, 0, 0, -0.1, 0, 0, 0, 0},
            none);
    assertThat(without.of(3, -0.1)).isNotCloseTo(0.5 * 0.3 * -Math.expm1(0.1), within(1e-3));
  }

  /**
   * On policy the corrected k3 has the gradient of KL(π ‖ π_ref), estimated by the drawn token: ℓ -
   * ln π_ref. That is what self-distillation minimises.
   */
  @Test
  void derivative_onPolicyCorrectedKl_isThatOfTheReverseDivergence() {
    Objective objective = new Objective(PPO, 1, true, RatioLevel.TOKEN, INFINITE, 1);
    Tokens tokens =
        new Tokens(
            new int[] {0, 0},
            new double[1],
            new double[] {0.5},
            new double[1],
            Optional.empty(),
            Optional.of(new double[] {-2.5, -0.25}));
    GrpoLoss loss = new GrpoLoss(objective, tokens, Optional.empty());
    assertThat(loss.of(0, -1)).isCloseTo(0.5 * 1.5, within(1e-12));
    assertThat(loss.of(1, -1)).isCloseTo(0.5 * -0.75, within(1e-12));
  }

  /** DRPO's bound by hand, and against ½ · β · max(KL - δ, 0)² of four tokens. */
  @Test
  void klBound_pullsBack_byTheGradientOfItsSquare() {
    KlBound bound = new KlBound(1000, 1e-4);
    assertThat(bound.pull(2.1e-3)).isCloseTo(2, within(1e-9));
    assertThat(bound.pull(1e-4)).isZero();
    assertThat(bound.pull(-5)).isZero();
    assertThat(KlBound.NONE.pull(5)).isZero();
    double[] old = {-1, -2, -0.5, -3};
    double[] now = {-1.002, -2.004, -0.503, -2.9986}; // KL = (2 + 4 + 3 - 1.4) / 4 · 1e-3
    double pull = bound.pull(mean(old) - mean(now));
    assertThat(pull).isCloseTo(1.8, within(1e-9));
    Objective objective = new Objective(PPO, 0, false, RatioLevel.TOKEN, INFINITE, 1).within(bound);
    assertThat(objective.needsForward(false)).isTrue();
    assertThat(objective.needsForward(true)).as("there KL is 0").isFalse();
    Tokens tokens =
        new Tokens(
            new int[4],
            new double[1], // A = 0: nothing else moves
            new double[] {0.25},
            new double[1],
            Optional.of(old),
            Optional.empty());
    boolean[] all = {true, true, true, true};
    GrpoLoss loss =
        new GrpoLoss(objective, tokens, Optional.of(new GrpoLoss.Forward(now, all, pull)));
    assertThat(loss.of(1, now[1])).isCloseTo(-0.25 * 1.8, within(1e-9));
    assertThat(loss.policyValue(now)).isCloseTo(1.8 * 1.9e-3, within(1e-9));
    GradientChecker.assertGradient(
        "DRPO's bound",
        now,
        point -> 500 * Math.pow(Math.max(0, mean(old) - mean(point) - 1e-4), 2),
        IntStream.range(0, 4).mapToDouble(i -> loss.of(i, now[i])).toArray(),
        1e-7,
        0);
  }

  private static double mean(double[] values) {
    return Arrays.stream(values).average().orElseThrow();
  }

  /** Ratios and weights of these are constants: the derivative is that of ln p alone. */
  @Test
  void derivative_weightedLogProbs_isTheirWeight() {
    PolicyTerm.Token rising = new PolicyTerm.Token(-2, Math.log(7), 0.5, 1.5);
    assertThat(new CappedRatio(5).derivative(rising)).isCloseTo(-7.5, within(1e-12));
    assertThat(new CappedRatio(5).loss(rising)).isCloseTo(15, within(1e-12));
    assertThat(new CappedRatio(5).caps(rising)).isTrue();
    GammaWeight vespo = new GammaWeight(new GammaWeight.Shape(2, 3), new GammaWeight.Shape(3, 2));
    double phi = Math.exp(3 + 2 * 0.5 - 3 * Math.exp(0.5));
    assertThat(vespo.derivative(rising)).isCloseTo(-1.5 * phi, within(1e-12));
    PolicyTerm.Token far = new PolicyTerm.Token(-2, 0, 1e9, -1);
    assertThat(vespo.loss(far)).isZero();
    assertThat(vespo.phi(new PolicyTerm.Token(-2, 0, 0, -1))).isCloseTo(1, within(1e-12));
  }

  @Test
  void threshold_ofEntropies_isTorchsQuantile() {
    double[] entropies = {3, 1, 4, 1.5, 9};
    assertThat(EntropyQuantile.threshold(entropies, 0.5)).isEqualTo(3);
    assertThat(EntropyQuantile.threshold(entropies, 0.4)).isCloseTo(3.4, within(1e-6));
    assertThat(EntropyQuantile.threshold(entropies, 0)).isEqualTo(9);
    assertThat(EntropyQuantile.threshold(new double[0], 0.2)).isInfinite();
  }

  private static void checkDerivatives(Objective objective, double[] ratios, long seed) {
    double[] old = draws(seed, 1, 8, 1.0);
    double[] reference = draws(seed, 2, 8, 1.0);
    double[] now = IntStream.range(0, 8).mapToDouble(i -> old[i] + ratios[i]).toArray();
    GrpoLoss loss = loss(objective, old, now, reference);
    double[] gradient = IntStream.range(0, 8).mapToDouble(i -> loss.of(i, now[i])).toArray();
    GradientChecker.assertGradient(
        "GRPO loss " + objective,
        now,
        point -> loss(objective, old, point, reference).policyValue(point),
        gradient,
        1e-7,
        seed);
  }

  /** Of eight tokens; an entropy mask keeps every other one. */
  private static GrpoLoss loss(
      Objective objective, double[] old, double[] now, double[] reference) {
    boolean[] kept = new boolean[8];
    for (int i = 0; i < 8; i++) {
      kept[i] = objective.keepsAllTokens() || i % 2 == 0;
    }
    Tokens tokens =
        new Tokens(
            COMPLETION,
            new double[] {1.3, -0.7, 0.9},
            new double[] {0.2, 0.5, 0.1},
            new double[3],
            Optional.of(old),
            Optional.of(reference));
    return new GrpoLoss(objective, tokens, Optional.of(new GrpoLoss.Forward(now, kept)));
  }

  @Test
  void ratio_onPolicy_isExactlyOneAndOnlyTheDerivativeMatters() {
    Objective objective = new Objective(PPO, 0, false, RatioLevel.TOKEN, INFINITE, 1);
    Tokens tokens =
        new Tokens(
            COMPLETION,
            new double[] {1, -2, 0},
            new double[] {0.5, 0.25, 0.125},
            new double[] {0, 0.75, 0},
            Optional.empty(),
            Optional.empty());
    GrpoLoss loss = new GrpoLoss(objective, tokens, Optional.empty());
    assertThat(loss.token(3, -0.123456789).logRatio()).isZero();
    assertThat(loss.of(0, -1.5)).isEqualTo(-0.5);
    assertThat(loss.of(3, -1.5)).isEqualTo(0.5);
    assertThat(loss.of(4, -1.5)).isZero();
    assertThat(loss.ofEntropy(3, 2)).isEqualTo(-0.75);
  }

  @Test
  void derivative_clipped_isZeroWhereTheRangeCuts() {
    double high = Math.log(1.4);
    double low = Math.log(0.5);
    assertThat(PPO.derivative(token(high, 1))).isZero();
    assertThat(PPO.derivative(token(low, -1))).isZero();
    assertThat(PPO.derivative(token(high, -1))).isCloseTo(1.4, within(1e-12));
    assertThat(PPO.derivative(token(low, 1))).isCloseTo(-0.5, within(1e-12));
    assertThat(PPO.clipsHigh(token(high, 1))).isTrue();
    assertThat(PPO.clipsHigh(token(high, -1))).isFalse();
    assertThat(PPO.clipsLow(token(low, -1))).isTrue();
    assertThat(CAPPED.derivative(token(Math.log(1.6), -1))).isZero();
    assertThat(CAPPED.loss(token(Math.log(1.6), -1))).isCloseTo(1.5, within(1e-12));
  }

  /** DeepSeek-R1 had epsilon 10: nothing is cut from below, and from above at 11. */
  @Test
  void derivative_epsilonAboveOne_cutsFromAboveOnly() {
    ClippedSurrogate wide = new ClippedSurrogate(10, 10, INFINITE);
    assertThat(wide.derivative(token(Math.log(0.01), -1))).isCloseTo(0.01, within(1e-12));
    assertThat(wide.derivative(token(Math.log(10.9), 1))).isCloseTo(-10.9, within(1e-12));
    assertThat(wide.derivative(token(Math.log(11.1), 1))).isZero();
  }

  @Test
  void numbers_hugeLogRatios_stayFinite() {
    for (double d : new double[] {1000, -1000, 700, 20.5}) {
      for (double advantage : new double[] {1, -1}) {
        for (PolicyTerm term :
            List.of(
                PPO,
                new CappedRatio(5),
                new SoftGate(1, 1.05),
                new GammaWeight(new GammaWeight.Shape(2, 3), new GammaWeight.Shape(3, 2)))) {
          assertThat(term.loss(token(d, advantage))).as("%s", term).isFinite();
          assertThat(term.derivative(token(d, advantage))).as("%s", term).isFinite();
        }
      }
      assertThat(KlEstimator.k3(d, 0)).isFinite().isNotNegative();
      assertThat(KlEstimator.derivative(d, 0)).isFinite();
    }
  }

  private static PolicyTerm.Token token(double logRatio, double advantage) {
    return new PolicyTerm.Token(-1, logRatio, logRatio, advantage);
  }

  @Test
  void k3_tinyDifference_isNotCancelledAway() {
    assertThat(KlEstimator.k3(0, 1e-9)).isCloseTo(5e-19, within(1e-25));
    assertThat(KlEstimator.k3(-1, -1)).isZero();
  }

  /** A forward is spent only where one token's derivative needs to know of the others. */
  @Test
  void forward_isNeeded_whereTokensDependOnEachOther() {
    GammaWeight vespo = new GammaWeight(new GammaWeight.Shape(2, 3), new GammaWeight.Shape(3, 2));
    Objective plain = new Objective(PPO, 0.1, true, RatioLevel.TOKEN, INFINITE, 1);
    Objective sequence = new Objective(PPO, 0.1, false, RatioLevel.SEQUENCE, INFINITE, 1);
    Objective corrected = new Objective(PPO, 0.1, true, RatioLevel.SEQUENCE, INFINITE, 1);
    Objective weighted = new Objective(vespo, 0, false, RatioLevel.TOKEN, INFINITE, 1);
    Objective masked = new Objective(PPO, 0, false, RatioLevel.TOKEN, 0.5, 1);
    Objective uncertain = new Objective(PPO, 0, false, RatioLevel.TOKEN, INFINITE, 0.2);
    assertThat(plain.needsForward(false)).isFalse();
    for (Objective offPolicy : List.of(sequence, corrected, weighted, masked, uncertain)) {
      assertThat(offPolicy.needsForward(false)).as("%s", offPolicy).isTrue();
    }
    for (Objective onPolicy : List.of(plain, sequence, weighted, masked)) {
      assertThat(onPolicy.needsForward(true)).as("%s", onPolicy).isFalse();
    }
    assertThat(corrected.needsForward(true)).isTrue();
    assertThat(uncertain.needsForward(true)).isTrue();
  }

  @Test
  void weights_ofEachLossType_followTheirFormulas() {
    LossType.Batch batch = LossType.Batch.whole(new int[] {2, 4, 0, 6}, 2, 10);
    for (LossType type : List.of(LossType.GRPO, LossType.SAPO)) {
      assertThat(type.weights(batch)).containsExactly(1 / 8.0, 1 / 16.0, 0, 1 / 24.0);
    }
    for (LossType type : List.of(LossType.DAPO, LossType.CISPO, LossType.VESPO)) {
      assertThat(type.weights(batch)).containsExactly(1 / 12.0, 1 / 12.0, 0, 1 / 12.0);
    }
    assertThat(LossType.DR_GRPO.weights(batch)).containsExactly(1 / 40.0, 1 / 40.0, 0, 1 / 40.0);
    assertThat(LossType.BNPO.weights(batch)).containsExactly(1 / 12.0, 1 / 12.0, 0, 1 / 12.0);
    assertThat(LossType.LUSPO.weights(batch)).containsExactly(1 / 4.0, 1 / 4.0, 0, 1 / 4.0);
  }

  /** The tokens of an update are the mean of the generation's updates, not this update's own. */
  @Test
  void weights_dapoOfOneUpdateOfSeveral_divideByTheGenerationsMean() {
    LossType.Batch update =
        new LossType.Batch(new int[] {50, 45}, new double[] {108.5, 108.5}, 1, 60);
    assertThat(LossType.DAPO.weights(update)).containsOnly(1 / 108.5);
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "BNPO")
  void weights_otherSplit_areTheSame(LossType type) {
    int[] lengths = {5, 1, 7, 3, 2, 2};
    double[] whole = type.weights(LossType.Batch.whole(lengths, 6, 8));
    for (int microBatch : new int[] {1, 2, 3, 4}) {
      assertThat(type.weights(LossType.Batch.whole(lengths, microBatch, 8))).containsExactly(whole);
    }
  }

  @Test
  void entropyControl_adaptive_followsTheTarget() {
    EntropyBonusConfig config = new EntropyBonusConfig(0.01, true, 0.002, 0.02, 0.006, 0.3);
    EntropyControl control = EntropyControl.start(config);
    assertThat(control.applied(config)).isZero(); // no entropy is known before the first update
    control = control.after(0.2, config);
    assertThat(control.applied(config)).isCloseTo(0.016, within(1e-12));
    control = control.after(0.3, config);
    assertThat(control.coef()).isEqualTo(0.02);
    control = control.after(0.31, config);
    assertThat(control.coef()).isCloseTo(0.014, within(1e-12));
    assertThat(control.applied(config)).isZero();
    assertThat(control.after(Double.NaN, config)).isEqualTo(control);
    assertThat(control.after(1, config).after(1, config).after(1, config).coef()).isEqualTo(0.002);
  }

  private static double[] draws(long seed, int which, int count, double deviation) {
    return IntStream.range(0, count)
        .mapToDouble(i -> deviation * SeedTree.gaussian(SeedTree.at(seed, "draw", which, i)))
        .toArray();
  }
}
