package dev.terse.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.terse.answers.AnswerCheck;
import dev.terse.answers.Grade;
import dev.terse.answers.compare.Verdict;
import dev.terse.answers.extract.AnswerPolicy;
import dev.terse.cli.rows.Rows;
import dev.terse.io.JsonLines;
import dev.terse.io.JsonLinesWriter;
import dev.terse.io.Outputs;
import dev.terse.io.hub.InputKind;
import dev.terse.trainer.config.Default;
import dev.terse.trainer.config.places.Reads;
import dev.terse.trainer.config.places.Writes;
import dev.terse.trainer.data.ProblemSet;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;

/** Predictions against right answers. */
@Command(
    name = "grade",
    mixinStandardHelpOptions = true,
    description = {
      "Compares predictions with right answers, to debug a reward or compare graders.",
      "Rows {\"id\", \"gold\", \"prediction\"} (a bare answer, a text or a whole completion) become"
          + " {\"id\", \"verdict\": \"equal|different|unknown\", \"extracted\", \"reason\"}."
    },
    footer = {
      "",
      "Example:",
      "  java -jar trainer.jar grade --dataset_name in.jsonl --output out.jsonl"
    })
public final class GradeCommand extends ConfiguredCommand<GradeCommand.GradeConfig> {

  /**
   * The keys. docs/commands/grade.md lists them.
   *
   * @param datasetName file of the predictions
   * @param output file of the verdicts
   * @param overwrite whether a file that stands there is replaced
   * @param answerPolicy where the answer may stand and who compares it
   */
  public record GradeConfig(
      @Reads(InputKind.FILE) String datasetName,
      @Writes(Writes.Kind.FILE) String output,
      @Default("false") boolean overwrite,
      @Default("lenient") String answerPolicy) {

    public GradeConfig {
      AnswerPolicy.named(answerPolicy);
    }
  }

  /** A command without arguments yet. */
  public GradeCommand() {
    super(GradeConfig.class);
  }

  @Override
  public Integer call() throws IOException {
    GradeConfig config = load().config();
    Path input = InputKind.FILE.place(config.datasetName());
    Path output = Path.of(config.output());
    new Outputs(List.of(input), config.overwrite()).requireFiles(List.of(output));
    AnswerCheck check = new AnswerCheck(AnswerPolicy.named(config.answerPolicy()));
    Map<Verdict, Integer> counts = new EnumMap<>(Verdict.class);
    List<Double> millis = new ArrayList<>();
    List<String> unread = new ArrayList<>();
    try (JsonLines rows = JsonLines.open(input);
        JsonLinesWriter out = new JsonLinesWriter(output)) {
      for (JsonNode row = rows.next(); row != null; row = rows.next()) {
        String gold = Rows.text(rows, row, "gold");
        String prediction = Rows.text(rows, row, "prediction");
        long start = System.nanoTime();
        Grade grade = check.check(gold, prediction);
        millis.add((System.nanoTime() - start) / 1e6);
        counts.merge(grade.verdict(), 1, Integer::sum);
        if (!AnswerCheck.understands(gold)) {
          unread.add(row.has("id") ? row.get("id").asText() : "line " + rows.line());
        }
        ObjectNode result = JsonNodeFactory.instance.objectNode();
        if (row.has("id")) {
          result.set("id", row.get("id"));
        }
        result.put("verdict", grade.verdict().name().toLowerCase(Locale.ROOT));
        result.put("extracted", grade.extracted());
        result.put("reason", grade.reason());
        out.write(result);
      }
      out.commit();
    }
    System.out.printf(
        Locale.ROOT,
        "equal %d, different %d, unknown %d%n",
        counts.getOrDefault(Verdict.EQUAL, 0),
        counts.getOrDefault(Verdict.DIFFERENT, 0),
        counts.getOrDefault(Verdict.UNKNOWN, 0));
    if (!unread.isEmpty()) {
      System.out.println(ProblemSet.unreadGolds(unread));
    }
    if (!millis.isEmpty()) {
      printTimes(millis);
    }
    return ExitCodes.OK;
  }

  /** The first pairs take longest: they find the program cold. */
  private static void printTimes(List<Double> millis) {
    Collections.sort(millis);
    System.out.printf(
        Locale.ROOT,
        "time per pair: median %.3f ms, worst %.1f ms; %.0f pairs/s%n",
        millis.get(millis.size() / 2),
        millis.get(millis.size() - 1),
        1000 * millis.size() / millis.stream().mapToDouble(m -> m).sum());
  }
}
