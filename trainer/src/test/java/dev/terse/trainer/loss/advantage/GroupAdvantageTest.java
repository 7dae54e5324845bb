package dev.terse.trainer.loss.advantage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.terse.trainer.loss.advantage.GroupAdvantage.Scale;
import java.util.Arrays;
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
    for (Scale scale : Scale.values()) {
      assertThat(GroupAdvantage.of(new double[] {2, 2, 2, 5, 5, 5}, 3, scale)).containsOnly(0);
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
          assertThat(GroupAdvantage.of(rewards, size, scale)).containsOnly(0);
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
