package dev.terse.doctor.measure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terse.doctor.DoctorHarness;
import dev.terse.doctor.Finding;
import dev.terse.doctor.Finding.Level;
import dev.terse.doctor.Method;
import dev.terse.doctor.check.Checks.Dear;
import dev.terse.model.tokenizer.Tokenizer;
import dev.terse.reward.Gate;
import dev.terse.reward.RewardTerm;
import dev.terse.reward.Rubric;
import dev.terse.reward.Sample;
import dev.terse.reward.Score;
import dev.terse.rollout.Completion;
import dev.terse.rollout.FinishReason;
import dev.terse.rollout.Group;
import dev.terse.rollout.Prompt;
import dev.terse.testkit.SharedData;
import dev.terse.trainer.data.CompletionReading;
import dev.terse.trainer.data.Problem;
import dev.terse.trainer.grpo.episode.Judge;
import dev.terse.trainer.metrics.Phases;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SamplesCheckTest {
  /**
   * Works out sums and products, leaves out some steps, and is right in about half of its draws.
   */
  private static final Path SKIPS = SharedData.projectRoot().resolve("checkpoints/arithmetic-skip");

  @TempDir Path folder;

  @Test
  void samples_ofAModelThatLearns_areMixedAndPaid_andTheStepIsTimed() throws IOException {
    DoctorHarness doctor = new DoctorHarness(folder);
    List<Finding> verdicts =
        doctor.examine(
            Method.GRPO,
            new Dear(16, true, Phases.QUIET),
            "model_name_or_path: " + SKIPS,
            "dataset_name: "
                + SharedData.projectRoot().resolve("configs/arithmetic/problems-train.jsonl"),
            "output_dir: " + folder.resolve("out"),
            "max_completion_length: 160",
            "per_device_train_batch_size: 32");
    assertThat(verdicts).extracting(Finding::level).doesNotContain(Level.PROBLEM);
    assertThat(found(verdicts, "samples").found()).startsWith("16 completions of 4 problems, ");
    assertThat(found(verdicts, "groups").found()).contains(" of 4 groups of 4 have rewards that");
    assertThat(found(verdicts, "reward").details())
        .hasSize(16)
        .allSatisfy(
            line ->
                assertThat(line).contains("accuracy ", "skip_share ", "token_saving ", "reward "));
    assertThat(found(verdicts, "reward can pay").level()).isEqualTo(Level.OK);
    Finding time = found(verdicts, "time");
    assertThat(time.found()).matches("an update takes about .*, the run of 48 updates about .*");
    assertThat(time.details().get(0))
        .contains("32 completions of", "measured on 16 steps of 32 sequences");
    assertThat(time.details().get(1)).startsWith("forward and backward ");
    assertThat(time.details()).anyMatch(line -> line.startsWith("optimizer "));
  }

  @Test
  void samples_thatAreAllCut_areAProblem() throws IOException {
    DoctorHarness doctor = new DoctorHarness(folder);
    Path data = doctor.problems("train.jsonl", 0, 64);
    List<Finding> verdicts =
        doctor.examine(
            Method.GRPO,
            new Dear(4, false, Phases.QUIET),
            doctor.with(data, "max_completion_length: 3"));
    Finding verdict = found(verdicts, "samples");
    assertThat(verdict.level()).isEqualTo(Level.PROBLEM);
    assertThat(verdict.line())
        .contains("4 are cut at max_completion_length 3", "do: raise max_completion_length");
    assertThat(found(verdicts, "groups").line())
        .contains("0 of 2 groups of 2", "do: easier problems");
    assertThat(verdicts).extracting(Finding::subject).doesNotContain("time");
  }

  @Test
  void time_ofSft_isThatOfTheMeanUpdate() throws IOException {
    DoctorHarness doctor = new DoctorHarness(folder);
    List<Finding> verdicts =
        doctor.examine(
            Method.SFT,
            new Dear(16, true, Phases.QUIET),
            doctor.with(doctor.sums("train.jsonl", 0, 100)));
    assertThat(found(verdicts, "time").found()).contains("the run of 39 updates about ");
    assertThat(found(verdicts, "time").details().get(0)).contains("in 8 rows of the first update");
    assertThat(verdicts).extracting(Finding::subject).doesNotContain("samples");
  }

  @Test
  void weights_thatDoNotFit_areNotLoaded() throws IOException {
    DoctorHarness doctor = new DoctorHarness(folder);
    Path config =
        doctor.write(
            "huge.json",
            """
            {"model_type": "llama", "vocab_size": 303, "hidden_size": 16384,
             "intermediate_size": 53248, "num_hidden_layers": 8, "num_attention_heads": 128,
             "num_key_value_heads": 8, "max_position_embeddings": 512, "rms_norm_eps": 1e-5}
            """);
    List<Finding> verdicts =
        doctor.examine(
            Method.SFT,
            new Dear(0, true, Phases.QUIET),
            "model_init: " + config,
            "tokenizer_path: " + DoctorHarness.MODEL,
            "dataset_name: " + doctor.sums("train.jsonl", 0, 100),
            "output_dir: " + folder.resolve("out"));
    assertThat(found(verdicts, "time").line())
        .isEqualTo("time: not looked at, for want of memory to load the weights");
  }

  @Test
  void reward_thatCannotPay_isAProblem() {
    try (Tokenizer tokenizer = Tokenizer.load(DoctorHarness.MODEL)) {
      Samples unpaid = samples(tokenizer, false, "So it is 4.", "The answer is 4.");
      assertThat(SamplesCheck.pays(unpaid, true))
          .singleElement()
          .satisfies(
              verdict -> {
                assertThat(verdict.level()).isEqualTo(Level.PROBLEM);
                assertThat(verdict.line())
                    .contains("0 of 2 completions closed their thinking by </think>")
                    .contains("set thinking: before_answer");
              });
      Samples paid = samples(tokenizer, true, "<think>2+2</think> 4", "<think>2+2</think> 4");
      assertThat(SamplesCheck.pays(paid, true).get(0).line()).contains("earn the same");
      Samples wrong = samples(tokenizer, false, "<think>2+2</think> 5", "5");
      assertThat(SamplesCheck.pays(wrong, true))
          .extracting(Finding::level)
          .containsExactly(Level.NOTE);
    }
  }

  @Test
  void reward_thatFails_isAProblemWithItsCause() {
    RewardTerm broken =
        new RewardTerm() {
          @Override
          public String name() {
            return "mine";
          }

          @Override
          public double of(Sample sample) {
            throw new IllegalStateException("no such column");
          }
        };
    try (Tokenizer tokenizer = Tokenizer.load(DoctorHarness.MODEL);
        Rubric rubric = new Rubric(List.of(new Rubric.Weighted(broken, 1)), Gate.NONE, broken)) {
      Samples samples = samples(tokenizer, false, "4", "5");
      for (int i = 0; i < 2; i++) {
        rubric.score(samples.rewards().get(i).reading().sample(samples.problem(i)));
      }
      Finding verdict = SamplesCheck.terms(samples, rubric);
      assertThat(verdict.level()).isEqualTo(Level.PROBLEM);
      assertThat(verdict.line())
          .contains("2 of 2 completions have no reward", "reward 'mine' failed", "no such column");
    }
  }

  @Test
  void time_isToldInTheUnitThatSuits() {
    assertThat(TimeCheck.words(0.034)).isEqualTo("0.034 s");
    assertThat(TimeCheck.words(6.81)).isEqualTo("6.8 s");
    assertThat(TimeCheck.words(42.4)).isEqualTo("42 s");
    assertThat(TimeCheck.words(1200)).isEqualTo("20 min");
    assertThat(TimeCheck.words(9000)).isEqualTo("2.5 h");
    assertThat(TimeCheck.words(1e6)).isEqualTo("12 days");
  }

  /** One problem, 2+2, with these completions, all of which are judged alike. */
  private static Samples samples(Tokenizer tokenizer, boolean right, String... texts) {
    List<Completion> completions = new ArrayList<>();
    List<Judge.Reward> rewards = new ArrayList<>();
    for (String text : texts) {
      int[] ids = tokenizer.encode(text);
      completions.add(new Completion(ids, new float[ids.length], FinishReason.STOP));
      Score score = new Score(right ? 1 : 0, Map.of("accuracy", right ? 1.0 : 0.0), right);
      rewards.add(new Judge.Reward(CompletionReading.of(text, tokenizer), score));
    }
    Prompt prompt = new Prompt(0, tokenizer.encode("2+2"));
    Problem problem = new Problem("p", "2+2", "4", prompt);
    return new Samples(List.of(problem), List.of(new Group(prompt, completions)), rewards, 1);
  }

  private static Finding found(List<Finding> verdicts, String subject) {
    return verdicts.stream()
        .filter(verdict -> verdict.subject().equals(subject))
        .findFirst()
        .orElseThrow(() -> new AssertionError(subject + " is not among " + verdicts));
  }
}
