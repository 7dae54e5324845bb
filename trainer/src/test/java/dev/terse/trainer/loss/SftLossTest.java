package dev.terse.trainer.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.terse.engine.HeadBackward;
import dev.terse.engine.HeadRows;
import dev.terse.engine.TableGradient;
import dev.terse.engine.Tensor;
import dev.terse.engine.TokenScores;
import dev.terse.engine.reference.ReferenceEngine;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Loss and derivatives equal those of TRL's own code (src/test/python/golden_sft.py). */
class SftLossTest {

  @Test
  void loss_andDerivatives_equalTrl() throws IOException {
    JsonNode cases;
    try (InputStream in = SftLossTest.class.getResourceAsStream("/golden/sft-loss.json")) {
      cases = new ObjectMapper().readTree(in);
    }
    assertThat(cases).hasSize(3);
    for (JsonNode golden : cases) {
      boolean dynamic = golden.get("loss_type").asText().equals("dft");
      SftLoss loss =
          new SftLoss(
              golden.get("targets").asLong(),
              dynamic ? SftLoss.Weight.OWN_PROBABILITY : SftLoss.Weight.ONE,
              0);
      double[] logProbs = doubles(golden.get("logps"));
      assertThat(loss.value(scores(logProbs)))
          .as("%s", golden.get("name"))
          .isCloseTo(golden.get("loss").asDouble(), within(1e-14));
      double[] derivatives =
          IntStream.range(0, logProbs.length).mapToDouble(i -> loss.of(i, logProbs[i])).toArray();
      assertThat(derivatives).containsExactly(doubles(golden.get("gradient")), within(1e-14));
    }
  }

  /**
   * By transformers' LabelSmoother (src/test/python/golden_label_smoothing.py), a float32 in it.
   */
  @Test
  void smoothedLoss_andDerivativesByLogits_equalTransformers() throws IOException {
    JsonNode cases;
    try (InputStream in = SftLossTest.class.getResourceAsStream("/golden/label-smoothing.json")) {
      cases = new ObjectMapper().readTree(in);
    }
    assertThat(cases).hasSize(3);
    for (JsonNode golden : cases) {
      int[] targets = golden.get("labels").valueStream().mapToInt(JsonNode::asInt).toArray();
      int[] all = IntStream.range(0, targets.length).toArray();
      double[] logits = flat(golden.get("logits"));
      int vocabulary = logits.length / targets.length;
      SftLoss loss =
          new SftLoss(
              golden.get("targets").asLong(), SftLoss.Weight.ONE, golden.get("epsilon").asDouble());
      try (ReferenceEngine engine = new ReferenceEngine()) {
        Tensor hidden = engine.allocate(targets.length, vocabulary);
        hidden.setDoubles(logits);
        Tensor head = engine.allocate(vocabulary, vocabulary); // so logits are the hidden state
        head.setDoubles(
            IntStream.range(0, vocabulary * vocabulary)
                .mapToDouble(i -> i % (vocabulary + 1) == 0 ? 1 : 0)
                .toArray());
        Tensor dHidden = engine.allocate(targets.length, vocabulary);
        TokenScores scores =
            engine.tokenLogProbs(
                hidden,
                head,
                new HeadRows(all, targets),
                1,
                new HeadBackward<>(loss, dHidden, TableGradient.NONE));
        assertThat(loss.value(scores)).isCloseTo(golden.get("loss").asDouble(), within(1e-6));
        assertThat(dHidden.toDoubles()).containsExactly(flat(golden.get("gradient")), within(1e-7));
      }
    }
  }

  private static double[] flat(JsonNode rows) {
    return rows.valueStream().flatMapToDouble(row -> Arrays.stream(doubles(row))).toArray();
  }

  private static TokenScores scores(double[] logProbs) {
    int count = logProbs.length;
    return new TokenScores(logProbs, new double[count], new double[count], new boolean[count]);
  }

  private static double[] doubles(JsonNode array) {
    return array.valueStream().mapToDouble(JsonNode::asDouble).toArray();
  }
}
