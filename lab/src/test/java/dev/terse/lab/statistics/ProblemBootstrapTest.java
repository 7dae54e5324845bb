package dev.terse.lab.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.terse.lab.statistics.PairedComparison.Spread;
import java.util.stream.IntStream;
import org.apache.commons.math3.stat.interval.ConfidenceInterval;
import org.apache.commons.math3.stat.interval.WilsonScoreInterval;
import org.junit.jupiter.api.Test;

class ProblemBootstrapTest {

  @Test
  void wilson_ofWholeTrials_isThatOfCommonsMath_andStaysInTheRange() {
    for (int n : new int[] {1, 30, 1319}) {
      for (int k : new int[] {0, n / 3, n}) {
        ConfidenceInterval known = new WilsonScoreInterval().createInterval(n, k, 0.95);
        Spread found = Wilson.of(k / (double) n, n);
        assertThat(found.low()).isCloseTo(Math.max(0, known.getLowerBound()), within(1e-9));
        assertThat(found.high()).isCloseTo(Math.min(1, known.getUpperBound()), within(1e-9));
      }
    }
  }

  @Test
  void samples_ofOneProblem_areWorthOneTrial() {
    assertThat(new ProblemBootstrap(new int[] {0, 1, 2, 3}, 1).effectiveSamples()).isEqualTo(4);
    assertThat(new ProblemBootstrap(new int[] {0, 0, 1, 1}, 1).effectiveSamples()).isEqualTo(2);
    assertThat(new ProblemBootstrap(new int[] {0, 0, 0, 1}, 1).effectiveSamples()).isEqualTo(1.6);
  }

  /** Each sample four times is no more evidence: the interval is that of the samples once. */
  @Test
  void interval_ofRepeatedSamples_doesNotShrink() {
    int n = 50;
    double[] a = IntStream.range(0, n).mapToDouble(i -> i % 3 == 0 ? 1 : 0).toArray();
    double[] b = IntStream.range(0, n).mapToDouble(i -> i % 4 == 0 ? 1 : 0).toArray();
    Spread once = new ProblemBootstrap(IntStream.range(0, n).toArray(), 7).difference(a, b);
    int[] fourTimes = IntStream.range(0, 4 * n).map(i -> i % n).toArray();
    double[] moreA = IntStream.of(fourTimes).mapToDouble(i -> a[i]).toArray();
    double[] moreB = IntStream.of(fourTimes).mapToDouble(i -> b[i]).toArray();
    Spread more = new ProblemBootstrap(fourTimes, 7).difference(moreA, moreB);
    assertThat(more.value()).isCloseTo(once.value(), within(1e-12));
    assertThat(more.low()).isCloseTo(once.low(), within(1e-12)).isLessThan(once.value());
    assertThat(more.high()).isCloseTo(once.high(), within(1e-12)).isGreaterThan(once.value());
    Spread apart =
        new ProblemBootstrap(IntStream.range(0, 4 * n).toArray(), 7).difference(moreA, moreB);
    assertThat(apart.high() - apart.low()).isLessThan(0.7 * (once.high() - once.low()));
  }
}
