package dev.terse.trainer.loss.advantage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.terse.trainer.loss.advantage.GroupAdvantage.Scale;
import java.util.Arrays;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class GroupAdvantageTest {
  private static final double NONE = Double.NaN;

  @Test
  void advantages_group_areDistancesInSampleDeviations() {
    double[] advantages = GroupAdvantage.of(new double[] {1, 2, 3, 6}, 4, Scale.GROUP);
    double std = Math.sqrt(14 / 3.0); // mean 3, squares 4 + 1 + 0 + 9
    assertThat(advantages)
        .containsExactly(
            new double[] {-2 / (std + 1e-4), -1 / (std + 1e-4), 0, 3 / (std + 1e-4)},
            within(1e-12));
  }

  @Test
  void advantages_equalRewards_areAllZero() {
    int[] lengths = {1, 7, 3, 2, 2, 9};
    for (Scale scale : Scale.values()) {
      assertThat(GroupAdvantage.of(new double[] {2, 2, 2, 5, 5, 5}, lengths, 3, scale))
          .containsOnly(0);
    }
  }

  /** 3 · 0.1 / 3 is not 0.1 in doubles, nor 6 times 0.7 over 6. */
  @Test
  void advantages_equalRewardsWithRoundedMeans_areAllZero() {
    for (double reward : new double[] {0.1, 0.7, 1e-3, -0.3, 1 / 3.0}) {
      for (int size : new int[] {3, 6, 7, 64}) {
        double[] rewards = new double[size];
        Arrays.fill(rewards, reward);
        for (Scale scale : Scale.values()) {
          assertThat(GroupAdvantage.of(rewards, new int[size], size, scale)).containsOnly(0);
        }
        assertThat(GroupAdvantage.areEqual(rewards)).isTrue();
      }
    }
    assertThat(GroupAdvantage.areEqual(new double[] {1, 1.0001})).isFalse();
  }

  @Test
  void advantages_batch_divideByOneDeviationForAllGroups() {
    double[] rewards = {0, 1, 10, 30};
    double[] advantages = GroupAdvantage.of(rewards, 2, Scale.BATCH);
    double divisor = GroupAdvantage.std(rewards) + 1e-4;
    assertThat(advantages)
        .containsExactly(
            new double[] {-.5 / divisor, .5 / divisor, -10 / divisor, 10 / divisor}, within(1e-12));
  }

  @Test
  void advantages_none_areDistancesThemselves() {
    assertThat(GroupAdvantage.of(new double[] {0, 1, 10, 30}, 2, Scale.NONE))
        .containsExactly(-.5, .5, -10, 10);
  }

  /** verl's masked_whiten, spelt out: every token has its completion's centred reward. */
  @Test
  void advantages_whiten_haveMeanZeroAndVarianceOneOverTokens() {
    double[] rewards = {0, 1, 1, 0, 0, 1};
    int[] lengths = {10, 2, 4, 1, 7, 3};
    double[] centred = {-2 / 3.0, 1 / 3.0, 1 / 3.0, -1 / 3.0, -1 / 3.0, 2 / 3.0};
    double[] tokens = // [27]
        IntStream.range(0, 6)
            .mapToObj(i -> DoubleStream.generate(() -> centred[i]).limit(lengths[i]))
            .flatMapToDouble(own -> own)
            .toArray();
    double mean = Arrays.stream(tokens).average().orElseThrow();
    double variance = Arrays.stream(tokens).map(t -> (t - mean) * (t - mean)).sum() / 26;
    double[] found = GroupAdvantage.of(rewards, lengths, 3, Scale.WHITEN);
    for (int i = 0; i < 6; i++) {
      double expected = (centred[i] - mean) / Math.sqrt(variance + 1e-8);
      assertThat(found[i]).isCloseTo(expected, within(1e-12));
    }
    double sum = IntStream.range(0, 6).mapToDouble(i -> lengths[i] * found[i]).sum();
    assertThat(sum).isCloseTo(0, within(1e-12));
  }

  /** A group of equals moves with the rest: its centred rewards are 0, and the mean is not. */
  @Test
  void advantages_whiten_shiftAGroupOfEqualsAndLeaveOutAbsentOnes() {
    double[] rewards = {0, 1, 1, 1, NONE, 1};
    int[] lengths = {8, 2, 5, 5, 1000, 3};
    double[] found = GroupAdvantage.of(rewards, lengths, 2, Scale.WHITEN);
    double mean = (8 * -0.5 + 2 * 0.5) / 23;
    double squares = 8 * Math.pow(-0.5 - mean, 2) + 2 * Math.pow(0.5 - mean, 2) + 13 * mean * mean;
    double shift = -mean / Math.sqrt(squares / 22 + 1e-8);
    assertThat(found[2]).isCloseTo(shift, within(1e-12)).isPositive();
    assertThat(found[3]).isEqualTo(found[2]);
    assertThat(found[4]).isZero();
  }

  @Test
  void advantages_absentSample_doesNotMoveItsSiblings() {
    double[] with = GroupAdvantage.of(new double[] {1, NONE, 3, 6}, 4, Scale.GROUP);
    double[] without = GroupAdvantage.of(new double[] {1, 3, 6}, 3, Scale.GROUP);
    assertThat(with).containsExactly(without[0], 0, without[1], without[2]);
  }

  @Test
  void advantages_fewerThanTwoPresent_areZero() {
    assertThat(GroupAdvantage.of(new double[] {NONE, 4, NONE, NONE}, 2, Scale.NONE))
        .containsOnly(0);
  }

  @Test
  void advantages_partialGroup_isRefused() {
    assertThatThrownBy(() -> GroupAdvantage.of(new double[] {1, 2, 3}, 2, Scale.GROUP))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("groups of 2 do not tile 3 rewards");
  }
}
