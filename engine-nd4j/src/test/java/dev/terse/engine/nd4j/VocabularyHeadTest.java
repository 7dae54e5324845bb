package dev.terse.engine.nd4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.terse.engine.Engine;
import dev.terse.engine.HeadBackward;
import dev.terse.engine.HeadRows;
import dev.terse.engine.TableGradient;
import dev.terse.engine.Tensor;
import dev.terse.engine.TokenScores;
import dev.terse.engine.nd4j.onednn.OneDnn;
import dev.terse.engine.numbers.NumberType;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class VocabularyHeadTest {

  /** 1 - p of a sure target is small beside the rounding of a p in bfloat16. */
  @ParameterizedTest
  @EnumSource(NumberType.class)
  void backward_sureTarget_keepsTheDigitsOfOneLessP(NumberType type) {
    Assumptions.assumeTrue(OneDnn.isAvailable(), () -> "no oneDNN here: " + OneDnn.missing());
    try (Engine engine = new Nd4jEngine(KernelChoice.ONEDNN, type, 2);
        Tensor hidden = engine.allocate(1, 2);
        Tensor head = engine.allocate(30, 2);
        Tensor dHidden = engine.allocate(1, 2);
        Tensor dHead = engine.allocate(30, 2)) {
      hidden.setFloats(new float[] {1.5f, 0.25f});
      head.write(2 * 5, new float[] {7, 2}, 0, 2);
      HeadRows rows = new HeadRows(new int[] {0}, new int[] {5});
      TokenScores scores =
          engine.tokenLogProbs(
              hidden,
              head,
              rows,
              1,
              new HeadBackward<>((index, logProb) -> -1, dHidden, TableGradient.whole(dHead)));
      double others = 29 * Math.exp(-11);
      assertThat(scores.logProbs()[0]).isCloseTo(-Math.log1p(others), within(1e-9));
      double gradient = -others / (1 + others);
      double[] atTarget = dHead.rowsView(5, 6).toDoubles();
      assertThat(atTarget[0] / (1.5 * gradient)).isCloseTo(1, within(1e-6));
      assertThat(atTarget[1] / (0.25 * gradient)).isCloseTo(1, within(1e-6));
    }
  }
}
