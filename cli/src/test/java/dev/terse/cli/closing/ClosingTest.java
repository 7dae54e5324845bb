package dev.terse.cli.closing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terse.testkit.SharedData;
import dev.terse.trainer.config.ConfigReader;
import dev.terse.trainer.eval.EvalRecord;
import dev.terse.trainer.grpo.GrpoConfig;
import dev.terse.trainer.grpo.episode.CompletionLog;
import dev.terse.trainer.loop.RunConfig;
import dev.terse.trainer.metrics.JsonlSink;
import dev.terse.trainer.sft.SftConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClosingTest {
  @TempDir Path folder;
  private JsonlSink log;

  @BeforeEach
  void open() {
    log = new JsonlSink(folder.resolve("metrics.jsonl"));
  }

  private <C extends RunConfig> List<String> lines(
      Class<C> type, int updates, Duration took, String... more) throws IOException {
    log.close();
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--model_name_or_path="
                    + SharedData.projectRoot().resolve("checkpoints/arithmetic-base"),
                "--dataset_name=train.jsonl",
                "--output_dir=" + folder));
    arguments.addAll(List.of(more));
    return Closing.of(ConfigReader.read(null, arguments, type).config()).lines(updates, took);
  }

  @Test
  void grpo_withHeldOutProblems_tellsBothChanges_andTheWholeCommand() throws IOException {
    for (int step = 1; step <= 40; step++) {
      log.scalars(
          step, Map.of("train/reward", step / 40.0, "train/completions/mean_length", 200.0 - step));
    }
    log.scalars(0, Map.of("eval/accuracy", 0.625, "eval/compression/skip_ratio", 0.0));
    log.scalars(20, Map.of("eval/accuracy", 0.5));
    log.scalars(40, Map.of("eval/accuracy", 0.75, "eval/compression/skip_ratio", 0.25));
    assertThat(
            lines(
                GrpoConfig.class,
                40,
                Duration.ofSeconds(125),
                "--per_device_train_batch_size=8",
                "--max_completion_length=64",
                "--prompt_suffix= It's \\boxed{}.",
                "--report_to=tensorboard",
                "--eval_strategy=steps",
                "--eval_dataset=held out.jsonl"))
        .containsExactly(
            "",
            "done: 40 updates in 2 min 5 s; the model is in " + folder,
            "  held-out data, before the first update and after update 40",
            "    accuracy         0.625 -> 0.750",
            "    skip ratio       0.000 -> 0.250",
            "  training, mean of the first and last 4 of 40 logged lines",
            "    reward           0.063 -> 0.963",
            "    tokens           197.5 -> 161.5",
            "next: java -jar trainer.jar eval --model_name_or_path "
                + folder
                + " --dataset_name 'held out.jsonl' --output "
                + folder.resolve("eval.jsonl")
                + " --max_completion_length 64 --prompt_suffix ' It'\\''s \\boxed{}.'",
            "watch: tensorboard --logdir " + folder.resolve("logs"));
  }

  @Test
  void sft_withoutEvaluation_tellsTraining_andWhatIsToBePutIn() throws IOException {
    log.scalars(10, Map.of("train/loss", 1.5, "train/mean_token_accuracy", 0.5));
    log.scalars(20, Map.of("train/loss", 0.75, "train/mean_token_accuracy", 0.8));
    log.scalars(20, Map.of("train/train_loss", 1.1));
    assertThat(lines(SftConfig.class, 20, Duration.ofMillis(4320), "--bf16=true"))
        .containsExactly(
            "",
            "done: 20 updates in 4.3 s; the model is in " + folder,
            "  training, first and last of 2 logged lines",
            "    loss             1.500 -> 0.750",
            "    token accuracy   0.500 -> 0.800",
            "next: java -jar trainer.jar eval --model_name_or_path "
                + folder
                + " --dataset_name PROBLEMS.jsonl --output "
                + folder.resolve("eval.jsonl")
                + " --bf16 true",
            "      PROBLEMS.jsonl stands for problems that it has not learnt from",
            "watch: "
                + folder.resolve("metrics.jsonl")
                + "; with --report_to tensorboard there are curves");
  }

  @Test
  void grpo_withRecordsOfHeldOutProblems_endsWithTheirPairedComparison() throws IOException {
    log.scalars(0, Map.of("eval/accuracy", 0.25, "eval/sampled/accuracy", 0.125));
    log.scalars(0, Map.of("eval/sampled/mean_length", 120.0));
    log.scalars(7, Map.of("eval/accuracy", 1.0, "eval/sampled/accuracy", 0.5));
    log.scalars(7, Map.of("eval/sampled/mean_length", 90.0));
    EvalRecord.write(CompletionLog.evaluationFile(folder, 0), records(4, 1, 200));
    assertThat(lines(GrpoConfig.class, 7, Duration.ofSeconds(9)))
        .last()
        .asString()
        .as("an evaluation whose records could not be written")
        .startsWith("watch: ");

    EvalRecord.write(CompletionLog.evaluationFile(folder, 7), records(4, 4, 150));
    assertThat(lines(GrpoConfig.class, 7, Duration.ofSeconds(9)))
        .endsWith(
            "result: held-out accuracy 25.0 -> 100.0 %, tokens 200.0 -> 150.0 (-25 %), 4 problems,"
                + " p = 0.250; drawn: 12.5 -> 50.0 %, tokens 120.0 -> 90.0 (-25 %)");

    EvalRecord.write(CompletionLog.evaluationFile(folder, 7), records(5, 4, 150));
    assertThat(lines(GrpoConfig.class, 7, Duration.ofSeconds(9)))
        .last()
        .asString()
        .as("records of other problems")
        .startsWith("watch: ");
  }

  /** Records of {@code n} problems, the first {@code right} of which are right. */
  private static List<EvalRecord> records(int n, int right, int tokens) {
    return IntStream.range(0, n)
        .mapToObj(
            i ->
                new EvalRecord(
                    "p" + i, EvalRecord.Status.OK, i < right, "1", "1", tokens - 9, 9, 3, 0, "1"))
        .toList();
  }

  @Test
  void run_ofOneLine_claimsNoChange() throws IOException {
    log.scalars(1, Map.of("train/loss", 1.5));
    assertThat(lines(SftConfig.class, 1, Duration.ofMinutes(125)))
        .contains("done: 1 updates in 2 h 05 min; the model is in " + folder)
        .noneMatch(line -> line.contains("->"));
  }
}
