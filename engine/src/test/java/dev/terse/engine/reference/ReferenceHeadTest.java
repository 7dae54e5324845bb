package dev.terse.engine.reference;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terse.engine.HeadRows;
import dev.terse.engine.Tensor;
import dev.terse.engine.TokenScores;
import org.junit.jupiter.api.Test;

class ReferenceHeadTest {

  @Test
  void targetIsArgMax_tiedForTheMaximum_isTrue() {
    try (ReferenceEngine engine = new ReferenceEngine()) {
      Tensor hidden = engine.allocate(3, 1);
      hidden.setDoubles(new double[] {1, 1, 1});
      Tensor head = engine.allocate(4, 1);
      head.setDoubles(new double[] {2, 5, 5, 1});
      HeadRows rows = new HeadRows(new int[] {0, 1, 2}, new int[] {1, 2, 0});
      TokenScores scores = engine.tokenLogProbs(hidden, head, rows, 1);
      assertThat(scores.targetIsArgMax()).containsExactly(true, true, false);
    }
  }

  @Test
  void entropies_evenAndCertain_areLogVAndZero() {
    try (ReferenceEngine engine = new ReferenceEngine()) {
      Tensor hidden = engine.allocate(2, 1);
      hidden.setDoubles(new double[] {0, 1e6});
      Tensor head = engine.allocate(4, 1);
      head.setDoubles(new double[] {2, 5, 3, 1});
      HeadRows rows = new HeadRows(new int[] {0, 1}, new int[] {0, 1});
      TokenScores scores = engine.tokenLogProbs(hidden, head, rows, 1);
      assertThat(scores.entropies()).containsExactly(Math.log(4), 0);
      assertThat(scores.logProbs()).containsExactly(-Math.log(4), 0);
    }
  }
}
