package dev.terse.trainer.grpo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.terse.engine.Engine;
import dev.terse.engine.reference.ReferenceEngine;
import dev.terse.model.folder.ModelFolder;
import dev.terse.testkit.TinyModels;
import dev.terse.trainer.config.ConfigReader;
import dev.terse.trainer.eval.EvalRecord;
import dev.terse.trainer.fixtures.MemorySink;
import dev.terse.trainer.grpo.episode.CompletionLog;
import dev.terse.trainer.loop.RunStoppedException;
import dev.terse.trainer.loop.StopSignal;
import dev.terse.trainer.metrics.Phases;
import dev.terse.trainer.sft.SftConfig;
import dev.terse.trainer.sft.SftRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GrpoRunTest {
  @TempDir private static Path shared;
  @TempDir private Path folder;
  private MemorySink sink;

  /** A policy whose completions end, at various lengths: a random one never does. */
  @BeforeAll
  static void policy() throws IOException {
    StringBuilder lines = new StringBuilder();
    for (String completion : List.of("abbea", "eabab", "b", "aebea", "bae")) {
      lines.append("{\"prompt\":[{\"role\":\"user\",\"content\":\"1+1\"}],\"completion\":\"");
      lines.append(completion).append("\"}\n");
    }
    sft("policy", lines.toString(), 12);
  }

  private static void sft(String name, String rows, int updates) throws IOException {
    Path data = Files.writeString(shared.resolve(name + ".jsonl"), rows);
    List<String> arguments =
        List.of(
            "--model_name_or_path=" + TinyModels.folder("llama"),
            "--dataset_name=" + data,
            "--output_dir=" + shared.resolve(name),
            "--skip_token=e",
            "--learning_rate=2e-2",
            "--max_steps=" + updates,
            "--save_strategy=no");
    try (Engine engine = new ReferenceEngine()) {
      new SftRun(
              ConfigReader.read(null, arguments, SftConfig.class),
              engine,
              new MemorySink(),
              Phases.QUIET)
          .run(new StopSignal());
    }
  }

  @BeforeEach
  void problems() throws IOException {
    sink = new MemorySink();
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 6; i++) {
      lines.append("{\"question\":\"").append(i).append("+1\",\"answer\":\"so\\n#### ");
      lines.append(i + 1).append("\"}\n");
    }
    Files.writeString(folder.resolve("problems.jsonl"), lines);
  }

  private int run(String name, String... more) throws IOException {
    return run(name, Phases.QUIET, new StopSignal(), more);
  }

  private int run(String name, Phases phases, StopSignal stop, String... more) throws IOException {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--model_name_or_path=" + shared.resolve("policy"),
                "--dataset_name=" + folder.resolve("problems.jsonl"),
                "--output_dir=" + folder.resolve(name),
                "--per_device_train_batch_size=2",
                "--gradient_accumulation_steps=2",
                "--num_generations=4",
                "--max_completion_length=8",
                // A letter stands for the mark, so that the policy draws some.
                "--skip_token=e",
                "--learning_rate=1e-2",
                "--lr_scheduler_type=constant",
                "--reward_funcs=[token_saving, accuracy]",
                "--reward_settings={tau_length: 10}",
                "--logging_steps=1",
                "--gradient_checkpointing=false",
                "--max_steps=3"));
    Arrays.stream(more)
        .flatMap(each -> Arrays.stream(each.split(" (?=--)")))
        .forEach(arguments::add);
    try (Engine engine = new ReferenceEngine()) {
      return new GrpoRun(ConfigReader.read(null, arguments, GrpoConfig.class), engine, sink, phases)
          .run(stop);
    }
  }

  /** T17: with beta the start is read again at each resume, as the reference. */
  @Test
  void resume_onAnotherReference_isRefusedByItsName() throws IOException {
    Path policy = folder.resolve("policy");
    try (Engine engine = new ReferenceEngine();
        ModelFolder model = ModelFolder.load(shared.resolve("policy"), engine)) {
      model.save(policy);
    }
    String start = "--model_name_or_path=" + policy;
    run("out", start, "--beta=0.1", "--save_steps=1", "--max_steps=1");
    Path weights = policy.resolve("model.safetensors");
    byte[] bytes = Files.readAllBytes(weights);
    bytes[bytes.length - 2] ^= 0x10;
    Files.write(weights, bytes);
    String resume = "--resume_from_checkpoint=true";
    assertThatThrownBy(() -> run("out", start, "--beta=0.1", resume))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the model of model_name_or_path changed (CRC ")
        .hasMessageContaining("set resume_anyway to go on all the same");
    assertThat(run("out", start, "--beta=0.1", resume, "--resume_anyway")).isEqualTo(3);
  }

  /** Keys of vLLM and transformers for what more ends a completion. */
  @Test
  void generationKwargs_ofEnds_areCheckedAndTaken() throws IOException {
    String ids = "--generation_kwargs={stop_token_ids: [1, 2], stop: 'b'}";
    assertThat(run("out", ids, "--max_steps=1")).isEqualTo(1);
    assertThatThrownBy(() -> run("bad", "--generation_kwargs={top_p: 0.9}"))
        .hasMessageContaining("generation_kwargs takes stop, stop_strings and stop_token_ids")
        .hasMessageContaining("found 'top_p'; temperature, top_p, top_k, min_p");
    assertThatThrownBy(() -> run("bad", "--generation_kwargs={stop_token_ids: end}"))
        .hasMessageContaining("stop_token_ids must be token ids, was 'end'");
  }

  @Test
  void run_onPolicy_logsTrlNamesAndRatioIsExactlyOne() throws IOException {
    assertThat(run("out")).isEqualTo(3);
    assertThat(sink.names(1))
        .contains(
            "train/loss",
            "train/grad_norm",
            "train/learning_rate",
            "train/epoch",
            "train/num_tokens",
            "train/step_time",
            "train/rollout_time",
            "train/completions/mean_length",
            "train/completions/min_length",
            "train/completions/max_length",
            "train/completions/mean_terminated_length",
            "train/completions/min_terminated_length",
            "train/completions/max_terminated_length",
            "train/completions/clipped_ratio",
            "train/rewards/token_saving/mean",
            "train/rewards/token_saving/std",
            "train/reward",
            "train/reward_std",
            "train/frac_reward_zero_std",
            "train/entropy",
            "train/clip_ratio/region_mean",
            "train/clip_ratio/low_mean",
            "train/clip_ratio/low_min",
            "train/clip_ratio/high_mean",
            "train/clip_ratio/high_max",
            "train/sampling/sampling_logp_difference/mean",
            "train/sampling/sampling_logp_difference/max",
            "train/groups/all_right",
            "train/groups/all_wrong",
            "train/groups/mixed",
            "train/compression/skip_ratio",
            "train/compression/skip_count",
            "train/compression/steps",
            "train/compression/think_tokens",
            "train/compression/answer_tokens",
            "train/compression/longest_skip_run",
            "train/compression/all_skip_frac",
            "train/compression/acc_per_1k_tokens")
        .doesNotContain("train/kl");
    assertThat(sink.values("train/ratio/min")).containsOnly(1.0);
    assertThat(sink.values("train/ratio/max")).containsOnly(1.0);
    assertThat(sink.values("train/sampling/sampling_logp_difference/max"))
        .allMatch(difference -> difference < 1e-5);
    assertThat(sink.values("train/grad_norm").get(0)).isPositive();
    assertThat(folder.resolve("out/completions/completions_00001.jsonl")).exists();
    assertThat(sink.texts().get(0)).contains("+1", "reward", "advantage");
  }

  @Test
  void reward_forShortCompletions_makesThemShorter() throws IOException {
    run("out", "--max_steps=12", "--per_device_train_batch_size=8", "--learning_rate=2e-2");
    List<Double> rewards = sink.values("train/rewards/token_saving/mean");
    double begin = rewards.subList(0, 3).stream().mapToDouble(r -> r).average().orElseThrow();
    double end = rewards.subList(9, 12).stream().mapToDouble(r -> r).average().orElseThrow();
    assertThat(end).isGreaterThan(begin + 0.05);
  }

  @Test
  void run_severalIterations_movesTheRatioAwayFromOne() throws IOException {
    run("out", "--num_iterations=2", "--max_steps=2");
    assertThat(sink.values("train/ratio/max").get(0)).isCloseTo(1, within(1e-9));
    assertThat(sink.values("train/ratio/max").get(1)).isGreaterThan(1.001);
  }

  @Test
  void run_withBeta_measuresTheDistanceFromTheStart() throws IOException {
    run("out", "--beta=0.1", "--max_steps=3");
    List<Double> kl = sink.values("train/kl");
    assertThat(kl.get(0)).isCloseTo(0, within(1e-12));
    assertThat(kl.get(2)).isPositive();
  }

  @ParameterizedTest
  @ValueSource(strings = {"grpo", "dapo", "dr_grpo"})
  void gradient_otherMicroBatch_isTheSame(String lossType) throws IOException {
    run("two", "--max_steps=1", "--loss_type=" + lossType);
    double two = sink.values("train/grad_norm").get(0);
    sink = new MemorySink();
    run(
        "four",
        "--max_steps=1",
        "--loss_type=" + lossType,
        "--per_device_train_batch_size=1",
        "--gradient_accumulation_steps=4");
    assertThat(sink.values("train/grad_norm").get(0)).isCloseTo(two, within(1e-12)).isPositive();
  }

  @ParameterizedTest
  @ValueSource(strings = {"grpo", "dapo", "dr_grpo", "bnpo"})
  void gradient_otherPasses_isTheSame(String lossType) throws IOException {
    MemorySink whole = firstUpdate(lossType, 0);
    MemorySink passes = firstUpdate(lossType, 1);
    for (String name : List.of("train/loss", "train/grad_norm", "train/kl", "train/entropy")) {
      assertThat(passes.values(name).get(0)).isCloseTo(whole.values(name).get(0), within(1e-12));
    }
    assertThat(passes.values("train/grad_norm").get(0)).isPositive();
  }

  /** With everything that is scored before an update. */
  private MemorySink firstUpdate(String lossType, int tokensPerPass) throws IOException {
    sink = new MemorySink();
    run(
        "passes-" + tokensPerPass,
        "--loss_type=" + lossType,
        "--max_tokens_per_pass=" + tokensPerPass,
        "--beta=0.05",
        "--num_iterations=2",
        "--mask_truncated_completions=true",
        "--max_steps=1");
    return sink;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--num_iterations=1",
        "--num_iterations=2",
        "--steps_per_generation=4",
        "--steps_per_generation=2 --gradient_accumulation_steps=4 --scale_rewards=batch",
        "--beta=0.05",
        "--use_adaptive_entropy=true --entropy_coef=0.1 --entropy_target=9",
        "--top_entropy_quantile=0.5 --loss_type=luspo --importance_sampling_level=sequence"
            + " --num_iterations=2 --beta=0.05 --multi_objective_aggregation=normalize_then_sum",
        "--loss_type=vespo --num_iterations=2 --off_policy_mask_threshold=0.001",
        "--beta=0.05 --sync_ref_model=true --ref_model_sync_steps=2 --num_iterations=2",
        "--repetition_penalty=1.3",
        "--length_penalty=[{rule: group_relative, weight: 0.5}, {rule: zmad, channel: thinking}]"
            + " --max_completion_length_stages={1: 6, 2: 4} --reward_funcs=[accuracy, token_saving]"
            + " --num_iterations=2",
        "--advantage=none --beta=1 --teacher_prompt_suffix=abba --sync_ref_model=true"
            + " --ref_model_mixup_alpha=1 --ref_model_sync_steps=2",
        "--advantage=drpo --loss_type=grpo --reward_funcs=[token_saving, accuracy]"
            + " --entropy_coef=0.01 --num_iterations=2 --drpo_beta=1000",
        "--use_dynamic_sampling=true --num_generations=2 --num_iterations=2"
            + " --reward_funcs=[token_saving, len_reward] --stop_properly_penalty_coef=0.5"
            + " --scale_rewards=whiten --correct_sample_advantage_boost_value=0.1"
      })
  void resume_stoppedAfterEachStep_endsWithTheSameBits(String variant) throws IOException {
    run("whole", variant, "--save_steps=1");
    assertThat(sink.values("train/grad_norm")).anyMatch(norm -> norm > 0);
    byte[] weights = state("whole", "weights.safetensors");
    byte[] moments = state("whole", "optimizer.safetensors");
    for (int stopAt = 1; stopAt < 3; stopAt++) {
      String name = "from" + stopAt;
      run(
          name,
          variant,
          "--save_steps=3",
          "--resume_from_checkpoint=" + folder.resolve("whole/checkpoint-" + stopAt));
      assertThat(state(name, "weights.safetensors")).isEqualTo(weights);
      assertThat(state(name, "optimizer.safetensors")).isEqualTo(moments);
    }
  }

  /** The teacher is the policy itself, asked for something more: before any update they differ. */
  @Test
  void teacherPrompt_isWhatTheReferenceIsAskedWith() throws IOException {
    String[] distils = {"--advantage=none", "--beta=1", "--max_steps=1"};
    run("same", distils);
    assertThat(sink.values("train/kl").get(0)).isCloseTo(0, within(1e-12));
    assertThat(sink.values("train/grad_norm").get(0)).isCloseTo(0, within(1e-12));
    sink = new MemorySink();
    run("told", with(distils, "--teacher_prompt_suffix=abba"));
    assertThat(sink.values("train/kl").get(0)).isPositive();
    assertThat(sink.values("train/grad_norm").get(0)).isPositive();
    sink = new MemorySink();
    // Adapters may follow where they are their own teacher.
    String[] follows = {"--sync_ref_model=true", "--ref_model_mixup_alpha=1"};
    run(
        "adapters",
        with(
            with(distils, follows),
            "--teacher_prompt_suffix=abba",
            "--use_peft=true",
            "--ref_model_sync_steps=1",
            "--max_steps=2"));
    assertThat(sink.values("train/kl").get(1)).isPositive();
    assertThatThrownBy(() -> run("out", "--teacher_prompt_suffix=abba"))
        .hasMessageContaining("teacher_prompt_suffix needs beta above 0");
  }

  /** Held-out problems whose accuracy, 0, is kept: the limit falls after each evaluation. */
  @Test
  void guard_tightensWhileAccuracyStays_andIsResumed() throws IOException {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 200; i++) {
      lines.append("{\"question\":\"").append(i).append("-1\",\"answer\":\"99\"}\n");
    }
    Path eval = Files.writeString(folder.resolve("eval.jsonl"), lines);
    String[] guarded = {
      "--accuracy_guard=weight",
      "--accuracy_guard_step=0.4",
      "--length_penalty={rule: pass_rate}",
      "--eval_dataset=" + eval,
      "--eval_on_start=true",
      "--eval_strategy=steps",
      "--eval_steps=1",
      "--num_generations_eval=0",
      "--save_steps=1"
    };
    run("whole", guarded);
    assertThat(sink.values("train/length_penalty/strength")).containsExactly(0.4, 0.8, 1.0);
    sink = new MemorySink();
    run(
        "from1",
        with(
            guarded,
            "--save_steps=3",
            "--resume_from_checkpoint=" + folder.resolve("whole/checkpoint-1")));
    assertThat(sink.values("train/length_penalty/strength")).containsExactly(0.8, 1.0);
    assertThat(state("from1", "weights.safetensors"))
        .isEqualTo(state("whole", "weights.safetensors"));
    assertThatThrownBy(
            () -> run("bad", with(guarded, "--eval_dataset=" + folder.resolve("problems.jsonl"))))
        .hasMessageContaining("accuracy_guard needs 200 problems or more in eval_dataset, found 6");
    assertThatThrownBy(() -> run("bad", with(guarded, "--dataset_name=" + eval)))
        .hasMessageContaining("200 of the 200 in eval_dataset are in the training set too");
    assertThatThrownBy(() -> run("bad", with(guarded, "--eval_on_start=false")))
        .hasMessageContaining("eval_on_start true or accuracy_guard_reference");
    assertThatThrownBy(() -> run("bad", "--accuracy_guard=limit"))
        .hasMessageContaining("accuracy_guard follows evaluations: give eval_dataset");
  }

  /** The guard moves the limit: a run that goes on has the limits of one that was not stopped. */
  @Test
  void guardOfTheLimit_resumed_endsWithTheSameBits_andKeepsItsEvaluations() throws IOException {
    sft(
        "boxes",
        "{\"prompt\":[{\"role\":\"user\",\"content\":\"1+1\"}],\"completion\":\"\\\\boxed{7}\"}\n"
            .repeat(4),
        30);
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 200; i++) {
      lines.append("{\"question\":\"").append(i).append("-1\",\"answer\":\"7\"}\n");
    }
    Path eval = Files.writeString(folder.resolve("eval.jsonl"), lines);
    String[] guarded = {
      "--model_name_or_path=" + shared.resolve("boxes"),
      "--max_completion_length=14",
      "--learning_rate=1e-3",
      "--accuracy_guard=limit",
      "--accuracy_guard_step=0.3",
      "--accuracy_guard_reference=0",
      "--eval_dataset=" + eval,
      "--eval_strategy=steps",
      "--eval_steps=1",
      "--num_generations_eval=0",
      "--num_iterations=2",
      "--save_steps=1"
    };
    run("whole", guarded);
    List<Double> limits = sink.values("train/completions/limit");
    assertThat(limits).hasSize(2);
    assertThat(limits.get(0)).isEqualTo(14);
    assertThat(limits.get(1)).as("right ones are shorter").isBetween(9.0, 13.0);
    double floor = sink.values("eval/accuracy_guard/floor").get(0);
    assertThat(floor).isEqualTo(sink.values("eval/completions/right_p95_length").get(0));
    assertThat(limits.get(1)).isEqualTo(Math.max(Math.ceil(0.7 * 14), floor));
    for (int stopAt = 1; stopAt < 3; stopAt++) { // within a generation, and between two
      String name = "from" + stopAt;
      sink = new MemorySink();
      run(name, with(guarded, resume("whole/checkpoint-" + stopAt)));
      assertThat(sink.values("train/completions/limit")).isEqualTo(limits.subList(1, 2));
      for (String file : List.of("weights.safetensors", "optimizer.safetensors")) {
        assertThat(state(name, file)).isEqualTo(state("whole", file));
      }
    }
    String[] again = with(guarded, resume("whole/checkpoint-1"));
    assertThatThrownBy(() -> run("other", with(again, "--eval_steps=2")))
        .hasMessageContaining("eval_steps was 1, is 2, and accuracy_guard follows the evaluations");
    assertThatThrownBy(() -> run("other", with(again, "--accuracy_guard_step=0.2")))
        .hasMessageContaining("accuracy_guard_step was 0.3, is 0.2");
    sink = new MemorySink();
    run("anyway", with(again, "--accuracy_guard_quantile=0.01", "--resume_anyway=true"));
    assertThat(sink.values("eval/accuracy_guard/floor").get(0))
        .as("the shortest right ones, not the longest")
        .isLessThanOrEqualTo(sink.values("eval/completions/right_p95_length").get(0));
    assertThatThrownBy(() -> run("other", with(again, "--accuracy_guard_quantile=0")))
        .hasMessageContaining("accuracy_guard_quantile")
        .hasMessageContaining("(0, 1]");
    run("more", with(again, "--eval_steps=2", "--resume_anyway=true", "--max_steps=2"));
  }

  /** An entropy bonus moves the policy; the bound draws it back to the one that drew. */
  @Test
  void drpoBound_holdsThePolicyNearTheOneThatDrew() throws IOException {
    String[] moving = {
      "--advantage=drpo",
      "--loss_type=grpo",
      "--reward_funcs=[token_saving, accuracy]",
      "--entropy_coef=0.5",
      "--num_iterations=3"
    };
    run("free", moving);
    double free = sink.values("train/ratio/max").get(2);
    assertThat(free).isGreaterThan(1);
    sink = new MemorySink();
    run("bound", with(moving, "--drpo_beta=100000"));
    assertThat(sink.values("train/ratio/max").get(2)).isLessThan(free);
    assertThatThrownBy(() -> run("bad", "--drpo_beta=1"))
        .hasMessageContaining("drpo_beta bounds advantage drpo; leave it out with advantage group");
  }

  @Test
  void limit_fallsInStages() throws IOException {
    run("out", "--max_completion_length_stages={1: 5, 2: 2}", "--max_steps=3");
    assertThat(sink.values("train/completions/limit")).containsExactly(8.0, 5.0, 2.0);
    List<Double> longest = sink.values("train/completions/max_length");
    assertThat(longest.get(1)).isLessThanOrEqualTo(5);
    assertThat(longest.get(2)).isLessThanOrEqualTo(2);
  }

  /** A run that is stopped between two draws of a generation draws both again, to the bit. */
  @Test
  void resume_stoppedInTheMiddleOfARefill_endsWithTheSameBits() throws IOException {
    String[] variant = {
      "--use_dynamic_sampling=true",
      "--num_generations=2",
      // Whether the first letter is the mark: two completions often earn the same.
      "--reward_funcs=[skip_ratio]",
      "--max_steps=3"
    };
    run("whole", with(variant, "--save_steps=3"));
    assertThat(sink.values("train/dynamic_sampling_num_gen_batches")).anyMatch(n -> n > 1);
    StopSignal stop = new StopSignal();
    Phases stopping =
        (name, unit, expected) -> {
          if (name.contains("refill") && !name.startsWith("rollout 1,")) {
            stop.request();
            throw new RunStoppedException("in the middle of a refill");
          }
          return Phases.QUIET.start(name, unit, expected);
        };
    int done = run("stopped", stopping, stop, with(variant, "--save_steps=3"));
    assertThat(done).isBetween(1, 2);
    run("stopped", with(variant, "--save_steps=3", "--resume_from_checkpoint=true"));
    for (String file : List.of("weights.safetensors", "optimizer.safetensors")) {
      assertThat(state("stopped", file)).isEqualTo(state("whole", file));
    }
  }

  private byte[] state(String name, String file) throws IOException {
    return Files.readAllBytes(folder.resolve(name + "/checkpoint-3/trainer_state/" + file));
  }

  @Test
  void maskTruncated_allCutOff_changesNothingAndSaysSo() throws IOException {
    run("out", "--mask_truncated_completions", "--max_completion_length=1", "--max_steps=1");
    assertThat(sink.values("train/loss").get(0)).isZero();
  }

  @Test
  void evaluation_duringTraining_countsEveryProblem() throws IOException {
    run(
        "out",
        "--max_steps=2",
        "--eval_strategy=steps",
        "--eval_steps=2",
        "--eval_dataset=" + folder.resolve("problems.jsonl"));
    assertThat(sink.values("eval/problems")).containsExactly(6.0);
    assertThat(sink.names(2)).contains("eval/accuracy", "eval/completions/mean_length");
    List<EvalRecord> records =
        EvalRecord.read(CompletionLog.evaluationFile(folder.resolve("out"), 2));
    assertThat(records).hasSize(6);
    assertThat(records.stream().mapToInt(EvalRecord::tokens).average().orElseThrow())
        .isEqualTo(sink.values("eval/completions/mean_length").get(0));
  }

  /** A reference that takes the policy over after each update is the policy that draws next. */
  @Test
  void reference_thatFollows_isThePolicy() throws IOException {
    run("still", "--beta=0.5");
    assertThat(sink.values("train/kl").get(2)).isGreaterThan(1e-6);
    sink = new MemorySink();
    String[] follows = {"--beta=0.5", "--sync_ref_model=true", "--ref_model_sync_steps=1"};
    run("follows", with(follows, "--ref_model_mixup_alpha=1"));
    assertThat(sink.values("train/kl")).allMatch(kl -> Math.abs(kl) < 1e-12);
    sink = new MemorySink();
    run("half", with(follows, "--ref_model_mixup_alpha=0.5"));
    assertThat(sink.values("train/kl").get(2)).isGreaterThan(1e-6);
    assertThatThrownBy(() -> run("out", "--sync_ref_model=true"))
        .hasMessageContaining("sync_ref_model needs beta above 0");
    assertThatThrownBy(() -> run("out", with(follows, "--use_peft=true")))
        .hasMessageContaining("sync_ref_model needs use_peft false");
  }

  @Test
  void evaluation_ofGroups_hasTrlsMetrics() throws IOException {
    run(
        "out",
        "--max_steps=2",
        "--beta=0.05",
        "--eval_strategy=steps",
        "--eval_steps=1",
        "--learning_rate=0",
        "--eval_dataset=" + folder.resolve("problems.jsonl"));
    assertThat(sink.names(2))
        .contains(
            "eval/loss",
            "eval/reward",
            "eval/reward_std",
            "eval/rewards/accuracy/mean",
            "eval/rewards/token_saving/std",
            "eval/frac_reward_zero_std",
            "eval/entropy",
            "eval/kl",
            "eval/clip_ratio/region_mean",
            "eval/sampled/mean_length",
            "eval/sampled/accuracy",
            "eval/num_tokens");
    assertThat(sink.values("eval/kl")).allMatch(kl -> Math.abs(kl) < 1e-12);
    for (String name : List.of("eval/reward", "eval/entropy", "eval/sampled/mean_length")) {
      List<Double> twice = sink.values(name); // the same policy, the same draws
      assertThat(twice.get(1)).as(name).isEqualTo(twice.get(0)).isFinite();
    }
    MemorySink both = sink;
    sink = new MemorySink();
    run(
        "greedy",
        "--max_steps=1",
        "--num_generations_eval=0",
        "--eval_strategy=steps",
        "--eval_steps=1",
        "--learning_rate=0",
        "--eval_dataset=" + folder.resolve("problems.jsonl"));
    assertThat(sink.names(1)).doesNotContain("eval/reward", "eval/loss");
    assertThat(sink.values("eval/accuracy").get(0)).isEqualTo(both.values("eval/accuracy").get(0));
  }

  @Test
  void bestModel_byAMetric_isPublishedAndRetained() throws IOException {
    run(
        "out",
        "--max_steps=5",
        "--eval_strategy=steps",
        "--eval_steps=1",
        "--save_steps=1",
        "--save_total_limit=2",
        "--load_best_model_at_end=true",
        "--metric_for_best_model=eval_entropy",
        "--greater_is_better=true",
        "--eval_dataset=" + folder.resolve("problems.jsonl"));
    List<Double> found = sink.values("eval/entropy");
    int best = 1 + found.indexOf(Collections.max(found));
    assertThat(best).as("best of %s", found).isLessThan(4); // else it is retained as a newest one
    assertThat(Files.readAllBytes(folder.resolve("out/model.safetensors")))
        .isEqualTo(
            Files.readAllBytes(folder.resolve("out/checkpoint-" + best + "/model.safetensors")))
        .isNotEqualTo(Files.readAllBytes(folder.resolve("out/checkpoint-5/model.safetensors")));
    assertThat(folder.resolve("out/checkpoint-4")).exists();
    assertThat(sink.names(5))
        .contains("train/train_loss", "train/train_samples_per_second", "train/train_runtime");
    double mean =
        sink.values("train/loss").stream().mapToDouble(loss -> loss).average().orElseThrow();
    assertThat(sink.values("train/train_loss").get(0)).isCloseTo(mean, within(1e-12));
  }

  @Test
  void checkpoints_ofStrategyBest_areThoseOfNewBests() throws IOException {
    run(
        "out",
        "--max_steps=4",
        "--eval_strategy=steps",
        "--eval_steps=1",
        "--save_strategy=best",
        "--metric_for_best_model=reward",
        "--eval_dataset=" + folder.resolve("problems.jsonl"));
    List<Double> rewards = sink.values("eval/reward");
    double best = Double.NEGATIVE_INFINITY;
    for (int step = 1; step <= 4; step++) {
      boolean isBest = rewards.get(step - 1) > best;
      best = Math.max(best, rewards.get(step - 1));
      assertThat(Files.exists(folder.resolve("out/checkpoint-" + step)))
          .as("checkpoint %d of rewards %s", step, rewards)
          .isEqualTo(isBest);
    }
  }

  /** Nothing is learnt, so nothing gets better: the third evaluation is the second without. */
  @Test
  void earlyStopping_withoutProgress_endsTheRun_alsoWhereItWasResumed() throws IOException {
    String[] early = {
      "--max_steps=6",
      "--learning_rate=0",
      "--eval_strategy=steps",
      "--eval_steps=1",
      "--save_steps=1",
      "--logging_steps=2",
      "--metric_for_best_model=reward",
      "--early_stopping_patience=2",
      "--eval_dataset=" + folder.resolve("problems.jsonl")
    };
    assertThat(run("out", early)).isEqualTo(3);
    assertThat(sink.values("eval/reward")).hasSize(3);
    assertThat(sink.names(3)).contains("train/loss", "train/eta", "train/train_tokens_per_second");
    assertThat(folder.resolve("out/checkpoint-3")).exists();
    assertThat(folder.resolve("out/model.safetensors")).exists();
    assertThat(run("again", with(early, resume("out/checkpoint-2")))).isEqualTo(3);
    for (String file :
        List.of("model.safetensors", "checkpoint-3/trainer_state/optimizer.safetensors")) {
      assertThat(folder.resolve("again").resolve(file))
          .hasSameBinaryContentAs(folder.resolve("out").resolve(file));
    }
    assertThat(run("done", with(early, resume("out/checkpoint-3")))).isEqualTo(3);
    assertThat(folder.resolve("done/model.safetensors")).exists();
    String[] longer = with(early, resume("out/checkpoint-3"), "--early_stopping_patience=4");
    assertThat(run("longer", longer)).isEqualTo(5);
  }

  private String resume(String checkpoint) {
    return "--resume_from_checkpoint=" + folder.resolve(checkpoint);
  }

  @Test
  void earlyStopping_thatCannotBe_isRefused() {
    assertThatThrownBy(() -> run("out", "--early_stopping_patience=2"))
        .hasMessageContaining(
            "early_stopping_patience counts evaluations without progress of metric_for_best_model:"
                + " give eval_strategy steps or epoch, and eval_dataset");
    assertThatThrownBy(() -> run("out", "--early_stopping_threshold=0.1"))
        .hasMessageContaining("early_stopping_threshold does nothing alone: give early_stopping_");
    assertThatThrownBy(() -> run("out", "--early_stopping_patience=0"))
        .hasMessageContaining("early_stopping_patience must be a number in [1, inf), was '0'");
  }

  @Test
  void bestModel_thatCannotBeHad_isRefused() {
    assertThatThrownBy(() -> run("out", "--load_best_model_at_end=true"))
        .hasMessageContaining(
            "load_best_model_at_end and save_strategy best compare evaluations: give eval_strategy"
                + " steps or epoch, and eval_dataset");
    String[] evaluated = {
      "--eval_strategy=steps",
      "--eval_steps=2",
      "--eval_dataset=" + folder.resolve("problems.jsonl"),
      "--load_best_model_at_end=true"
    };
    assertThatThrownBy(() -> run("out", with(evaluated, "--save_steps=3")))
        .hasMessageContaining("needs each checkpoint to be evaluated: give save_strategy best");
    assertThatThrownBy(
            () -> run("out", with(evaluated, "--save_steps=2", "--metric_for_best_model=rewrd")))
        .hasMessageContaining("metric_for_best_model 'rewrd' is no metric of this evaluation")
        .hasMessageContaining("reward, ");
  }

  private static String[] with(String[] some, String... more) {
    return Stream.concat(Arrays.stream(some), Arrays.stream(more)).toArray(String[]::new);
  }

  @Test
  void batch_thatDoesNotHoldWholeGroups_isRefusedWithSuggestions() {
    assertThatThrownBy(() -> run("out", "--per_device_train_batch_size=3"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("generation_batch_size 6")
        .hasMessageContaining("must be a multiple of num_generations 4")
        .hasMessageContaining("try gradient_accumulation_steps 4, per_device_train_batch_size 4");
    assertThatThrownBy(() -> run("out", "--generation_batch_size=9"))
        .hasMessageContaining("of per_device_train_batch_size 2 x gradient_accumulation_steps")
        .hasMessageContaining("try generation_batch_size 8");
    assertThatThrownBy(() -> run("out", "--steps_per_generation=3"))
        .hasMessageContaining("so that a generation makes whole updates: try steps_per_generation");
  }

  @Test
  void problems_tooLongOrWithoutAnswer_areTold() throws IOException {
    assertThatThrownBy(() -> run("out", "--max_prompt_length=3"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(
            "6 problems read, 0 used, 6 dropped because their prompt is longer than"
                + " max_prompt_length 3");
    assertThatThrownBy(() -> run("out", "--max_completion_length=256"))
        .hasMessageContaining("leaves no room for a prompt");
    Files.writeString(folder.resolve("problems.jsonl"), "{\"question\":\"1+1\"}\n");
    assertThatThrownBy(() -> run("out"))
        .hasMessageContaining("line 1: expected the right answer")
        .hasMessageContaining("found the keys [question]");
  }

  /** Rows without an answer, a reward in a child process that reads a column, what it logs. */
  @Test
  void reward_asACommand_seesColumns_andItsLogsAreLogged() throws IOException {
    Assumptions.assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "skipped: there is no /bin/sh");
    StringBuilder rows = new StringBuilder();
    for (int i = 0; i < 6; i++) {
      rows.append("{\"prompt\":[{\"role\":\"user\",\"content\":\"")
          .append(i)
          .append("\"}],\"level\":\"L\"}\n");
    }
    Files.writeString(folder.resolve("problems.jsonl"), rows);
    Path script =
        Files.writeString(
            folder.resolve("levels.sh"),
            """
            while read -r line; do
              case "$line" in
                *'"level":["L","L","L","L"]'*)
                  echo '{"rewards":[1,0,null,1],"metrics":{"levels":7},"extra":{"e":[1,2,3,4]}}';;
                *) echo '{}';;
              esac
            done
            """);
    run("out", "--reward_preset=null", "--reward_funcs=command:/bin/sh " + script, "--max_steps=1");
    assertThat(sink.values("train/levels")).containsOnly(7.0);
    assertThat(sink.values("train/rewards/levels/mean").get(0)).isEqualTo(2 / 3.0);
    assertThat(sink.values("train/reward_absent").get(0)).isEqualTo(0.25);
    assertThat(Files.readString(folder.resolve("out/completions/completions_00001.jsonl")))
        .contains("\"e\":4");
  }
}
