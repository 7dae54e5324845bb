package dev.terse.traces;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.terse.engine.Progress;
import dev.terse.engine.reference.ReferenceEngine;
import dev.terse.io.Journal;
import dev.terse.traces.prune.Placeholder;
import dev.terse.traces.prune.Pruner;
import dev.terse.traces.prune.SftExample;
import dev.terse.traces.score.StepScore;
import dev.terse.traces.segment.SkipCounts;
import dev.terse.traces.segment.Thinking;
import dev.terse.traces.segment.ThinkingEnd;
import dev.terse.traces.segment.ThinkingRule;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompressorTest {
  private static final String GOOD =
      row("t1", "One.\\n\\nTwo a.\\n\\nThree!\\n\\nFour\\n</think>\\n\\nIt is \\\\boxed{4}.");
  private static final String SHORT = row("t2", "Only one step.</think>4");

  @TempDir Path folder;
  private final ReferenceEngine engine = new ReferenceEngine();
  private final TinyModel model = TinyModel.on(engine);

  @AfterEach
  void close() {
    model.close();
    engine.close();
  }

  @Test
  void run_trace_losesItsLowestStepsAndKeepsTheRestToTheLetter() throws IOException {
    CompressReport report = run(Intake.all(), GOOD, SHORT);
    List<JsonNode> examples = read("sft.jsonl");
    List<JsonNode> steps = read("steps.jsonl");
    assertThat(examples).hasSize(2);

    JsonNode first = steps.get(0);
    assertThat(first.get("id").asText()).isEqualTo("t1");
    assertThat(first.get("steps")).hasSize(4);
    String thinking = "One.\n\nTwo a.\n\nThree!\n\nFour\n";
    StringBuilder expected = new StringBuilder();
    double largestPruned = 0;
    double smallestKept = Double.MAX_VALUE;
    for (JsonNode step : first.get("steps")) {
      double mean = step.get("entropy_mean").asDouble();
      assertThat(step.get("entropy_sum").asDouble())
          .isCloseTo(mean * step.get("tokens").asInt(), within(1e-9));
      if (step.get("pruned").asBoolean()) {
        largestPruned = Math.max(largestPruned, mean);
        expected.append("[SKIP]");
      } else {
        smallestKept = Math.min(smallestKept, mean);
        expected.append(thinking, step.get("start").asInt(), step.get("end").asInt());
      }
    }
    assertThat(largestPruned).isLessThan(smallestKept);
    assertThat(examples.get(0).at("/prompt/0/content").asText()).isEqualTo("2+2?");
    assertThat(examples.get(0).get("gold").asText()).isEqualTo("4");
    assertThat(completion(examples.get(0)))
        .isEqualTo(expected.toString().stripTrailing() + "\n</think>\n\nIt is \\boxed{4}.");
    assertThat(completion(examples.get(0)).split("\\[SKIP]", -1)).hasSize(4);
    assertThat(completion(examples.get(1))).isEqualTo("Only one step.\n</think>\n\n4");

    assertThat(report.rowsRead()).isEqualTo(2);
    assertThat(report.steps()).isEqualTo(5);
    assertThat(report.prunedSteps()).isEqualTo(3);
    assertThat(report.stepEntropy().getN()).isEqualTo(5);
    assertThat(report.text()).contains("rows: 2 read, 2 written; dropped: none");
  }

  @Test
  void run_anyPacking_writesTheSameBytes() throws IOException {
    String[] rows = new String[12];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = row("t" + i, "a.\\n\\nb".repeat(1 + i % 5) + "</think>" + i);
    }
    List<String> seen = new ArrayList<>();
    for (int batchTokens : new int[] {1, 60, 100_000}) {
      AtomicLong heard = new AtomicLong();
      CompressReport report =
          compressor(
                  new Intake(
                      Intake.BadRows.FAIL,
                      200,
                      batchTokens,
                      ThinkingRule.MARKS,
                      (t, parts) -> true))
              .run(write(rows), targets(file("sft.jsonl")), heard::addAndGet)
              .get(0);
      assertThat(heard.get()).isEqualTo(report.tokensRead()).isPositive();
      seen.add(Files.readString(file("sft.jsonl")) + Files.readString(file("steps.jsonl")));
    }
    assertThat(seen.get(1)).isEqualTo(seen.get(0));
    assertThat(seen.get(2)).isEqualTo(seen.get(0));
  }

  /** A fault in every pass in turn, and the same journal again. */
  @Test
  void run_brokenOffInAnyPass_goesOnToTheSameBytesAndReport() throws IOException {
    String[] rows = new String[7];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = row("t" + i, "a.\\n\\nb".repeat(1 + i % 3) + "</think>" + i);
    }
    rows[3] = row("t3", "open"); // is no row of a pass, and counts once
    Path input = write(rows);
    Intake intake = new Intake(Intake.BadRows.FAIL, 200, 1, ThinkingRule.MARKS, (t, parts) -> true);
    Compressor compressor = compressor(intake);
    String report = compressor.run(input, targets(file("sft.jsonl")), Progress.NONE).get(0).text();
    byte[] examples = Files.readAllBytes(file("sft.jsonl"));
    byte[] steps = Files.readAllBytes(file("steps.jsonl"));
    TraceSurvey survey = compressor.survey(input);
    assertThat(survey.passTokens()).hasSize(6);
    for (int broken = 0; broken < 6; broken++) {
      Files.delete(file("sft.jsonl"));
      Files.delete(file("steps.jsonl"));
      int fault = broken;
      AtomicLong heard = new AtomicLong();
      Progress faulty =
          tokens -> {
            if (heard.getAndIncrement() == fault) {
              throw new IllegalStateException("fault");
            }
          };
      assertThatThrownBy(() -> goOn(compressor, input, survey, faulty)).hasMessage("fault");
      assertThat(file("steps.jsonl")).doesNotExist();
      AtomicLong read = new AtomicLong();
      CompressReport again = goOn(compressor, input, survey, read::addAndGet);
      assertThat(file("sft.jsonl")).hasBinaryContent(examples);
      assertThat(file("steps.jsonl")).hasBinaryContent(steps);
      assertThat(again.text()).isEqualTo(report);
      assertThat(read.get()).as("only what was missing is read").isLessThan(again.tokensRead());
    }
  }

  private CompressReport goOn(
      Compressor compressor, Path input, TraceSurvey survey, Progress progress) throws IOException {
    try (Journal journal = Journal.open(file("sft.jsonl"), Map.of(), false)) {
      return compressor.run(input, survey, targets(file("sft.jsonl")), journal, progress).get(0);
    }
  }

  @Test
  void run_stillRight_isAskedInBatches_andDropsWhatIsLost() throws IOException {
    String[] rows = new String[7];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = row("t" + i, "One.\\n\\nTwo a.\\n\\nThree</think>" + i);
    }
    rows[6] = rows[6].replace("\"gold\": \"4\", ", "");
    List<Integer> batches = new ArrayList<>();
    StillRight oddsAreLost =
        new StillRight() {
          @Override
          public int batch() {
            return 4;
          }

          @Override
          public List<Outcome> of(List<SftExample> pruned) {
            batches.add(pruned.size());
            assertThat(pruned)
                .allSatisfy(example -> assertThat(example.completion()).contains("[SKIP]"));
            return pruned.stream()
                .map(example -> Integer.parseInt(example.id().substring(1)))
                .map(i -> i == 2 ? Outcome.CUT : i % 2 == 1 ? Outcome.WRONG : Outcome.RIGHT)
                .toList();
          }
        };
    Intake intake =
        new Intake(
            Intake.BadRows.FAIL, 200, 1, ThinkingRule.MARKS, (t, parts) -> true, oddsAreLost);
    CompressReport report = run(intake, rows);
    assertThat(batches).containsExactly(4, 2);
    assertThat(read("sft.jsonl")).extracting(r -> r.get("id").asText()).containsExactly("t0", "t4");
    assertThat(read("steps.jsonl")).hasSize(2);
    assertThat(report.rowsRead()).isEqualTo(7);
    assertThat(report.text())
        .contains(
            "kept 2 (still right), lost 3 (no longer right, 50.0 %), cut off 1, without gold"
                + " answer 1");
    assertThatThrownBy(() -> run(intake, rows[1]))
        .hasMessageContaining("1 no longer answered right once pruned. Lower kappa");
  }

  @Test
  void run_rowsThatCannotBeUsed_areCountedByReason() throws IOException {
    Intake intake =
        new Intake(
            Intake.BadRows.SKIP, 120, 500, ThinkingRule.MARKS, (t, parts) -> !t.id().equals("e"));
    CompressReport report =
        run(
            intake,
            GOOD,
            row("a", "never closed"),
            row("b", " \\n</think>x"),
            row("c", "thought</think>\\n"),
            row("d", "long ".repeat(40) + "</think>x"),
            row("e", "thought</think>5"),
            "{\"id\": \"f\", \"response\": 7}",
            "not json",
            row("g", "half \\ud83d pair</think>x"),
            "",
            SHORT);
    assertThat(report.rowsRead()).isEqualTo(10);
    assertThat(report.rowsWritten()).isEqualTo(2);
    assertThat(report.droppedText())
        .isEqualTo(
            "3 malformed row, 1 no </think>, 1 empty thinking, 1 no answer after the thinking,"
                + " 1 answer not right, 1 longer than 120 tokens");
    assertThat(report.dropped(DropReason.MALFORMED)).isEqualTo(3);
    assertThat(read("sft.jsonl")).extracting(r -> r.get("id").asText()).containsExactly("t1", "t2");
  }

  @Test
  void run_longRow_isBoundedByTheModelsPositions() throws IOException {
    CompressReport report = run(Intake.all(), GOOD, row("d", "long ".repeat(60) + "</think>x"));
    assertThat(report.droppedText()).isEqualTo("1 longer than 256 tokens");
  }

  @Test
  void run_malformedRow_endsTheRunWithItsLineAndLeavesOlderFiles() throws IOException {
    Files.writeString(file("sft.jsonl"), "older");
    Path input = write(GOOD, "", "{\"response\": \"a</think>b\"}");
    assertThatThrownBy(
            () -> compressor(Intake.all()).run(input, targets(file("sft.jsonl")), Progress.NONE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(input + " line 3: expected a text in field 'question', found no such field");
    assertThat(file("sft.jsonl")).hasContent("older");
    assertThat(file("steps.jsonl")).doesNotExist();
    try (var files = Files.list(folder)) {
      assertThat(files.map(f -> f.getFileName().toString()))
          .containsExactlyInAnyOrder("sft.jsonl", "traces.jsonl");
    }
  }

  @Test
  void run_nothingUsable_saysWhy() {
    assertThatThrownBy(() -> run(Intake.all()))
        .hasMessageContaining("expected a usable trace, found none in 0 rows; dropped: none");
    assertThatThrownBy(() -> run(Intake.all(), row("a", "open"), row("b", "open")))
        .hasMessageContaining("found none in 2 rows; dropped: 2 no </think>")
        .hasMessageContaining("give thinking: before_answer or thinking: before_last_paragraph")
        .hasMessageContaining("traces --form r1");
    assertThat(file("sft.jsonl")).doesNotExist();
  }

  @Test
  void run_chainsWithoutMarks_areSplitAndReadBackByTheSameRule() throws IOException {
    ThinkingRule rule =
        new ThinkingRule(ThinkingEnd.BEFORE_ANSWER, text -> text.lastIndexOf("It is 4"));
    Intake intake = new Intake(Intake.BadRows.FAIL, 200, 500, rule, (t, parts) -> true);
    CompressReport report =
        run(
            intake,
            row("a", "One.\\n\\nTwo a.\\n\\nThree! It is 4.\\n\\nDone."),
            row("b", "One.\\n\\nIt is 4</think>"),
            row("c", "One. Two."),
            row("d", "It is 4"));
    assertThat(report.rowsWritten()).isOne();
    assertThat(report.droppedText())
        .isEqualTo(
            "1 no final answer found, 1 has </think>, which is no mark under this rule of thinking,"
                + " 1 empty thinking");
    JsonNode steps = read("steps.jsonl").get(0).get("steps");
    assertThat(steps).hasSize(3); // "Three! " is what stands before the answer's sentence
    String written = completion(read("sft.jsonl").get(0));
    assertThat(written).doesNotContain("think").endsWith("\n\nIt is 4.\n\nDone.");
    Thinking again = rule.of(written);
    assertThat(SkipCounts.of(again.text(), "[SKIP]").skips()).isEqualTo(2);
    assertThat(SkipCounts.of(again.text(), "[SKIP]").kept()).isEqualTo(1);
  }

  @Test
  void run_answerThatIsAnotherOncePruned_isDroppedAndCounted() throws IOException {
    ThinkingRule rule =
        new ThinkingRule(
            ThinkingEnd.BEFORE_ANSWER,
            text -> text.contains("[SKIP]") ? -1 : text.lastIndexOf("It is"));
    Intake intake = new Intake(Intake.BadRows.FAIL, 200, 500, rule, (t, parts) -> true);
    String pruned = row("a", "One.\\n\\nTwo.\\n\\nIt is 4");
    CompressReport report = run(intake, pruned, row("b", "One.\\n\\nIt is 4"));
    assertThat(report.droppedText()).isEqualTo("1 another answer once pruned");
    assertThat(completion(read("sft.jsonl").get(0))).isEqualTo("One.\n\nIt is 4");
  }

  @Test
  void run_severalTargets_equalsARunForEach() throws IOException {
    Path input = write(GOOD, SHORT);
    var low = new Compressor.Target(method(Pruner.Order.LOW, "0.5"), file("low.jsonl"), null);
    var high = new Compressor.Target(method(Pruner.Order.HIGH, "0.25"), file("high.jsonl"), null);
    List<CompressReport> together =
        compressor(Intake.all()).run(input, List.of(low, high), Progress.NONE);
    List<String> texts = List.of(Files.readString(low.output()), Files.readString(high.output()));
    assertThat(together).extracting(CompressReport::prunedSteps).containsExactly(2L, 1L);
    for (Compressor.Target one : List.of(low, high)) {
      compressor(Intake.all()).run(input, List.of(one), Progress.NONE);
    }
    assertThat(List.of(Files.readString(low.output()), Files.readString(high.output())))
        .isEqualTo(texts);
  }

  @Test
  void run_outputThatIsTheInput_isRefused() throws IOException {
    Path input = write(GOOD);
    assertThatThrownBy(() -> compressor(Intake.all()).run(input, targets(input), Progress.NONE))
        .hasMessageContaining("is what the command reads")
        .hasMessageContaining("traces.jsonl");
    assertThat(input).content().contains("t1");
  }

  private CompressReport run(Intake intake, String... rows) throws IOException {
    return compressor(intake).run(write(rows), targets(file("sft.jsonl")), Progress.NONE).get(0);
  }

  private Compressor compressor(Intake intake) {
    return new Compressor(model.scorer(), intake);
  }

  private List<Compressor.Target> targets(Path output) {
    return List.of(
        new Compressor.Target(method(Pruner.Order.LOW, "0.8"), output, file("steps.jsonl")));
  }

  private static Compressor.Method method(Pruner.Order order, String kappa) {
    return new Compressor.Method(
        StepScore.ENTROPY_MEAN,
        new Pruner(new BigDecimal(kappa), Pruner.Budget.STEPS, order, 0, 0, 0),
        Placeholder.perStep(SkipCounts.SKIP));
  }

  private Path file(String name) {
    return folder.resolve(name);
  }

  private Path write(String... rows) throws IOException {
    return Files.writeString(file("traces.jsonl"), String.join("\n", rows) + "\n");
  }

  private List<JsonNode> read(String name) throws IOException {
    List<JsonNode> rows = new ArrayList<>();
    for (String line : Files.readAllLines(file(name))) {
      rows.add(new JsonMapper().readTree(line));
    }
    return rows;
  }

  private static String completion(JsonNode example) {
    return example.at("/completion/0/content").asText();
  }

  private static String row(String id, String response) {
    return "{\"id\": \"%s\", \"question\": \"2+2?\", \"gold\": \"4\", \"response\": \"%s\"}"
        .formatted(id, response);
  }
}
