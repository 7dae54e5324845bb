package dev.terse.lab.report;

import dev.terse.lab.chart.Ink;
import dev.terse.lab.chart.Mark;
import dev.terse.trainer.eval.EvalRecord;
import dev.terse.trainer.eval.EvalRecord.Status;
import dev.terse.trainer.metrics.JsonlSink;
import dev.terse.trainer.metrics.MetricHistory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/** A fixed result of 200 problems. */
final class SmallReport {
  static final int PROBLEMS = 200;

  private SmallReport() {}

  static ArmResult arm(String name, Ink ink, IntPredicate correct, int thinkTokens, int skips) {
    List<EvalRecord> records =
        IntStream.range(0, PROBLEMS)
            .mapToObj(
                i ->
                    new EvalRecord(
                        "p" + i,
                        Status.OK,
                        correct.test(i),
                        "1",
                        "1",
                        thinkTokens + i % 3,
                        5,
                        4,
                        skips,
                        "text"))
            .toList();
    return new ArmResult(name, ink, Mark.DISC, records);
  }

  static ArmResult base() {
    return arm("base", Ink.BASE, i -> i < 180, 100, 0);
  }

  static ArmResult sft() {
    return arm("SFT", Ink.SFT, i -> i < 150, 60, 3);
  }

  static ArmResult grpo() {
    return arm("SFT+GRPO", Ink.GRPO, i -> i >= 2 && i < 180, 50, 4);
  }

  static ControlGroup controls() {
    return new ControlGroup(
        "steps",
        arm("low, equal steps", Ink.LOW, i -> i < 150, 61, 3),
        arm("random, equal steps", Ink.RANDOM, i -> i < 110, 60, 3),
        arm("high, equal steps", Ink.HIGH, i -> i < 151, 40, 3));
  }

  /** The report; {@code hostile} stands wherever a model's text does. */
  static Report of(Path folder, String hostile) throws IOException {
    Path file = folder.resolve("metrics.jsonl");
    try (JsonlSink sink = new JsonlSink(file)) {
      for (int step = 1; step <= 5; step++) {
        sink.scalars(
            step,
            Map.of(
                "train/loss",
                1.0 / step,
                "train/reward",
                step / 10.0,
                "train/accuracy",
                0.5,
                "train/compression/think_tokens",
                80.0 - step,
                "train/compression/skip_ratio",
                0.3));
      }
    }
    MetricHistory history = MetricHistory.read(file);
    Chain chain =
        new Chain(
            "p0",
            "What is 1+1? " + hostile,
            List.of(
                new Chain.Step("One. " + hostile + "\n\n", 0.5),
                new Chain.Step("[SKIP]\n\n", 2.5),
                new Chain.Step("[SKIP][SKIP]So 2.", 1.5)),
            "\\boxed{2} " + hostile);
    return new Report(
        base(),
        List.of(sft(), grpo()),
        List.of(controls()),
        history,
        history,
        List.of(List.of(chain), List.of(chain), List.of(chain)),
        List.of(
            new Report.PhaseTime("sampling", 30, false), new Report.PhaseTime("SFT", 60.25, true)),
        Map.of("quickstart", Map.of("kappa", "0.5 " + hostile)),
        42);
  }
}
