package dev.terse.trainer.grpo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.terse.engine.Engine;
import dev.terse.engine.reference.ReferenceEngine;
import dev.terse.testkit.TinyModels;
import dev.terse.trainer.config.ConfigException;
import dev.terse.trainer.config.ConfigReader;
import dev.terse.trainer.fixtures.MemorySink;
import dev.terse.trainer.loop.StopSignal;
import dev.terse.trainer.metrics.Phases;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rewards that a user compiles, in runs of the grpo command. */
class UserRewardRunTest {
  private static final String TOKENS = "return sample.tokens();";

  @TempDir private Path folder;
  private final MemorySink sink = new MemorySink();

  @BeforeEach
  void problems() throws IOException {
    String row = "{\"question\":\"1+1\",\"answer\":\"#### 2\"}\n";
    Files.writeString(folder.resolve("problems.jsonl"), row.repeat(4));
  }

  /** Compiles {@code com.example.MyReward} with this body of {@code of}; returns its class path. */
  private Path compiled(String body) throws IOException {
    return compiled("RewardTerm", "dev.terse.reward.Sample sample", body);
  }

  private Path compiled(String type, String parameters, String body) throws IOException {
    Path source = folder.resolve("MyReward.java");
    Files.writeString(
        source,
        """
        package com.example;
        public class MyReward implements dev.terse.reward.%i {
          public String name() { return "mine"; }
          public double of(%p) { %s }
        }
        """
            .replace("%i", type)
            .replace("%p", parameters)
            .replace("%s", body));
    Path classes = Files.createDirectories(folder.resolve("classes"));
    int status =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "-cp",
                System.getProperty("java.class.path"),
                "-d",
                classes.toString(),
                source.toString());
    assertThat(status).isZero();
    return classes;
  }

  private void run(String... more) throws IOException {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--model_name_or_path=" + TinyModels.folder("llama"),
                "--dataset_name=" + folder.resolve("problems.jsonl"),
                "--output_dir=" + folder.resolve("out"),
                "--per_device_train_batch_size=4",
                "--num_generations=4",
                "--max_completion_length=4",
                "--skip_token=e",
                "--logging_steps=1",
                "--save_strategy=no",
                "--max_steps=2"));
    arguments.addAll(List.of(more));
    try (Engine engine = new ReferenceEngine()) {
      new GrpoRun(ConfigReader.read(null, arguments, GrpoConfig.class), engine, sink, Phases.QUIET)
          .run(new StopSignal());
    }
  }

  @Test
  void run_rewardOfAClass_learnsFromItAndEndsItsProcess() throws IOException {
    long before = children();
    run(
        "--reward_funcs=[accuracy, class:com.example.MyReward]",
        "--reward_weights=[1, 0.5]",
        "--reward_classpath=" + compiled(TOKENS));
    assertThat(sink.values("train/rewards/MyReward/mean"))
        .isEqualTo(sink.values("train/completions/mean_length"))
        .hasSize(2);
    assertThat(sink.values("train/reward_absent")).containsOnly(0.0);
    assertThat(children()).isEqualTo(before);
  }

  @Test
  void run_rewardThatLogs_isInMetricsAndBesideTheCompletions() throws IOException {
    Path classes =
        compiled(
            "LoggingReward",
            "dev.terse.reward.Sample sample, dev.terse.reward.RewardLog log",
            """
            log.logMetric("my/length", sample.tokens());
            log.logExtra("shown", java.util.List.of(sample.tokens(), sample.gold()));
            return sample.tokens();
            """);
    run("--reward_funcs=[class:com.example.MyReward]", "--reward_classpath=" + classes);
    assertThat(sink.values("train/my/length"))
        .isEqualTo(sink.values("train/completions/mean_length"))
        .hasSize(2);
    List<JsonNode> rows = new ArrayList<>();
    for (String line :
        Files.readAllLines(folder.resolve("out/completions/completions_00001.jsonl"))) {
      rows.add(new ObjectMapper().readTree(line));
    }
    assertThat(rows)
        .hasSize(4)
        .allSatisfy(
            row -> {
              assertThat(row.path("shown").get(0)).isEqualTo(row.get("tokens"));
              assertThat(row.path("shown").get(1)).isEqualTo(row.get("gold"));
            });
  }

  /** T17: the same name, other classes. */
  @Test
  void resume_withOtherRewardClasses_isRefusedByName() throws IOException {
    String[] keys = {
      "--reward_funcs=[class:com.example.MyReward]",
      "--reward_classpath=" + compiled(TOKENS),
      "--save_strategy=steps",
      "--save_steps=1"
    };
    run(keys[0], keys[1], keys[2], keys[3], "--max_steps=1");
    String resume = "--resume_from_checkpoint=true";
    compiled("return -sample.tokens();");
    assertThatThrownBy(() -> run(keys[0], keys[1], keys[2], keys[3], resume))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the classes and commands of reward_funcs changed (CRC ")
        .hasMessageContaining("set resume_anyway to go on all the same");
    assertThatThrownBy(() -> run("--reward_funcs=[accuracy]", keys[2], keys[3], resume))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("reward_funcs was [class:com.example.MyReward], is [accuracy]");
    run(keys[0], keys[1], keys[2], keys[3], resume, "--resume_anyway");
    assertThat(sink.values("train/rewards/MyReward/mean")).hasSize(2);
  }

  @Test
  void run_rewardThatHangs_isAbsentAndTheRunGoesOn() throws IOException {
    long before = children();
    run(
        "--reward_funcs=[class:com.example.MyReward]",
        "--reward_classpath=" + compiled("while (sample.tokens() >= 0) {} return 0;"),
        "--reward_timeout=0.2",
        "--max_steps=1");
    assertThat(sink.values("train/reward_absent")).containsExactly(1.0);
    assertThat(children()).isEqualTo(before);
  }

  @Test
  void run_classThatIsNotThere_isRefusedBeforeTheModelIsLoaded() {
    assertThatThrownBy(
            () ->
                run(
                    "--reward_funcs=[class:com.example.Missing]",
                    "--model_name_or_path=" + folder.resolve("no-model")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the reward com.example.Missing cannot be used")
        .hasMessageContaining("ClassNotFoundException")
        .hasMessageContaining("on reward_classpath")
        .hasMessageContaining("implements dev.terse.reward.RewardTerm");
  }

  @Test
  void configuration_thatNamesNoClassOrNoFile_isRefused() {
    refused("reward_funcs entry 'class:my reward' names no class", "[class:my reward]", null);
    refused("there is no " + folder.resolve("no.jar"), "[class:a.B]", folder.resolve("no.jar"));
    refused("reward_funcs names no class:com.example.MyReward on it", "[accuracy]", folder);
    refused("known: accuracy", "[acuracy]", null);
    refused("a Java class is named as class:com.example.MyReward", "[com.example.MyReward]", null);
    refused("reward names must differ", "[class:a.Mine, class:b.Mine]", null);
  }

  private void refused(String sentence, String rewards, Path classPath) {
    assertThatThrownBy(
            () ->
                run(
                    "--reward_funcs=" + rewards,
                    classPath == null ? "--seed=1" : "--reward_classpath=" + classPath))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(sentence);
  }

  private static long children() {
    return ProcessHandle.current().children().filter(ProcessHandle::isAlive).count();
  }
}
