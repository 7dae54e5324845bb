package dev.terse.trainer.eval;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.terse.answers.extract.AnswerPolicy;
import dev.terse.engine.Engine;
import dev.terse.engine.Progress;
import dev.terse.engine.reference.ReferenceEngine;
import dev.terse.model.folder.ModelFolder;
import dev.terse.reward.Rubric;
import dev.terse.reward.Sample;
import dev.terse.reward.terms.RewardSettings;
import dev.terse.reward.terms.RewardTerms;
import dev.terse.rollout.Completion;
import dev.terse.rollout.FinishReason;
import dev.terse.rollout.Prompt;
import dev.terse.testkit.SharedData;
import dev.terse.traces.Compressor;
import dev.terse.traces.Intake;
import dev.terse.traces.prune.Placeholder;
import dev.terse.traces.prune.Pruner;
import dev.terse.traces.score.StepScore;
import dev.terse.traces.score.TraceScorer;
import dev.terse.traces.segment.Thinking;
import dev.terse.traces.segment.ThinkingEnd;
import dev.terse.traces.segment.ThinkingRule;
import dev.terse.traces.segment.Trace;
import dev.terse.trainer.data.CompletionReader;
import dev.terse.trainer.data.CompletionReading;
import dev.terse.trainer.data.Problem;
import dev.terse.trainer.data.RightTrace;
import dev.terse.trainer.data.ThinkingChoice;
import dev.terse.trainer.metrics.Phases;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * For the same completion compress, eval and the rewards see the same thinking, the same steps,
 * skips and tokens, and the same answer, by every rule of thinking.
 */
class ThinkingAgreementTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path MODEL = SharedData.projectRoot().resolve("checkpoints/arithmetic-base");
  private static final int END = 299;

  /** Characters of a real text: of the model's 512 positions one is nearly a character. */
  private static final int LONGEST = 220;

  @TempDir private Path folder;
  private final Engine engine = new ReferenceEngine();
  private final ModelFolder model = ModelFolder.load(MODEL, engine);

  private record Case(String gold, String text) {}

  @AfterEach
  void close() {
    model.close();
    engine.close();
  }

  /** As models write that do not think in marks, and as they write that do. */
  private static final List<Case> CASES =
      List.of(
          new Case(
              "72",
              "To find the total, we add.\n\n1. In April: 48 clips.\n2. In May: 48 / 2 = 24.\n\n"
                  + "Adding gives 48 + 24 = 72.\n\nTherefore, the total is:\n\\[\n\\boxed{72}\n\\]"),
          new Case("72", "Step 1: Halve 48.\n\nStep 2: Add 48 and 24.\n\nThe answer is 72."),
          new Case("72", "In May 48/2 = 24 clips.\nIn all 48+24 = 72 clips.\n#### 72"),
          new Case("7", "Add them. 3 + 4 = 7. So the answer is $\\boxed{7}$.\n\nThis is right."),
          new Case("7", "First.\n\nThen 3 + 4.\n\nSo there are 7 of them."),
          new Case("7", "\\boxed{7}"),
          new Case("7", "Let me think.\n\nI do not know"),
          new Case("5", "<think>\nTwo and three.\n\nThat is 5.\n</think>\n\n\\boxed{5}"),
          new Case("5", "Two and three.\n\nThat is 5.</think>It is 6.</think>\n\n\\boxed{5}"),
          new Case("5", "<think>\nTwo and three.\n\nThat is \\boxed{5}."));

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "AUTO")
  void compressEvalAndRewards_ofTheSameCompletions_agree(ThinkingEnd end) throws IOException {
    ThinkingRule rule = ThinkingChoice.rule(end);
    List<Case> cases = new ArrayList<>(CASES);
    cases.addAll(realCases());
    Map<String, JsonNode> compressed = compress(rule, cases, "0");
    CompletionReader reader = new CompletionReader(model.tokenizer(), "[SKIP]", rule);
    Evaluator evaluator = new Evaluator(model, reader, 1, Phases.QUIET, AnswerPolicy.STRICT);
    try (Rubric safe = RewardTerms.preset("safe", List.of(), RewardSettings.defaults());
        Rubric plain =
            RewardTerms.rubric(List.of("accuracy"), List.of(), RewardSettings.defaults())) {
      for (int i = 0; i < cases.size(); i++) {
        Case each = cases.get(i);
        Problem problem = problem(i, each.gold());
        Completion completion = completion(each.text());
        CompletionReading reading = reader.read(completion);
        Sample sample = reading.sample(problem);
        EvalRecord record = evaluator.record(problem, completion);
        Thinking thinking = rule.of(each.text());
        String as = end + " " + each.text();

        assertThat(reading.thinking()).as(as).isEqualTo(thinking);
        assertThat(sample.answer()).as(as).isEqualTo(thinking.closed() ? thinking.answer() : null);
        assertThat(record.steps()).as(as).isEqualTo(sample.steps());
        assertThat(record.skips()).as(as).isEqualTo(sample.skips());
        boolean right = RightTrace.test(trace(i, each), thinking);
        assertThat(record.correct()).as(as).isEqualTo(right);
        assertThat(safe.score(sample).correct()).as(as).isEqualTo(right);
        assertThat(plain.score(sample).total()).as(as).isEqualTo(right ? 1 : 0);

        JsonNode steps = compressed.get("c" + i);
        boolean usable = thinking.closed() && !thinking.text().isBlank();
        boolean foreign = end != ThinkingEnd.MARKS && each.text().contains(Thinking.CLOSE);
        assertThat(steps != null).as(as).isEqualTo(usable && !foreign);
        if (steps != null) {
          assertThat(steps).as(as).hasSize(record.steps());
          int tokens =
              StreamSupport.stream(steps.spliterator(), false)
                  .mapToInt(step -> step.get("tokens").asInt())
                  .sum();
          int opening = thinking.opened() ? model.tokenizer().encodeData("<think>\n").length : 0;
          int closing = thinking.marked() ? 1 : 0;
          assertThat(record.thinkTokens()).as(as).isEqualTo(opening + tokens + closing);
        }
      }
    }
  }

  /** What compress writes has its skips in the thinking, and its answer where it was. */
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "AUTO")
  void compressedRows_areReadByTheSameRule(ThinkingEnd end) throws IOException {
    ThinkingRule rule = ThinkingChoice.rule(end);
    List<Case> cases = new ArrayList<>(CASES);
    cases.addAll(realCases());
    CompletionReader reader = new CompletionReader(model.tokenizer(), "[SKIP]", rule);
    Map<String, JsonNode> steps = compress(rule, cases, "0.67");
    int skips = 0;
    for (String line : Files.readAllLines(folder.resolve("sft.jsonl"))) {
      JsonNode row = JSON.readTree(line);
      String written = row.at("/completion/0/content").asText();
      CompletionReading reading = reader.read(completion(written));
      int pruned = 0;
      for (JsonNode step : steps.get(row.get("id").asText())) {
        pruned += step.get("pruned").asBoolean() ? 1 : 0;
      }
      assertThat(reading.skips().skips()).as(written).isEqualTo(pruned);
      Case origin = cases.get(Integer.parseInt(row.get("id").asText().substring(1)));
      assertThat(reading.answer().strip())
          .as(written)
          .isEqualTo(rule.of(origin.text()).answer().strip());
      skips += pruned;
    }
    assertThat(skips).isPositive();
  }

  /** A completion that was cut off has not come to its answer, unless a mark says so. */
  @Test
  void cutCompletions_haveNoAnswerWithoutMarks() {
    int[] ids = model.tokenizer().encodeData("One.\n\nTwo.</think>The answer is 7, since 3 +");
    Completion cut = new Completion(ids, new float[ids.length], FinishReason.LENGTH);
    for (ThinkingEnd end : List.of(ThinkingEnd.BEFORE_ANSWER, ThinkingEnd.BEFORE_LAST_PARAGRAPH)) {
      CompletionReading reading = reader(end).read(cut);
      assertThat(reading.answer()).isNull();
      assertThat(reading.thinkTokens()).isEqualTo(ids.length);
    }
    assertThat(reader(ThinkingEnd.MARKS).read(cut).answer()).startsWith("The answer is 7");
  }

  private CompletionReader reader(ThinkingEnd end) {
    return new CompletionReader(model.tokenizer(), "[SKIP]", ThinkingChoice.rule(end));
  }

  /** Steps of the rows that were taken, by id. */
  private Map<String, JsonNode> compress(ThinkingRule rule, List<Case> cases, String kappa)
      throws IOException {
    ArrayNode rows = JsonNodeFactory.instance.arrayNode();
    for (int i = 0; i < cases.size(); i++) {
      rows.addObject()
          .put("id", "c" + i)
          .put("question", "?")
          .put("response", cases.get(i).text())
          .put("gold", cases.get(i).gold());
    }
    List<String> lines = new ArrayList<>();
    rows.forEach(row -> lines.add(row.toString()));
    Path input = Files.write(folder.resolve("traces.jsonl"), lines);
    Path steps = folder.resolve("steps.jsonl");
    Compressor.Method method =
        new Compressor.Method(
            StepScore.ENTROPY_MEAN,
            Pruner.lowest(new BigDecimal(kappa)),
            Placeholder.perStep("[SKIP]"));
    Intake intake =
        new Intake(Intake.BadRows.FAIL, Integer.MAX_VALUE, 512, rule, (trace, thinking) -> true);
    new Compressor(TraceScorer.of(model), intake)
        .run(
            input,
            List.of(new Compressor.Target(method, folder.resolve("sft.jsonl"), steps)),
            Progress.NONE);
    Map<String, JsonNode> taken = new HashMap<>();
    for (String line : Files.readAllLines(steps)) {
      JsonNode row = JSON.readTree(line);
      taken.put(row.get("id").asText(), row.get("steps"));
    }
    return taken;
  }

  private Completion completion(String text) {
    int[] ids = model.tokenizer().encodeData(text);
    int[] ended = Arrays.copyOf(ids, ids.length + 1);
    ended[ids.length] = END;
    return new Completion(ended, new float[ended.length], FinishReason.STOP);
  }

  private static Problem problem(int index, String gold) {
    return new Problem("c" + index, "?", gold, new Prompt(index, new int[] {1}));
  }

  private static Trace trace(int index, Case each) {
    return new Trace("c" + index, "?", each.text(), each.gold());
  }

  /** Short worked answers and chains of real models; none where the data are absent. */
  private static List<Case> realCases() throws IOException {
    List<Case> cases = new ArrayList<>();
    Path traces = SharedData.path("traces/traces-eval.jsonl");
    Path worked = SharedData.path("gsm8k/test.jsonl");
    if (Files.exists(traces) && Files.exists(worked)) {
      for (String line : Files.readAllLines(worked)) {
        add(cases, JSON.readTree(line).path("answer").asText(), "1", 6);
      }
      for (String line : Files.readAllLines(traces)) {
        JsonNode row = JSON.readTree(line);
        String response = row.path("response").asText();
        int close = response.indexOf(Thinking.CLOSE);
        if (close >= 0) {
          add(cases, response.substring(close + 8).strip(), row.path("gold").asText(), 14);
        }
      }
    }
    return cases;
  }

  private static void add(List<Case> cases, String text, String gold, int most) {
    if (text.length() < LONGEST && cases.size() < most) {
      cases.add(new Case(gold, text));
    }
  }
}
