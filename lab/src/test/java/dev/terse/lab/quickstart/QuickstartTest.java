package dev.terse.lab.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terse.engine.Engine;
import dev.terse.engine.nd4j.Nd4jEngine;
import dev.terse.lab.report.Report;
import dev.terse.lab.report.Report.PhaseTime;
import dev.terse.lab.report.ReportFiles;
import dev.terse.testkit.SharedData;
import dev.terse.trainer.config.ConfigReader;
import dev.terse.trainer.config.ConfigReader.Loaded;
import dev.terse.trainer.metrics.Phases;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole run in miniature, on the small model of arithmetic. */
class QuickstartTest {
  @TempDir Path folder;
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

  private Report run(String name, String... more) throws IOException {
    Path root = SharedData.projectRoot();
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--model=" + root.resolve("checkpoints/arithmetic-base"),
                "--task=arithmetic",
                "--output=" + folder.resolve(name),
                "--sft_config=" + root.resolve("configs/quickstart-sft.yaml"),
                "--grpo_config=" + root.resolve("configs/quickstart-grpo.yaml"),
                "--trace_problems=12",
                "--trace_samples=1",
                "--grpo_problems=4",
                "--problems=10",
                "--chains=2",
                "--max_completion_length=120",
                "--sft_settings={max_steps: 3, per_device_train_batch_size: 4, report_to: none}",
                "--grpo_settings={max_steps: 2, num_generations: 4, per_device_train_batch_size: 8,"
                    + " max_completion_length: 100}",
                "--controls=[steps]",
                "--control_settings={max_steps: 1}"));
    arguments.addAll(List.of(more));
    Loaded<QuickstartConfig> loaded = ConfigReader.read(null, arguments, QuickstartConfig.class);
    try (Engine engine = new Nd4jEngine()) {
      PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);
      return new Quickstart(loaded, engine, Phases.QUIET, out).run();
    }
  }

  @Test
  void run_twice_givesTheSameTable_andAThirdStartRepeatsNothing() throws IOException {
    Report first = run("one");
    Report second = run("two");
    assertThat(ReportFiles.text(second)).isEqualTo(ReportFiles.text(first));
    assertThat(second.chains()).isEqualTo(first.chains());
    assertThat(first.times()).hasSize(11).noneMatch(PhaseTime::doneBefore);
    assertThat(first.base().records()).hasSize(10);
    assertThat(printed.toString(StandardCharsets.UTF_8))
        .contains("[1/11] problems of the task")
        .contains("[11/11] control: high, equal steps")
        .contains("McNemar p")
        .contains("report: " + folder.resolve("one/report.html"));
    assertThat(folder.resolve("one/report.html")).content().contains("2 chains side by side");
    for (String run : List.of("grpo/logs", "eval/base", "eval/sft", "eval/sft+grpo")) {
      assertThat(folder.resolve("one").resolve(run)).isDirectoryContaining("glob:**/events.out.*");
    }

    Report again = run("one");
    assertThat(again.times()).allMatch(PhaseTime::doneBefore);
    assertThat(ReportFiles.text(again)).isEqualTo(ReportFiles.text(first));

    // Somebody kills it in GRPO, and then wants more updates of it.
    Files.delete(folder.resolve("one/grpo/phase.json"));
    Files.writeString(folder.resolve("one/grpo/phase.json"), "{\"done\": false}");
    Report resumed = run("one", "--chains=1");
    assertThat(resumed.times().stream().filter(time -> !time.doneBefore()).map(PhaseTime::title))
        .containsExactly(
            "GRPO from there",
            "base answers the held-out problems",
            "SFT answers the held-out problems",
            "SFT+GRPO answers the held-out problems");
    assertThat(ReportFiles.text(resumed)).isEqualTo(ReportFiles.text(first));
  }
}
