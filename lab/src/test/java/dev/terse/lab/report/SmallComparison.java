package dev.terse.lab.report;

import dev.terse.engine.SeedTree;
import dev.terse.traces.segment.ThinkingEnd;
import dev.terse.trainer.eval.EvalRecord;
import dev.terse.trainer.eval.EvalRecord.Status;
import dev.terse.trainer.metrics.JsonlSink;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Records of three models and the log of a run, as files. */
final class SmallComparison {
  static final int LIMIT = 200;

  private SmallComparison() {}

  /**
   * Drawn records; some are cut off at {@link #LIMIT}, and some answers are right by value only.
   */
  static List<EvalRecord> records(long seed, int problems, int longest, String hostile) {
    List<EvalRecord> records = new ArrayList<>();
    for (int i = 0; i < problems; i++) {
      int thinking = 1 + SeedTree.below(SeedTree.at(seed, "thinking", i), longest);
      int answer = 1 + SeedTree.below(SeedTree.at(seed, "answer", i), 9);
      boolean ended = thinking + answer < LIMIT;
      boolean right = ended && SeedTree.below(SeedTree.at(seed, "right", i), 4) > 0;
      String gold = String.valueOf(1000 + i);
      String found = i % 5 == 0 ? gold + ".0" : "1," + gold.substring(1);
      records.add(
          new EvalRecord(
              "p" + i,
              ended ? Status.OK : Status.TRUNCATED,
              right,
              right ? found : "7",
              gold,
              ended ? thinking : LIMIT,
              ended ? answer : 0,
              3,
              i % 4,
              "<think>\nOne. "
                  + hostile
                  + "\n\n[SKIP]\n\nSo "
                  + gold
                  + (ended ? "\n</think>\n\nThe answer is " + gold + ". " + hostile : "")));
    }
    return records;
  }

  static Path write(Path file, List<EvalRecord> records) throws IOException {
    EvalRecord.write(file, records);
    return file;
  }

  /** The log of a run with a metric of training and one of evaluation. */
  static Path run(Path folder) throws IOException {
    Files.createDirectories(folder);
    try (JsonlSink sink = new JsonlSink(folder.resolve(JsonlSink.FILE))) {
      for (int step = 1; step <= 4; step++) {
        sink.scalars(step, Map.of("train/loss", 1.0 / step, "eval/accuracy", 0.5 + step / 10.0));
      }
    }
    return folder;
  }

  static ReportConfig config(List<Path> records, List<Path> runs, List<Integer> budgets) {
    return new ReportConfig(
        records.stream().map(Path::toString).toList(),
        null,
        runs.stream().map(Path::toString).toList(),
        "report.html",
        false,
        budgets,
        3,
        ThinkingEnd.AUTO,
        42);
  }

  /** A comparison of three models; {@code hostile} stands wherever a model's text does. */
  static ComparisonReport of(Path folder, String hostile) throws IOException {
    List<Path> files = new ArrayList<>();
    for (String name : List.of("before", "a-recipe-with-a-rather-long-name", "short")) {
      files.add(
          write(
              folder.resolve(name + ".jsonl"),
              records(name.length(), 60, LIMIT + 10 - 4 * files.size(), hostile)));
    }
    return ComparisonReport.read(config(files, List.of(run(folder.resolve("run"))), List.of()));
  }
}
