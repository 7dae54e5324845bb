package dev.terse.trainer.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.terse.engine.TokenScores;
import dev.terse.trainer.config.ConfigReader;
import dev.terse.trainer.loss.advantage.GroupAdvantage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Losses, derivatives by log-probabilities and entropies, metrics, advantages and entropy control
 * equal those of TRL's own code (src/test/python/golden_grpo.py).
 */
class GrpoGoldenTest {
  private static final JsonNode GOLDEN = golden();

  private static JsonNode golden() {
    try (InputStream in = GrpoGoldenTest.class.getResourceAsStream("/golden/grpo-loss.json")) {
      return new ObjectMapper().readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Stream<Arguments> named(String section) {
    return GOLDEN
        .get(section)
        .valueStream()
        .map(one -> Arguments.of(one.get("name").asText(), one));
  }

  static Stream<Arguments> cases() {
    return named("cases");
  }

  static Stream<Arguments> adaptive() {
    return named("adaptive");
  }

  static Stream<Arguments> advantages() {
    return named("advantages");
  }

  /** Every loss type stands in the cases on policy, off policy, split, and in part. */
  @Test
  void cases_coverAllLossTypes() {
    for (LossType type : LossType.values()) {
      String name = type.name().toLowerCase(Locale.ROOT);
      assertThat(cases().map(each -> (String) each.get()[0]).toList())
          .contains(
              "on policy " + name,
              "off policy " + name,
              "two micro-batches " + name,
              "part of a generation " + name,
              "sequence corrected kl " + name);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void loss_andDerivatives_equalTrl(String name, JsonNode golden) {
    GrpoLossConfig config = config(golden.get("settings"));
    Update update = new Update(config, golden.get("micro_batches"), golden.get("update_tokens"));
    PolicyStatistics statistics = update.check(config.entropyBonus().entropyCoef());
    Map<String, Double> metrics = statistics.loss().metrics();
    for (var metric : golden.get("metrics").properties()) {
      double expected = metric.getValue().asDouble();
      double actual =
          switch (metric.getKey()) {
            case "policy_loss" -> statistics.policyLoss();
            case "entropy_coef" -> config.entropyBonus().entropyCoef();
            default -> metrics.get(metric.getKey());
          };
      boolean ofSingles = metric.getKey().contains("clip"); // TRL takes these in float32
      assertThat(actual).as(metric.getKey()).isCloseTo(expected, within(ofSingles ? 1e-7 : 1e-12));
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("adaptive")
  void entropyControl_overUpdates_equalsTrl(String name, JsonNode golden) {
    GrpoLossConfig config = config(golden.get("settings"));
    EntropyControl control = EntropyControl.start(config.entropyBonus());
    for (JsonNode update : golden.get("updates")) {
      JsonNode alone = new ObjectMapper().createArrayNode().add(update);
      PolicyStatistics statistics =
          new Update(config, alone, new ObjectMapper().getNodeFactory().numberNode(13))
              .check(control.applied(config.entropyBonus()));
      control = control.after(statistics.keptEntropy(), config.entropyBonus());
      assertThat(control.coef()).isCloseTo(update.get("entropy_coef").asDouble(), within(1e-12));
    }
    assertThat(control.coef()).isNotEqualTo(config.entropyBonus().entropyCoef());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("advantages")
  void advantages_equalTrl(String name, JsonNode golden) {
    int groupSize = golden.get("num_generations").asInt();
    double[] weights = doubles(golden.get("weights"));
    double[][] rewards =
        golden.get("rewards").valueStream().map(GrpoGoldenTest::doubles).toArray(double[][]::new);
    double[] actual =
        golden.get("aggregation").asText().equals("normalize_then_sum")
            ? GroupAdvantage.normalizeThenSum(rewards, weights, groupSize)
            : GroupAdvantage.of(
                sums(rewards, weights),
                groupSize,
                GroupAdvantage.Scale.valueOf(
                    golden.get("scale").asText().toUpperCase(Locale.ROOT)));
    assertThat(actual).containsExactly(doubles(golden.get("advantages")), within(1e-12));
  }

  private static double[] sums(double[][] rewards, double[] weights) {
    double[] sums = new double[rewards[0].length];
    for (int i = 0; i < sums.length; i++) {
      boolean said = false;
      for (int k = 0; k < weights.length; k++) {
        boolean says = !Double.isNaN(rewards[k][i]);
        sums[i] += says ? weights[k] * rewards[k][i] : 0;
        said |= says;
      }
      sums[i] = said ? sums[i] : Double.NaN;
    }
    return sums;
  }

  /** An update of micro-batches, each a pass. */
  private record Update(GrpoLossConfig config, JsonNode microBatches, JsonNode tokens) {

    /** Holds loss and derivatives against TRL's. */
    PolicyStatistics check(double entropyCoef) {
      GrpoLoss.Objective objective = config.objective();
      int[] lengths =
          microBatches
              .valueStream()
              .flatMapToInt(
                  each -> Arrays.stream(doubles(each.get("lengths"))).mapToInt(n -> (int) n))
              .toArray();
      double[] updateTokens = new double[lengths.length];
      Arrays.fill(updateTokens, tokens.asDouble());
      int each = lengths.length / microBatches.size();
      double[] weights =
          config
              .lossType()
              .weights(
                  new LossType.Batch(
                      lengths, updateTokens, each, GOLDEN.get("max_completion_length").asInt()));
      PolicyStatistics statistics = new PolicyStatistics(objective);
      double expected = 0;
      for (int m = 0; m < microBatches.size(); m++) {
        double[] own = Arrays.copyOfRange(weights, m * each, (m + 1) * each);
        expected += microBatches.get(m).get("loss").asDouble();
        check(objective, microBatches.get(m), own, entropyCoef, statistics);
      }
      assertThat(statistics.loss().value()).isCloseTo(expected, within(1e-12));
      return statistics;
    }

    private void check(
        GrpoLoss.Objective objective,
        JsonNode golden,
        double[] weights,
        double entropyCoef,
        PolicyStatistics statistics) {
      double[] lengths = doubles(golden.get("lengths"));
      int[] completion =
          IntStream.range(0, lengths.length)
              .flatMap(c -> IntStream.generate(() -> c).limit((long) lengths[c]))
              .toArray();
      double[] logProbs = doubles(golden.get("logps"));
      double[] entropies = doubles(golden.get("entropies"));
      double least = objective.leastEntropy(entropies);
      boolean[] kept = new boolean[entropies.length];
      for (int i = 0; i < kept.length; i++) {
        kept[i] = entropies[i] >= least;
      }
      GrpoLoss.Forward forward = new GrpoLoss.Forward(logProbs, kept);
      double[] entropyWeights = new double[lengths.length];
      Arrays.fill(entropyWeights, entropyCoef / (microBatches.size() * (double) forward.count()));
      GrpoLoss.Tokens tokens =
          new GrpoLoss.Tokens(
              completion,
              doubles(golden.get("advantages")),
              weights,
              entropyWeights,
              Optional.ofNullable(doubles(golden.get("old"))),
              Optional.ofNullable(doubles(golden.get("ref"))));
      boolean isNeeded = objective.needsForward(tokens.oldLogProbs().isEmpty());
      GrpoLoss loss =
          new GrpoLoss(objective, tokens, isNeeded ? Optional.of(forward) : Optional.empty());
      double[] derivatives =
          IntStream.range(0, logProbs.length).mapToDouble(i -> loss.of(i, logProbs[i])).toArray();
      assertThat(derivatives).containsExactly(doubles(golden.get("gradient")), within(1e-12));
      double[] ofEntropies =
          IntStream.range(0, logProbs.length)
              .mapToDouble(i -> loss.ofEntropy(i, entropies[i]))
              .toArray();
      double[] expected = doubles(golden.get("entropy_gradient"));
      assertThat(ofEntropies)
          .containsExactly(
              expected == null ? new double[ofEntropies.length] : expected, within(1e-12));
      statistics.add(
          loss,
          new TokenScores(
              logProbs, new double[logProbs.length], entropies, new boolean[logProbs.length]));
    }
  }

  private static GrpoLossConfig config(JsonNode settings) {
    List<String> arguments = new ArrayList<>();
    if (!settings.has("use_bias_correction_kl")) {
      arguments.add("--use_bias_correction_kl=false");
    }
    settings
        .properties()
        .forEach(entry -> arguments.add("--" + entry.getKey() + "=" + entry.getValue().asText()));
    return ConfigReader.parse("golden", "", arguments, GrpoLossConfig.class).config();
  }

  /** Numbers of a list, or of a list of lists, NaN for null; null for no list. */
  private static double[] doubles(JsonNode node) {
    if (node.isNull()) {
      return null;
    }
    return node.valueStream()
        .flatMap(each -> each.isArray() ? each.valueStream() : Stream.of(each))
        .mapToDouble(each -> each.isNull() ? Double.NaN : each.asDouble())
        .toArray();
  }
}
