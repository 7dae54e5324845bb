package dev.terse.trainer.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
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
              dynamic ? SftLoss.Weight.OWN_PROBABILITY : SftLoss.Weight.ONE);
      double[] logProbs = doubles(golden.get("logps"));
      assertThat(loss.value(logProbs))
          .as("%s", golden.get("name"))
          .isCloseTo(golden.get("loss").asDouble(), within(1e-14));
      double[] derivatives =
          IntStream.range(0, logProbs.length).mapToDouble(i -> loss.of(i, logProbs[i])).toArray();
      assertThat(derivatives).containsExactly(doubles(golden.get("gradient")), within(1e-14));
    }
  }

  private static double[] doubles(JsonNode array) {
    return array.valueStream().mapToDouble(JsonNode::asDouble).toArray();
  }
}
