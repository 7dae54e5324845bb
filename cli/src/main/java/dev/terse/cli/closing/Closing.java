package dev.terse.cli.closing;

import dev.terse.cli.progress.Durations;
import dev.terse.trainer.grpo.GrpoConfig;
import dev.terse.trainer.loop.RunConfig;
import dev.terse.trainer.loop.TrainingConfig;
import dev.terse.trainer.metrics.JsonlSink;
import dev.terse.trainer.metrics.MetricHistory;
import dev.terse.trainer.sft.SftConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What a training tells at its end.
 *
 * @param training settings of the run
 * @param watched metrics that it is judged by, and how to call them
 * @param next command to type
 */
public record Closing(TrainingConfig training, Map<String, String> watched, String next) {

  /** Of an SFT or a GRPO run. */
  public static Closing of(RunConfig config) {
    if (config instanceof GrpoConfig grpo) {
      return new Closing(grpo.training(), Changes.OF_PROBLEMS, NextCommand.after(grpo));
    }
    SftConfig sft = (SftConfig) config;
    return new Closing(sft.training(), Changes.OF_ROWS, NextCommand.after(sft));
  }

  /**
   * The lines of a run that has come to its end.
   *
   * @param updates done, those of earlier processes too
   * @param took this process's time
   */
  public List<String> lines(int updates, Duration took) throws IOException {
    Path output = Path.of(training.outputDir());
    List<String> lines = new ArrayList<>();
    lines.add("");
    lines.add(
        "done: "
            + updates
            + " updates in "
            + Durations.text(took.toMillis() / 1e3)
            + "; the model is in "
            + output);
    Path log = output.resolve(JsonlSink.FILE);
    if (Files.exists(log)) {
      Changes.of(MetricHistory.read(log), watched)
          .forEach(changes -> lines.addAll(changes.lines()));
    }
    lines.add("next: " + next);
    if (next.contains(NextCommand.UNKNOWN)) {
      lines.add(
          "      " + NextCommand.UNKNOWN + " stands for problems that it has not learnt from");
    }
    lines.add(watch(output, log));
    HeldOut.of(output).ifPresent(result -> lines.add(result.line()));
    return lines;
  }

  private String watch(Path output, Path log) {
    List<String> targets = training.logging().reportTo();
    if (!targets.contains("tensorboard") && !targets.contains("all")) {
      return "watch: " + log + "; with --report_to tensorboard there are curves";
    }
    String folder = training.logging().loggingDir();
    return "watch: tensorboard --logdir "
        + NextCommand.quoted(folder == null ? output.resolve("logs").toString() : folder);
  }
}
