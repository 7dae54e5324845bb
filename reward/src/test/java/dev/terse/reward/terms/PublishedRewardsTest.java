package dev.terse.reward.terms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.terse.answers.AnswerCheck;
import dev.terse.answers.extract.AnswerPolicy;
import dev.terse.reward.BatchReward;
import dev.terse.reward.Gate;
import dev.terse.reward.RewardTerm;
import dev.terse.reward.Rubric;
import dev.terse.reward.Sample;
import dev.terse.reward.terms.published.BatchLength;
import dev.terse.reward.terms.published.CharacterCosine;
import dev.terse.reward.terms.published.PublishedAccuracy;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** TRL's and open-r1's rewards against values by their definitions (make_published_rewards.py). */
class PublishedRewardsTest {

  /** Right where the fixture says so: gold is "right" or "wrong". */
  private record Told() implements RewardTerm {
    @Override
    public String name() {
      return "told";
    }

    @Override
    public double of(Sample sample) {
      return sample.gold() == null ? Double.NaN : sample.gold().equals("right") ? 1 : 0;
    }
  }

  private static final RewardSettings SETTINGS =
      RewardSettings.of(
          Map.of(
              "ngram_size",
              2,
              "max_penalty",
              -0.5,
              "max_completion_len",
              20,
              "soft_punish_cache",
              8));

  private static Map<String, RewardTerm> terms() {
    Map<String, RewardTerm> terms = new LinkedHashMap<>();
    for (String name :
        List.of(
            "think_format_reward",
            "format_reward",
            "code_format_reward",
            "tag_count_reward",
            "reasoning_steps_reward",
            "repetition_penalty",
            "get_repetition_penalty_reward",
            "get_soft_overlong_punishment")) {
      terms.put(name, RewardTerms.byName(name, SETTINGS));
    }
    terms.put("cosine", new CharacterCosine(new Told(), 40, 0, -0.5, 0.5, 1));
    terms.put("get_cosine_scaled_reward", PublishedTerms.cosine("cosine", new Told(), SETTINGS));
    terms.put("length", new BatchLength(new Told()));
    return terms;
  }

