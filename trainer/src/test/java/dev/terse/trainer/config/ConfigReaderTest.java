package dev.terse.trainer.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.terse.model.adapter.LoraSettings;
import dev.terse.model.adapter.TargetModules;
import dev.terse.testkit.SharedData;
import dev.terse.trainer.config.ConfigReader.Loaded;
import dev.terse.trainer.grpo.GrpoConfig;
import dev.terse.trainer.loss.LossType;
import dev.terse.trainer.optim.Optim;
import dev.terse.trainer.sft.SftConfig;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigReaderTest {
  private static final String MINIMAL = "model_name_or_path: m\ndataset_name: d.jsonl\n";

  private static Loaded<SftConfig> sft(String yaml, String... arguments) {
    return ConfigReader.parse("sft.yaml", yaml, List.of(arguments), SftConfig.class);
  }

  private static Loaded<GrpoConfig> grpo(String yaml, String... arguments) {
    return ConfigReader.parse("grpo.yaml", yaml, List.of(arguments), GrpoConfig.class);
  }

  private static List<String> problems(String yaml, String... arguments) {
    try {
      sft(MINIMAL + yaml, arguments);
      return List.of();
    } catch (ConfigException e) {
      return e.problems();
    }
  }

  @Test
  void sft_minimal_hasTrlDefaults() {
    SftConfig config = sft(MINIMAL).config();
    assertThat(config.learningRate()).isEqualTo(2e-5);
    assertThat(config.maxLength()).isEqualTo(1024);
    assertThat(config.training().perDeviceTrainBatchSize()).isEqualTo(8);
    assertThat(config.training().gradientAccumulationSteps()).isEqualTo(1);
    assertThat(config.training().numTrainEpochs()).isEqualTo(3);
    assertThat(config.training().maxSteps()).isEqualTo(-1);
    assertThat(config.training().gradientCheckpointing()).isTrue();
    assertThat(config.training().seed()).isEqualTo(42);
    assertThat(config.training().optimizer().lrSchedulerType()).isEqualTo("linear");
    assertThat(config.training().optimizer().adamBeta2()).isEqualTo(0.999);
    assertThat(config.training().optimizer().maxGradNorm()).isEqualTo(1);
    assertThat(config.training().logging().loggingSteps()).isEqualTo(10);
    assertThat(config.training().saving().saveSteps()).isEqualTo(500);
    assertThat(config.training().evaluation().evalStrategy()).isEqualTo(Cadence.NO);
    assertThat(config.model().skipToken()).isEqualTo("[SKIP]");
  }

  @Test
  void grpo_minimal_hasTrlDefaults() {
    GrpoConfig config = grpo(MINIMAL).config();
    assertThat(config.learningRate()).isEqualTo(1e-6);
    assertThat(config.generation().numGenerations()).isEqualTo(8);
    assertThat(config.generation().maxCompletionLength()).isEqualTo(512);
    assertThat(config.generation().temperature()).isEqualTo(1);
    assertThat(config.loss().beta()).isZero();
    assertThat(config.loss().epsilon()).isEqualTo(0.2);
    assertThat(config.loss().lossType()).isEqualTo(LossType.DAPO);
    assertThat(config.loss().useBiasCorrectionKl()).isTrue();
    assertThat(config.reward().rubric().names()).contains("accuracy");
  }

  @Test
  void values_ofEveryKind_areMapped() {
    Loaded<GrpoConfig> loaded =
        grpo(
            MINIMAL
                + """
                per_device_train_batch_size: 4
                gradient_accumulation_steps: 2
                learning_rate: 3.5e-4
                lr_scheduler_type: cosine_with_min_lr
                lr_scheduler_kwargs: {min_lr_rate: 0.1}
                gradient_checkpointing: false
                report_to: [tensorboard]
                loss_type: dr_grpo
                epsilon_high: 0.28
                scale_rewards: none
                reward_preset: paper
                reward_weights: [2, 1, 1, 0.5]
                reward_settings: {tau_length: 600}
                run_name: no
                """);
    GrpoConfig config = loaded.config();
    assertThat(config.training().perDeviceTrainBatchSize()).isEqualTo(4);
    assertThat(config.learningRate()).isEqualTo(3.5e-4);
    assertThat(config.training().optimizer().lrSchedulerKwargs())
        .isEqualTo(Map.of("min_lr_rate", "0.1"));
    assertThat(config.training().gradientCheckpointing()).isFalse();
    assertThat(config.training().logging().reportTo()).containsExactly("tensorboard");
    assertThat(config.loss().lossType()).isEqualTo(LossType.DR_GRPO);
    assertThat(config.reward().rewardWeights()).containsExactly(2.0, 1.0, 1.0, 0.5);
    assertThat(config.training().logging().runName()).isEqualTo("no");
    assertThat(loaded.values())
        .containsEntry("learning_rate", "3.5e-4")
        .containsEntry("reward_weights", "[2, 1, 1, 0.5]")
        .containsEntry("num_generations", "8")
        .containsEntry("delta", "null");
  }

  @Test
  void overrides_aTextInBrackets_isNoList() {
    SftConfig config = sft(MINIMAL, "--skip_token", "[LEFT OUT]").config();
    assertThat(config.model().skipToken()).isEqualTo("[LEFT OUT]");
  }

  @Test
  void overrides_onTheCommandLine_winOverTheFile() {
    Loaded<SftConfig> loaded =
        sft(
            MINIMAL + "learning_rate: 1e-5\n",
            "--learning_rate",
            "2e-4",
            "--max-steps=7",
            "--packing",
            "--lr_scheduler_kwargs",
            "{}",
            "--max_length",
            "null");
    assertThat(loaded.config().learningRate()).isEqualTo(2e-4);
    assertThat(loaded.config().training().maxSteps()).isEqualTo(7);
    assertThat(loaded.config().rows().packing()).isTrue();
    assertThat(loaded.values()).containsEntry("max_steps", "7");
  }

  @Test
  void overrides_inTrlsForms_areRead() {
    GrpoConfig config =
        grpo(
                MINIMAL,
                "--reward_funcs",
                "accuracy",
                "token_saving",
                "--reward_weights",
                "1",
                "0.5",
                "--no_gradient_checkpointing",
                "--use_peft",
                "--lora_target_modules",
                "q_proj,",
                "v_proj",
                "--max_steps",
                "-1",
                "--lr_scheduler_type=cosine_with_min_lr",
                "--lr_scheduler_kwargs",
                "{\"min_lr_rate\": 0.1}",
                "--no_remove_unused_columns",
                "--bf16",
                "True")
            .config();
    assertThat(config.reward().rewardFuncs()).containsExactly("accuracy", "token_saving");
    assertThat(config.reward().rewardWeights()).containsExactly(1.0, 0.5);
    assertThat(config.training().gradientCheckpointing()).isFalse();
    assertThat(config.model().lora().loraTargetModules()).containsExactly("q_proj", "v_proj");
    assertThat(config.training().maxSteps()).isEqualTo(-1);
    assertThat(config.training().optimizer().lrSchedulerKwargs())
        .containsEntry("min_lr_rate", "0.1");
    assertThat(config.model().engine().bf16()).isTrue();
  }

  @Test
  void overrides_thatDoNotFit_areTold() {
    assertThat(problems("", "--seed", "1", "2"))
        .containsExactly("command line: seed takes one value, found 2: '1 2'");
    assertThat(problems("", "stray"))
        .containsExactly("command line: expected --key value, found 'stray'");
    assertThat(problems("", "--no_seed"))
        .hasSize(1)
        .first()
        .asString()
        .contains("unknown key 'no_seed'");
  }

  /** Null is no word for the default. */
  @Test
  void null_isNoneWhereAKeyMayHaveNone_andAProblemElsewhere() {
    Loaded<SftConfig> loaded =
        sft(MINIMAL + "skip_token: null\nmax_length: ~\nreport_to: null\nsave_total_limit: null\n");
    assertThat(loaded.config().model().skipToken()).isNull();
    assertThat(loaded.config().maxLength()).isNull();
    assertThat(loaded.config().training().logging().reportTo()).isEmpty();
    assertThat(loaded.values())
        .containsEntry("skip_token", "null")
        .containsEntry("max_length", "null");
    assertThatThrownBy(() -> sft(MINIMAL + "seed: null\nlr_scheduler_type: null\n"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("line 3: seed cannot be null; its default is 42")
        .hasMessageContaining("line 4: lr_scheduler_type cannot be null; its default is linear");
  }

  @Test
  void spellings_ofOtherReleases_areReadAsOursWithANote() {
    Loaded<SftConfig> loaded =
        sft(
            MINIMAL
                + """
                max_seq_length: 77
                optim: paged_adamw_8bit
                report_to: [wandb, tensorboard, trackio]
                torch_dtype: bfloat16
                use_vllm: true
                push_to_hub: true
                num_processes: 8
                logging_nan_inf_filter: true
                """);
    assertThat(loaded.config().maxLength()).isEqualTo(77);
    assertThat(loaded.config().training().optimizer().optim()).isEqualTo(Optim.ADAMW_8BIT);
    assertThat(loaded.config().training().logging().reportTo()).containsExactly("tensorboard");
    assertThat(loaded.config().training().microBatches()).isEqualTo(8);
    assertThat(loaded.notes())
        .containsExactly(
            "line 3: max_seq_length is read as max_length",
            "line 4: optim 'paged_adamw_8bit' is read as adamw_8bit",
            "line 5: report_to 'wandb' has no effect here and is left out",
            "line 5: report_to 'trackio' has no effect here and is left out",
            "line 6: torch_dtype has no effect here: the engine computes in float32, and with bf16"
                + " in bfloat16 where that is faster",
            "line 7: use_vllm has no effect here: completions are sampled in this process, by the"
                + " model that is trained",
            "line 8: push_to_hub has no effect here: nothing is pushed; the run folder is a Hugging"
                + " Face folder that you can push",
            "line 10: logging_nan_inf_filter has no effect here: NaN losses are logged always, and"
                + " their update is skipped");
    assertThat(sft(MINIMAL + "report_to: wandb\n").config().training().logging().reportTo())
        .isEmpty();
    sft(MINIMAL + "model_init_kwargs: {dtype: float16, use_cache: true}\n");
    assertThat(grpo(MINIMAL + "top_k: -1\n").config().generation().topK()).isZero();
    assertThat(
            grpo(MINIMAL + "soft_punish_cache: 3\nreward_settings: {max_completion_len: 9}\n")
                .config()
                .reward()
                .rewardSettings())
        .isEqualTo(Map.of("max_completion_len", "9", "soft_punish_cache", "3"));
  }

  @Test
  void problems_ofAnEntryOfAMap_haveTheLineOfTheMap() {
    assertThatThrownBy(() -> grpo(MINIMAL + "seed: 1\nreward_settings: {tau_skp: 3}\n"))
        .hasMessageContaining("line 4: unknown reward setting 'tau_skp'");
    assertThatThrownBy(() -> grpo(MINIMAL + "soft_punish_cache: -1\n"))
        .hasMessageContaining("line 3: soft_punish_cache must not be negative, was -1");
  }

  /** Every spelling in the list leads to a key, and every value to one that its key takes. */
  @Test
  void spellings_ofTheList_leadToKeysOfOurs() {
    Set<String> keys = new HashSet<>(RecordBinder.keys(SftConfig.class).keySet());
    keys.addAll(RecordBinder.keys(GrpoConfig.class).keySet());
    for (String key : TrlKeys.table().all()) {
      TrlKeys.table()
          .alias(key)
          .ifPresent(ours -> assertThat(keys).as(key).contains(ours.replaceFirst("\\..*", "")));
    }
  }

  @Test
  void counterparts_ofTheCommandLine_takeThePlaceOfTheFiles() {
    Loaded<GrpoConfig> loaded =
        grpo(
            MINIMAL + "reward_preset: paper\nwarmup_steps: 5\ntokenizer_name_or_path: t\n",
            "--reward_funcs",
            "accuracy",
            "--warmup_ratio=0.1",
            "--model_name_or_path=other");
    assertThat(loaded.config().reward().rewardPreset()).isNull();
    assertThat(loaded.config().training().optimizer().warmup(100)).isEqualTo(10);
    assertThat(loaded.config().model().tokenizerPath()).isNull();
    assertThat(loaded.notes())
        .contains(
            "line 3: reward_preset gives way to reward_funcs of the command line",
            "line 4: warmup_steps gives way to warmup_ratio of the command line",
            "line 5: tokenizer_path gives way to model_name_or_path of the command line");
  }

  @Test
  void batchArithmetic_isToldWithTheOtherProblems() {
    assertThatThrownBy(
            () ->
                grpo(
                    MINIMAL
                        + """
                        per_device_train_batch_size: 4
                        gradient_accumulation_steps: 8
                        num_generations: 12
                        reward_funcs: [acuracy]
                        temperature: 0
                        learning_rte: 1
                        """))
        .hasMessageContaining("line 8: unknown key 'learning_rte'")
        .hasMessageContaining(
            "line 6: unknown reward_funcs entry 'acuracy' (did you mean 'accuracy'?)")
        .hasMessageContaining(
            "line 7: temperature must be above 0, was 0: the completions of a prompt would all be"
                + " the same")
        .hasMessageContaining(
            "line 3, line 4, line 5: generation_batch_size 32 (per_device_train_batch_size 4 x"
                + " gradient_accumulation_steps 8) must be a multiple of num_generations 12, so that"
                + " groups are whole: try gradient_accumulation_steps 9, per_device_train_batch_size"
                + " 6, or num_processes 3 if the recipe was written for so many devices");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "7|1|1|8||| gradient_accumulation_steps 8, per_device_train_batch_size 8",
        "8|2|1|8|24||try generation_batch_size 32",
        "4|2|1|8||3|try steps_per_generation 4",
        "4|8|1|12|||num_processes 3",
        "4|8|7|12|||per_device_train_batch_size 4 x num_processes 7",
      })
  void batchArithmetic_advice_comesOutEven(
      int rows,
      int accumulation,
      int processes,
      int group,
      Integer batch,
      Integer steps,
      String part) {
    String yaml =
        MINIMAL
            + "per_device_train_batch_size: "
            + rows
            + "\ngradient_accumulation_steps: "
            + accumulation
            + "\nnum_processes: "
            + processes
            + "\nnum_generations: "
            + group
            + "\n"
            + (batch == null ? "" : "generation_batch_size: " + batch + "\n")
            + (steps == null ? "" : "steps_per_generation: " + steps + "\n");
    String sentence = "";
    try {
      grpo(yaml);
    } catch (ConfigException refused) {
      sentence = refused.problems().get(0);
    }
    assertThat(sentence).contains(part.strip());
    Matcher advice =
        Pattern.compile("(\\w+) (\\d+)(,|$| if)").matcher(sentence.replaceFirst(".*: try ", ""));
    int followed = 0;
    while (advice.find()) {
      grpo(yaml, "--" + advice.group(1) + "=" + advice.group(2));
      followed++;
    }
    assertThat(followed).isPositive();
  }

  @ParameterizedTest
  @CsvSource({
    "1e-5, 1e-5",
    "3.e-4, 3e-4",
    "1E-6, 1e-6",
    "5.0e-06, 5e-6",
    "'\"1e-5\"', 1e-5",
    ".5, 0.5",
    "+2.5e-4, 2.5e-4"
  })
  void numbers_inEverySpelling_areThatNumber(String written, double number) {
    String yaml = "learning_rate: " + written + "\neval_strategy: no\nsave_strategy: \"no\"\n";
    SftConfig config = sft(MINIMAL + yaml).config();
    assertThat(config.learningRate()).isEqualTo(number);
    assertThat(config.training().evaluation().evalStrategy()).isEqualTo(Cadence.NO);
  }

  @Test
  void numProcesses_multiplyTheBatch() {
    String yaml = MINIMAL + "per_device_train_batch_size: 4\ngradient_accumulation_steps: 8\n";
    grpo(yaml + "num_generations: 12\nnum_processes: 3\n"); // 96 completions, 8 groups
  }

  @Test
  void problems_several_areToldAtOnceWithTheirLines() {
    assertThat(
            problems(
                """
                learning_rte: 1e-5
                per_device_train_batch_size: 0
                max_steps: many
                spectrum_config_path: s
                """,
                "--seeed",
                "3"))
        .containsExactly(
            "line 3: unknown key 'learning_rte' (did you mean 'learning_rate'?)",
            "line 6: spectrum_config_path 's' is not supported: all weights are trained, or the"
                + " adapters of use_peft",
            "command line: unknown key 'seeed' (did you mean 'seed'?)",
            "line 4: per_device_train_batch_size must be a number in [1, inf), was '0'",
            "line 5: max_steps must be a whole number, was 'many'");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "seed: 010|seed must be a whole number, was '010'",
        "seed: 1_000|seed must be a whole number, was '1_000'",
        "seed: 1:30|seed must be a whole number, was '1:30'",
        "learning_rate: .nan|learning_rate must be a number, was '.nan'",
        "learning_rate: 1e400|learning_rate must be a finite number, was '1e400'",
        "learning_rate: fast|learning_rate must be a number, was 'fast'",
        "packing: yes|packing must be true or false, was 'yes'",
        "packing: [true]|packing must be one value, was '[true]'",
        "save_strategy: often|save_strategy must be one of no, steps, epoch, best, was 'often'",
        "lr_scheduler_kwargs: 3|lr_scheduler_kwargs must be a map such as {name: value}, was '3'",
        "adam_beta1: 1|adam_beta1 must be a number in [0, 1), was '1'",
        "lr_scheduler_type: linaer|lr_scheduler_type must be one of linear, cosine,",
        "eval_strategy: steps|line 3: eval_strategy and eval_on_start need eval_dataset",
        "max_steps: 0|max_steps must be a number of updates",
        "spectrum_config_path: s.yaml|spectrum_config_path 's.yaml' is not supported",
        "optim: adafactor|optim must be one of adamw_torch, adamw_torch_fused, adamw_8bit",
        "max_seq_length: 5\\nmax_length: 6|line 4: 'max_length' and 'max_seq_length' (line 3) are one key; keep one",
        "model_init: c.json|one of the two",
        "run_name: &a x\\noutput_dir: *a|anchors (&) and aliases (*) are not supported",
        "max_length: 9\\nmax_length: 8|'max_length' stands twice (first at line 3); keep one",
        "model_init_kwargs: {dtype: float16, rope_scaling: 2}|the model folder says it all",
        "lora_r: 0|lora_r must be a number in [1, inf), was '0'",
        "lora_dropout: 1|lora_dropout must be a number in [0, 1), was '1'",
        "lora_target_modules: [q_proj, vproj]|lora_target_modules knows q_proj, k_proj, v_proj,"
            + " o_proj, gate_proj, up_proj, down_proj, embed_tokens, lm_head, all-linear, not 'vproj' (did you mean"
            + " 'v_proj'?)",
        "use_dora: true|use_dora is a kind of adapter: set use_peft too",
        "use_rslora: true|use_rslora is a kind of adapter: set use_peft too",
        "lora_modules_to_save: [lm_head]|lora_modules_to_save stands beside adapters: set use_peft",
        "lora_target_modules: '(q'|lora_target_modules: '(q' is no regular expression",
        "lora_target_parameters: [x]|name the projections in lora_target_modules",
        "report_to: wandbee|line 3: report_to knows none, tensorboard and all, not 'wandbee'",
      })
  void value_thatDoesNotFit_isToldInOneSentence(String yaml, String sentence) {
    assertThat(problems(yaml.replace("\\n", "\n") + "\n")).hasSize(1);
    assertThat(problems(yaml.replace("\\n", "\n") + "\n").get(0)).contains(sentence);
  }

  @Test
  void yaml_broken_isToldWithItsLine() {
    assertThat(problems("a: [1,\nb: 2\n")).first().asString().startsWith("line ");
    assertThat(problems("\tseed: 1\n")).first().asString().contains("line 3");
    assertThatThrownBy(() -> sft("- a\n- b\n")).hasMessageContaining("expected 'key: value' lines");
    assertThatThrownBy(() -> sft(MINIMAL + "---\nseed: 1\n"))
        .hasMessageContaining("a second YAML document");
  }

  @Test
  void adapters_severalProblems_areToldAtOnce() {
    assertThat(problems("use_dora: true\nlora_target_modules: [score, wte]\n"))
        .hasSize(1)
        .first()
        .asString()
        .contains("not 'score'", "not 'wte'", "use_dora is a kind of adapter");
    assertThat(problems("use_peft: true\nuse_dora: true\nlora_target_modules: [q_proj, lm_head]\n"))
        .hasSize(1)
        .first()
        .asString()
        .contains(
            "lora_dropout 0.05 cannot be had where lora_target_modules names lm_head",
            "use_dora is not supported on embed_tokens and lm_head");
    assertThatThrownBy(
            () ->
                sft(
                    "model_init: c.json\ntokenizer_path: t\ndataset_name: d.jsonl\n"
                        + "use_peft: true\n"))
        .hasMessageContaining("use_peft needs model_name_or_path: random weights of a model_init");
  }

  @Test
  void adapters_ofTrlsKeys_areMapped() {
    assertThat(sft(MINIMAL + "use_peft: true\n").config().model().lora().settings().describe())
        .isEqualTo("rank 16, alpha 32 on q_proj, v_proj");
    String yaml =
        MINIMAL + "use_peft: true\nlora_r: 4\nlora_target_modules: all-linear\nuse_rslora: true\n";
    LoraSettings settings = sft(yaml).config().model().lora().settings();
    assertThat(settings.targets()).isEqualTo(TargetModules.ALL_LINEAR);
    assertThat(settings.describe())
        .startsWith("rank 4, alpha 32, rsLoRA on q_proj, k_proj, v_proj");
    settings =
        sft(MINIMAL
                + "use_peft: true\nlora_dropout: 0\nlora_target_modules: [q_proj, lm_head]\n"
                + "lora_modules_to_save: [embed_tokens]\n")
            .config()
            .model()
            .lora()
            .settings();
    assertThat(settings.describe())
        .isEqualTo("rank 16, alpha 32 on q_proj, lm_head, whole embed_tokens");
    settings =
        sft(MINIMAL + "use_peft: true\nlora_target_modules: ['.*\\.(q|k)_proj']\n")
            .config()
            .model()
            .lora()
            .settings();
    assertThat(settings.describe())
        .isEqualTo("rank 16, alpha 32 on modules that match .*\\.(q|k)_proj");
    assertThat(sft(MINIMAL + "lora_r: 4\n").config().model().lora().usePeft()).isFalse();
    String dropout = MINIMAL + "use_peft: true\n";
    assertThat(grpo(dropout).config().dropsOut()).isTrue();
    assertThat(grpo(dropout + "disable_dropout: true\n").config().dropsOut()).isFalse();
  }

  @Test
  void required_missing_isNamed() {
    assertThatThrownBy(() -> sft("model_name_or_path: m\n"))
        .hasMessageContaining("1 problem in sft.yaml")
        .hasMessageContaining("'dataset_name' is missing");
  }

  @Test
  void file_missing_isToldWithItsPath() {
    assertThatThrownBy(() -> ConfigReader.read(Path.of("none.yaml"), List.of(), SftConfig.class))
        .isInstanceOf(NoSuchFileException.class)
        .hasMessageContaining("none.yaml")
        .hasMessageContaining("check the path");
  }

  @Test
  void trlKey_withoutEffect_isAcceptedWithANote() {
    Loaded<SftConfig> loaded = sft(MINIMAL + "ddp_timeout: 1800\nuse_vllm: false\n");
    assertThat(loaded.notes())
        .containsExactly("line 3: ddp_timeout has no effect here: one process");
  }

  @Test
  void bf16_withTheReferenceEngine_isRefused() {
    assertThat(sft(MINIMAL + "bf16: true\n").config().model().engine().bf16()).isTrue();
    assertThatThrownBy(() -> sft(MINIMAL + "bf16: true\nengine: reference\n"))
        .hasMessageContaining(
            "bf16 is of the engines nd4j and cuda; engine: reference computes in double");
  }

  /** Every key of the released TRL is known: as a key of ours, without effect, or unsupported. */
  @Test
  void trlKeys_allOfTheRelease_areKnown() throws IOException {
    Path file = SharedData.projectRoot().resolve("../shared/design/trl-1.16-keys.json");
    Assumptions.assumeTrue(file.toFile().exists(), "skipped: the list of TRL's keys is absent");
    JsonNode all = new ObjectMapper().readTree(file.toFile());
    List<String> unknown = new ArrayList<>();
    for (String group : List.of("SFTConfig", "GRPOConfig", "ModelConfig", "ScriptArguments")) {
      Set<String> ours =
          RecordBinder.keys(group.equals("GRPOConfig") ? GrpoConfig.class : SftConfig.class)
              .keySet();
      for (var entry : all.get(group).properties()) {
        String key = entry.getKey();
        if (!ours.contains(key)
            && !TrlKeys.table().withoutEffect().contains(key)
            && !TrlKeys.table().unsupported().contains(key)) {
          unknown.add(group + "." + key);
        }
      }
    }
    assertThat(unknown).isEmpty();
  }

  /** Where a key of ours is TRL's, its default is TRL's too; the exceptions are listed here. */
  @Test
  void trlKeys_thatWeUse_haveTrlDefaults() throws IOException {
    Path file = SharedData.projectRoot().resolve("../shared/design/trl-1.16-keys.json");
    Assumptions.assumeTrue(file.toFile().exists(), "skipped: the list of TRL's keys is absent");
    JsonNode all = new ObjectMapper().readTree(file.toFile());
    List<String> different = new ArrayList<>();
    compare(all.get("SFTConfig"), sft(MINIMAL).values(), different);
    compare(all.get("ModelConfig"), sft(MINIMAL).values(), different);
    compare(all.get("GRPOConfig"), grpo(MINIMAL).values(), different);
    assertThat(different)
        .containsOnly(
            "output_dir: null, ours trainer_output",
            "model_name_or_path: null, ours m",
            // TRL lets the hardware decide; here a result does not depend on the kind of machine.
            "bf16: null, ours false",
            // TRL cuts the answer off a row of turns; here such a row is left out, unless told.
            "truncation_mode: keep_start, ours null");
  }

  private static void compare(JsonNode trl, Map<String, String> ours, List<String> different) {
    for (var entry : trl.properties()) {
      String mine = ours.get(entry.getKey());
      String theirs = entry.getValue().get("default").asText();
      if (mine != null && !same(mine, theirs)) {
        different.add(entry.getKey() + ": " + theirs + ", ours " + mine);
      }
    }
  }

  private static boolean same(String a, String b) {
    try {
      return Double.parseDouble(a) == Double.parseDouble(b);
    } catch (NumberFormatException e) {
      return a.equals(b);
    }
  }
}
