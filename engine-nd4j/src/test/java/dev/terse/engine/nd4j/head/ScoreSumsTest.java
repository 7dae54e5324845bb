package dev.terse.engine.nd4j.head;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ScoreSumsTest {

  @Test
  void parts_inAnyOrder_giveTheWhole() {
    double[] x = {3, -2, 700, 699, -900, 698.5, 1};
    double z = 0;
    double zx = 0;
    for (double v : x) {
      z += Math.exp(v - 700);
      zx += Math.exp(v - 700) * (v - 700);
    }
    int[][] parts = {{0, 1}, {2}, {3, 4, 5}, {6}};
    int[][] orders = {{0, 1, 2, 3}, {1, 0, 3, 2}, {3, 2, 1, 0}};
    for (int[] order : orders) {
      ScoreSums whole = new ScoreSums(1);
      ScoreSums rest = new ScoreSums(1);
      add(whole, x, parts[order[0]]);
      add(whole, x, parts[order[1]]);
      add(rest, x, parts[order[2]]);
      add(rest, x, parts[order[3]]);
      whole.add(rest);
      assertThat(whole.max(0)).isEqualTo(700);
      assertThat(whole.logZ(0)).isCloseTo(Math.log(z), within(1e-14));
      assertThat(whole.entropy(0)).isCloseTo(Math.log(z) - zx / z, within(1e-14));
    }
  }

  @Test
  void nanInAPart_isNanInTheWhole() {
    for (boolean first : new boolean[] {true, false}) {
      ScoreSums sums = new ScoreSums(2);
      sums.add(0, 5, first ? Double.NaN : 1, 0);
      sums.add(0, 6000, first ? 1 : Double.NaN, 0);
      assertThat(sums.logZ(0)).isNaN();
      assertThat(sums.entropy(0)).isNaN();
    }
    ScoreSums sums = new ScoreSums(1);
    sums.add(0, Double.NaN, 1, 0);
    sums.add(0, 1, 1, 0);
    assertThat(sums.entropy(0)).isNaN();
  }

  private static void add(ScoreSums sums, double[] x, int[] part) {
    double max = Double.NEGATIVE_INFINITY;
    for (int i : part) {
      max = Math.max(max, x[i]);
    }
    double z = 0;
    double zx = 0;
    for (int i : part) {
      z += Math.exp(x[i] - max);
      zx += Math.exp(x[i] - max) * (x[i] - max);
    }
    sums.add(0, max, z, zx);
  }
}
