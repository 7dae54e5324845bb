package dev.terse.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.terse.cli.command.ExitCodes;
import dev.terse.engine.SeedTree;
import dev.terse.lab.chart.Chart;
import dev.terse.lab.chart.Curve;
import dev.terse.lab.chart.Ink;
import dev.terse.lab.chart.PngCanvas;
import dev.terse.testkit.SharedData;
import dev.terse.testkit.TestSeed;
import dev.terse.trainer.checkpoint.CheckpointStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * T48: a long GRPO training in one process, with evaluation, checkpoints and all sinks, whose
 * memory, handles, threads and temporary files are measured on the way; and the same with a kill
 * every so many updates, which ends with the same bits. Measures lie in {@code target/soak}.
 */
class SoakTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path MODEL = SharedData.projectRoot().resolve("checkpoints/arithmetic-skip");

  /** What warms up: classes, caches, pools. */
  private static final int WARM_UP = 200;

  @TempDir private Path folder;

  /** A look at a process between two updates. */
  private record Measure(
      int update, double megabytes, int handles, int threads, int temporaryFiles) {
    static final String HEADER = "update,rss_mb,handles,threads,temporary_files";

    String line() {
      return String.format(
          Locale.ROOT, "%d,%.1f,%d,%d,%d", update, megabytes, handles, threads, temporaryFiles);
    }
  }

  @BeforeEach
  void problems() {
    Assumptions.assumeTrue(
        Files.exists(Path.of("/proc/self/status")), "skipped: no /proc to measure a process by");
    for (String split : List.of("train", "valid")) {
      String rows = split.equals("train") ? "64" : "8";
      Cli run =
          Cli.run(
              "task",
              "arithmetic",
              "--split=" + split,
              "--format=problems",
              "--rows=" + rows,
              "--output=" + folder.resolve(split + ".jsonl"));
      assertThat(run.code()).as(run.err()).isEqualTo(ExitCodes.OK);
    }
  }

  @Test
  void updates_fewWithAKill_endWithTheBitsOfAnUndisturbedRun() throws Exception {
    soak(8, 4);
  }

  @Test
  @Tag("soak")
  void updates_twoThousandWithAKillEveryHundred_areFlatAndEndWithTheSameBits() throws Exception {
    List<Measure> measures = soak(2000, 100);
    assertThat(last(measures, Measure::megabytes))
        .as("resident memory, last quarter against the one after the warm-up: " + measures)
        .isLessThan(1.03 * first(measures, Measure::megabytes));
    for (ToDoubleFunction<Measure> flat :
        List.<ToDoubleFunction<Measure>>of(
            Measure::handles, Measure::threads, Measure::temporaryFiles)) {
      assertThat(last(measures, flat)).as("" + measures).isLessThan(first(measures, flat) + 1.5);
    }
  }

  private List<Measure> soak(int updates, int killEvery) throws Exception {
    List<Measure> measures = new ArrayList<>();
    try (CommandProcess whole = start("whole", updates, false)) {
      int next = 0;
      while (whole.livesFor(50)) {
        int update = update("whole");
        if (update >= next) {
          measure(whole, update).ifPresent(measures::add);
          next = update + Math.max(1, updates / 100);
        }
      }
      whole.done();
    }
    write(measures, updates);
    long seed = TestSeed.of("soak");
    int kills = 0;
    for (int at = killEvery; at < updates; at += killEvery) {
      try (CommandProcess run = start("killed", updates, kills > 0)) {
        run.await(folder.resolve("killed/checkpoint-" + at));
        run.livesFor(SeedTree.below(SeedTree.at(seed, "moment", kills), 300));
        run.kill();
      }
      assertThat(new CheckpointStore(folder.resolve("killed")).newestValid().orElseThrow().step())
          .isGreaterThanOrEqualTo(at);
      kills++;
    }
    try (CommandProcess last = start("killed", updates, true)) {
      last.done();
    }
    System.out.println("cases: " + updates + " updates, " + kills + " kills");
    assertThat(folder.resolve("killed/model.safetensors"))
        .hasSameBinaryContentAs(folder.resolve("whole/model.safetensors"));
    assertThat(rows("killed", "train/reward")).isEqualTo(rows("whole", "train/reward"));
    assertThat(rows("killed", "eval/accuracy")).isEqualTo(rows("whole", "eval/accuracy"));
    try (Stream<Path> left = Files.list(folder.resolve("killed"))) {
      assertThat(left.map(path -> path.getFileName().toString()))
          .noneMatch(name -> name.startsWith(".tmp-") || name.endsWith(".part"));
    }
    return measures;
  }

  private CommandProcess start(String output, int updates, boolean resume) throws IOException {
    Path temporary = Files.createDirectories(folder.resolve(output + "-tmp"));
    int every = Math.max(1, updates / 80);
    return CommandProcess.start(
        folder.resolve(output + ".log"),
        List.of(),
        // The heap is taken at once, so that what grows lies outside it.
        List.of(
            "-Xms256m",
            "-XX:+AlwaysPreTouch",
            "-XX:+UseSerialGC",
            "-Dterse.nd4j.threads=1",
            // What a run may retain is full soon; by default it grows for thousands of updates.
            "-Dterse.nd4j.primitives=128",
            "-Djava.io.tmpdir=" + temporary),
        List.of(
            "grpo",
            "--model_name_or_path=" + MODEL,
            "--dataset_name=" + folder.resolve("train.jsonl"),
            "--eval_dataset=" + folder.resolve("valid.jsonl"),
            "--eval_strategy=steps",
            "--eval_steps=" + 4 * every,
            "--output_dir=" + folder.resolve(output),
            "--num_generations=4",
            "--per_device_train_batch_size=4",
            "--num_iterations=2",
            "--max_completion_length=32",
            "--temperature=1.3",
            "--reward_funcs=[skip_ratio, length]",
            "--reward_settings={tau_length: 38, kappa_low: 0.1, kappa_high: 0.25}",
            "--learning_rate=1e-5",
            "--lr_scheduler_type=constant",
            "--seed=7",
            "--logging_steps=1",
            "--save_steps=" + every,
            "--save_total_limit=2",
            "--report_to=tensorboard",
            "--max_steps=" + updates,
            "--resume_from_checkpoint=" + resume));
  }

  private int update(String output) throws IOException {
    Path metrics = folder.resolve(output + "/metrics.jsonl");
    if (!Files.exists(metrics)) {
      return 0;
    }
    String text = Files.readString(metrics);
    int at = text.lastIndexOf("{\"step\":");
    return at < 0 ? 0 : Integer.parseInt(text.substring(at + 8).replaceFirst("(?s)\\D.*", ""));
  }

  private Optional<Measure> measure(CommandProcess process, int update) {
    Path proc = Path.of("/proc/" + process.pid());
    try {
      String status = Files.readString(proc.resolve("status"));
      return Optional.of(
          new Measure(
              update,
              number(status, "VmRSS") / 1024.0,
              count(proc.resolve("fd")),
              number(status, "Threads"),
              count(folder.resolve("whole-tmp"))));
    } catch (IOException | UncheckedIOException e) {
      return Optional.empty(); // it has just ended
    }
  }

  private static int number(String status, String name) throws IOException {
    return status
        .lines()
        .filter(line -> line.startsWith(name + ":"))
        .map(line -> Integer.parseInt(line.replaceAll("\\D", "")))
        .findFirst()
        .orElseThrow(() -> new IOException("no " + name));
  }

  private static int count(Path folder) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return (int) entries.count();
    }
  }

  private List<String> rows(String output, String name) throws IOException {
    List<String> rows = new ArrayList<>();
    for (String line : Files.readAllLines(folder.resolve(output + "/metrics.jsonl"))) {
      JsonNode row = JSON.readTree(line);
      if (row.has(name)) {
        rows.add(row.get("step") + ": " + row.get(name));
      }
    }
    assertThat(rows).as(name).isNotEmpty();
    return rows;
  }

  private static double first(List<Measure> measures, ToDoubleFunction<Measure> of) {
    return mean(measures, of, WARM_UP, WARM_UP + 450);
  }

  private static double last(List<Measure> measures, ToDoubleFunction<Measure> of) {
    return mean(measures, of, 1550, 2000);
  }

  private static double mean(
      List<Measure> measures, ToDoubleFunction<Measure> of, int from, int to) {
    return measures.stream()
        .filter(measure -> measure.update() >= from && measure.update() < to)
        .mapToDouble(of)
        .average()
        .orElseThrow();
  }

  private static void write(List<Measure> measures, int updates) throws IOException {
    Path out = Files.createDirectories(Path.of("target/soak"));
    List<String> lines = new ArrayList<>(List.of(Measure.HEADER));
    measures.forEach(measure -> lines.add(measure.line()));
    Files.write(out.resolve("soak-" + updates + ".csv"), lines);
    Chart chart =
        Chart.ofCurves(
            "Memory of " + updates + " GRPO updates in one process",
            "update",
            "resident MB",
            List.of(
                new Curve("resident MB", Ink.SFT, x(measures), y(measures, Measure::megabytes))));
    Files.write(out.resolve("soak-memory-" + updates + ".png"), PngCanvas.of(chart));
    Chart counts =
        Chart.ofCurves(
            "Handles, threads and temporary files of " + updates + " GRPO updates",
            "update",
            "number",
            List.of(
                new Curve("handles", Ink.SFT, x(measures), y(measures, Measure::handles)),
                new Curve("threads", Ink.GRPO, x(measures), y(measures, Measure::threads)),
                new Curve(
                    "temporary files",
                    Ink.LOW,
                    x(measures),
                    y(measures, Measure::temporaryFiles))));
    Files.write(out.resolve("soak-counts-" + updates + ".png"), PngCanvas.of(counts));
  }

  private static double[] x(List<Measure> measures) {
    return y(measures, Measure::update);
  }

  private static double[] y(List<Measure> measures, ToDoubleFunction<Measure> of) {
    return measures.stream().mapToDouble(of).toArray();
  }
}