  @Test
  void values_ofEveryReward_areThoseOfItsDefinition() throws IOException {
    Map<String, RewardTerm> terms = terms();
    ObjectMapper json = new ObjectMapper();
    int compared = 0;
    try (var in =
        new BufferedReader(
            new InputStreamReader(
                getClass().getResourceAsStream("/published-rewards.jsonl"),
                StandardCharsets.UTF_8))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        JsonNode row = json.readTree(line);
        List<Sample> batch = new ArrayList<>();
        for (int i = 0; i < row.get("texts").size(); i++) {
          int[] ids = json.convertValue(row.get("ids").get(i), int[].class);
          String gold = row.get("right").get(i).asBoolean() ? "right" : "wrong";
          batch.add(new Sample(row.get("texts").get(i).asText(), gold, ids, true, 0, 0, 0));
        }
        for (Map.Entry<String, RewardTerm> term : terms.entrySet()) {
          double[] expected = json.convertValue(row.get(term.getKey()), double[].class);
          double[] values =
              term.getValue() instanceof BatchReward together
                  ? together.of(batch)
                  : batch.stream().mapToDouble(term.getValue()::of).toArray();
          assertThat(values)
              .as(term.getKey() + " " + line)
              .containsExactly(expected, within(1e-12));
          compared += values.length;
        }
      }
    }
    assertThat(compared).isEqualTo(60 * 5 * terms.size());
  }

  /** What is logged has the name of TRL's function, as in TRL. */
  @ParameterizedTest
  @CsvSource({
    "accuracy_reward, accuracy_reward",
    "reasoning_accuracy_reward, reasoning_accuracy_reward",
    "get_soft_overlong_punishment, soft_overlong_punishment_reward",
    "soft_overlong_punishment, soft_overlong_punishment_reward",
    "get_cosine_scaled_reward, cosine_scaled_reward",
    "cosine, cosine_scaled_reward",
    "repetition_penalty, repetition_penalty_reward",
    "format, format_reward",
    "length, len_reward",
    "tag_count, tag_count_reward",
    "reasoning_steps, reasoning_steps_reward",
    "code_format, code_format_reward"
  })
  void name_ofAnEntry_isItsFunctions(String entry, String function) {
    assertThat(RewardTerms.byName(entry, RewardSettings.defaults()).name()).isEqualTo(function);
  }

  @Test
  void byName_everyPublishedName_givesATerm() {
    for (String name : PublishedTerms.NAMES) {
      assertThat(RewardTerms.byName(name, RewardSettings.defaults()).name()).isNotBlank();
    }
  }

  /** TRL's command line has 1280 and 256, open-r1 16384 and 4096; what is set holds for both. */
  @Test
  void softOverlong_withoutSettings_hasTheLengthsOfItsName() {
    RewardTerm trl = RewardTerms.byName("get_soft_overlong_punishment", RewardSettings.defaults());
    assertThat(trl.of(Samples.of("", "5", 1024))).isZero();
    assertThat(trl.of(Samples.of("", "5", 1152))).isEqualTo(-0.5);
    RewardTerm openR1 = RewardTerms.byName("soft_overlong_punishment", RewardSettings.defaults());
    assertThat(openR1.of(Samples.of("", "5", 12_288))).isZero();
    assertThat(openR1.of(Samples.of("", "5", 14_336))).isEqualTo(-0.5);
    var set = RewardSettings.of(Map.of("max_completion_len", 100, "soft_punish_cache", 20));
    assertThat(RewardTerms.byName("get_soft_overlong_punishment", set).of(Samples.of("", "5", 90)))
        .isEqualTo(-0.5);
    assertThatThrownBy(
            () ->
                RewardTerms.byName(
                    "get_soft_overlong_punishment",
                    RewardSettings.of(Map.of("soft_punish_cache", 2000))))
        .hasMessageContaining("soft_punish_cache must be in [0, max_completion_len 1280]");
  }

  @ParameterizedTest
  @CsvSource({
    "'My answer is \\boxed{\\frac{1}{3}}', '\\frac{1}{3}', 1, 0",
    "'<think> \\boxed{\\frac{1}{2}} </think> It is \\boxed{\\frac{1}{3}}', '\\frac{1}{3}', 1, 1",
    "'<think> x </think> It is \\boxed{\\frac{1}{2}}', '\\frac{1}{3}', 0, 0",
    "'<think> \\boxed{\\frac{1}{3}}', '\\frac{1}{3}', 1, 0"
  })
  void accuracy_ofTrlsExamples_isTrls(
      String completion, String gold, double accuracy, double reasoning) {
    Sample sample = Samples.of(completion, gold);
    RewardSettings defaults = RewardSettings.defaults();
    assertThat(RewardTerms.byName("accuracy_reward", defaults).of(sample)).isEqualTo(accuracy);
    assertThat(RewardTerms.byName("reasoning_accuracy_reward", defaults).of(sample))
        .isEqualTo(reasoning);
  }

  @Test
  void goldThatIsNotUnderstood_isSkippedOrPaidAsDefined() {
    var accuracy = new PublishedAccuracy("a", new AnswerCheck(AnswerPolicy.TRL));
    Sample sample = Samples.of("\\boxed{7}", null);
    assertThat(accuracy.of(sample)).isNaN();
    assertThat(new CharacterCosine(accuracy, 10, 0, -0.5, 0.5, 1).of(sample)).isEqualTo(1);
    assertThat(new BatchLength(accuracy).of(List.of(sample, Samples.of("longer than that", null))))
        .containsExactly(0.5, -0.5);
    assertThat(new BatchLength(accuracy).of(sample)).isZero();
  }

  @Test
  void programs_ofTheModel_areRefused() {
    assertThatThrownBy(
            () ->
                RewardTerms.rubric(
                    List.of("code", "format", "ioi_code"), List.of(), RewardSettings.defaults()))
        .hasMessageContaining(
            "reward_funcs code, ioi_code would run programs that the model writes");
  }

  @Test
  void functions_ofPython_areToldHowToRun() {
    assertThatThrownBy(
            () ->
                RewardTerms.rubric(
                    List.of("my_lib.rewards.f"), List.of(), RewardSettings.defaults()))
        .hasMessage(
            "reward_funcs my_lib.rewards.f is none of ours. A Python function is run in a process of"
                + " its own: \"command:python examples/trl_reward.py my_lib.rewards.f\"; a Java"
                + " class is named as class:my_lib.rewards.f");
  }

  /** A term that compares fails for all, or for none. */
  @Test
  void rubric_ofABatch_comparesItAndHoldsFaults() {
    Rubric rubric =
        new Rubric(
            List.of(
                new Rubric.Weighted(new BatchLength(new Told()), 2),
                new Rubric.Weighted(new Told(), 1)),
            Gate.NONE,
            new Told());
    List<Sample> batch =
        List.of(Samples.of("ab", "right"), Samples.of("abcd", "wrong"), Samples.of("", "right"));
    assertThat(rubric.score(batch).stream().mapToDouble(s -> s.total()).toArray())
        .containsExactly(1, -1, 2);
    assertThat(rubric.names()).containsExactly("len_reward", "told");

    BatchReward broken =
        new BatchReward() {
          @Override
          public String name() {
            return "broken";
          }

          @Override
          public double[] of(List<Sample> samples) {
            return new double[samples.size() - 1];
          }
        };
    Rubric failing =
        new Rubric(
            List.of(new Rubric.Weighted(broken, 1), new Rubric.Weighted(new Told(), 1)),
            Gate.NONE,
            new Told());
    assertThat(failing.score(batch)).allMatch(score -> Double.isNaN(score.total()));
    assertThat(failing.failures().count()).isEqualTo(3);
    assertThat(failing.failures().firstCause())
        .isEqualTo("reward 'broken' gave 2 values for 3 completions");
    assertThat(IntStream.range(0, 3).mapToObj(i -> failing.score(batch).get(i).correct()))
        .containsExactly(true, false, true);
  }
}
