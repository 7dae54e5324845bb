package dev.terse.trainer.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.terse.engine.TokenScores;
import dev.terse.trainer.config.ConfigReader;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Loss, derivatives and clip ratios equal those of TRL's own code (src/test/python/golden_grpo.py).
 */
class GrpoGoldenTest {

  static Stream<Arguments> cases() throws IOException {
    JsonNode root;
    try (InputStream in = GrpoGoldenTest.class.getResourceAsStream("/golden/grpo-loss.json")) {
      root = new ObjectMapper().readTree(in);
    }
    return root.get("cases")
        .valueStream()
        .map(one -> Arguments.of(one.get("name").asText(), one, root));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void loss_andDerivatives_equalTrl(String name, JsonNode golden, JsonNode root) {
    GrpoLossConfig config = config(golden.get("settings"));
    double[] lengths = doubles(root.get("lengths"));
    int[] update = // TRL's update has more micro-batches of the same lengths
        IntStream.range(0, root.get("accumulation").asInt())
            .flatMap(again -> Arrays.stream(lengths).mapToInt(n -> (int) n))
            .toArray();
    double[] weights =
        config
            .lossType()
            .weights(update, lengths.length, root.get("max_completion_length").asInt());
    int[] completion =
        IntStream.range(0, lengths.length)
            .flatMap(c -> IntStream.generate(() -> c).limit((long) lengths[c]))
            .toArray();
    GrpoLoss.Tokens tokens =
        new GrpoLoss.Tokens(
            completion,
            doubles(golden.get("advantages")),
            Arrays.copyOf(weights, lengths.length),
            Optional.ofNullable(doubles(golden.get("old"))),
            Optional.ofNullable(doubles(golden.get("ref"))));
    double[] logProbs = doubles(golden.get("logps"));
    GrpoLoss loss = new GrpoLoss(config.objective(), tokens, () -> logProbs);
    assertThat(loss.value(logProbs)).isCloseTo(golden.get("loss").asDouble(), within(1e-12));
    double[] derivatives =
        IntStream.range(0, logProbs.length).mapToDouble(i -> loss.of(i, logProbs[i])).toArray();
    assertThat(derivatives).containsExactly(doubles(golden.get("gradient")), within(1e-12));

    PolicyStatistics statistics = new PolicyStatistics(config.objective());
    statistics.add(
        loss, new TokenScores(logProbs, new double[logProbs.length], new boolean[logProbs.length]));
    Map<String, Double> metrics = statistics.loss().metrics();
    for (var metric : golden.get("metrics").properties()) {
      assertThat(metrics.get(metric.getKey()))
          .as(metric.getKey())
          .isCloseTo(metric.getValue().asDouble(), within(1e-7)); // TRL takes these in float32
    }
  }

  private static GrpoLossConfig config(JsonNode settings) {
    List<String> arguments = new ArrayList<>(List.of("--use_bias_correction_kl=false"));
    settings
        .properties()
        .forEach(entry -> arguments.add("--" + entry.getKey() + "=" + entry.getValue().asText()));
    return ConfigReader.parse("golden", "", arguments, GrpoLossConfig.class).config();
  }

  /** Numbers of a list, or of a list of lists; null for null. */
  private static double[] doubles(JsonNode node) {
    if (node.isNull()) {
      return null;
    }
    return node.valueStream()
        .flatMap(each -> each.isArray() ? each.valueStream() : Stream.of(each))
        .mapToDouble(JsonNode::asDouble)
        .toArray();
  }
}
