package dev.terse.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.terse.cli.command.ExitCodes;
import dev.terse.testkit.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Loss and gradient norm of short trainings, step by step, are those that are committed: a change
 * of the mathematics anywhere on the way, from the data to the optimizer, shows here.
 *
 * <p>{@code src/test/resources/loss-curves/METHOD-ENGINE.txt} holds both, a step a line; {@code
 * -Dterse.curves=write} writes the files anew. The reference engine computes in double, the same on
 * every machine up to the last digits of its functions; ND4J's sums depend on the processor.
 */
class LossCurvesTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path ROOT = SharedData.projectRoot();
  private static final Path MODEL = ROOT.resolve("model/src/test/resources/tiny/qwen2");
  private static final Path CURVES = ROOT.resolve("cli/src/test/resources/loss-curves");
  private static final boolean WRITE = System.getProperty("terse.curves", "").equals("write");

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "sft, reference, 1e-9",
    "sft, nd4j, 1e-4",
    "sft, nd4j-bf16, 3e-2",
    "sft-lora, reference, 1e-9",
    "sft-lora, nd4j, 1e-4",
    "grpo, reference, 1e-9",
    "grpo, nd4j, 1e-4",
    "grpo-off-policy, reference, 1e-9",
    "grpo-off-policy, nd4j, 1e-4"
  })
  void losses_ofAShortTraining_areTheCommittedOnes(String method, String engine, double allowed)
      throws IOException {
    assumeTrue(
        !engine.endsWith("-bf16") || System.getProperty("os.arch").equals("amd64"),
        "bf16 needs x86-64");
    List<String> curve = curve(method, engine);
    Path file = CURVES.resolve(method + "-" + engine + ".txt");
    if (WRITE) {
      Files.write(file, curve);
    }
    assertClose(method + " on " + engine, curve, Files.readAllLines(file), allowed);
  }

  /** Curves of one method agree between engines as far as float32 does. */
  @ParameterizedTest
  @ValueSource(strings = {"sft", "sft-lora", "grpo", "grpo-off-policy"})
  void curves_ofOneMethod_moveAndAgreeBetweenEngines(String method) throws IOException {
    List<String> exact = Files.readAllLines(CURVES.resolve(method + "-reference.txt"));
    assertThat(exact).doesNotHaveDuplicates();
    assertClose(method, Files.readAllLines(CURVES.resolve(method + "-nd4j.txt")), exact, 1e-4);
  }

  private static void assertClose(
      String what, List<String> curve, List<String> expected, double allowed) {
    assertThat(curve).as(what).hasSameSizeAs(expected);
    for (int step = 0; step < curve.size(); step++) {
      String[] found = curve.get(step).split(" ");
      String[] committed = expected.get(step).split(" ");
      for (int i = 0; i < committed.length; i++) {
        double value = Double.parseDouble(committed[i]);
        assertThat(Double.parseDouble(found[i]))
            .as((i == 0 ? "loss" : "gradient norm") + " of step " + (step + 1) + ", " + what)
            .isCloseTo(value, within(allowed * Math.max(1, Math.abs(value))));
      }
    }
  }

  private List<String> curve(String method, String engine) throws IOException {
    boolean grpo = method.startsWith("grpo");
    Path data = folder.resolve("data.jsonl");
    run(
        List.of(
            "task",
            "arithmetic",
            "--rows=8",
            "--format=" + (grpo ? "problems" : "sft"),
            "--output=" + data));
    List<String> training =
        new ArrayList<>(
            List.of(
                grpo ? "grpo" : "sft",
                "--model_name_or_path=" + MODEL,
                "--engine=" + engine.replace("-bf16", ""),
                "--bf16=" + engine.endsWith("-bf16"),
                "--dataset_name=" + data,
                "--output_dir=" + folder.resolve("run"),
                "--max_steps=8",
                "--learning_rate=1e-2",
                "--lr_scheduler_type=linear",
                "--logging_steps=1",
                "--save_strategy=no",
                "--report_to=none"));
    training.addAll(
        switch (method) {
          case "sft" -> List.of("--per_device_train_batch_size=4");
          case "sft-lora" ->
              List.of(
                  "--per_device_train_batch_size=4",
                  "--use_peft=true",
                  "--lora_target_modules=all-linear",
                  "--lora_dropout=0.1");
          case "grpo" -> List.of("--loss_type=dapo");
          default -> List.of("--loss_type=grpo", "--num_iterations=2", "--beta=0.1");
        });
    if (grpo) {
      training.add(1, ROOT.resolve("configs/grpo.yaml").toString());
      training.addAll(
          List.of(
              "--warmup_steps=0",
              "--eval_strategy=no",
              "--eval_on_start=false",
              "--eval_dataset=" + data,
              "--per_device_train_batch_size=16",
              "--num_generations=16",
              "--max_completion_length=48",
              "--temperature=1.5",
              "--reward_preset=null",
              "--reward_funcs=[soft_overlong]",
              "--reward_settings={max_completion_len: 48, soft_punish_cache: 48}"));
    }
    run(training);
    List<String> steps = new ArrayList<>();
    for (String line : Files.readAllLines(folder.resolve("run/metrics.jsonl"))) {
      JsonNode row = JSON.readTree(line);
      if (row.has("train/loss")) {
        steps.add(row.get("train/loss") + " " + row.get("train/grad_norm"));
      }
    }
    return steps;
  }

  private static void run(List<String> arguments) {
    Cli run = Cli.run(arguments.toArray(String[]::new));
    assertThat(run.code()).as(run.err() + run.out()).isEqualTo(ExitCodes.OK);
  }
}
