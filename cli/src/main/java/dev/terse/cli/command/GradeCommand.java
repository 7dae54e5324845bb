package dev.terse.cli.command;

import static dev.terse.cli.command.OptionText.DEFAULT;

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
import dev.terse.trainer.data.ProblemSet;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Predictions against right answers. */
@Command(
    name = "grade",
    mixinStandardHelpOptions = true,
    description = {
      "Compares predictions with right answers, to debug a reward or compare graders.",
      "Rows {\"id\", \"gold\", \"prediction\"} (a bare answer, a text or a whole completion) become"
          + " {\"id\", \"verdict\": \"equal|different|unknown\", \"extracted\", \"reason\"}."
    },
    footer = {"", "Example:", "  java -jar trainer.jar grade --input in.jsonl --output out.jsonl"})
public final class GradeCommand implements Callable<Integer> {
  @Option(names = "--input", required = true, description = "JSONL with the predictions.")
  private Path input;

  @Option(names = "--output", required = true, description = "JSONL with the verdicts.")
  private Path output;

  @Option(
      names = "--answer-policy",
      defaultValue = "lenient",
      converter = PolicyConverter.class,
      description =
          "Where the answer may stand and who compares it: strict (marked, after </think>),"
              + " lenient (anywhere; also called whole_text), authors_code, trl, trl_reasoning,"
              + " lm_eval_gsm8k_strict, lm_eval_gsm8k_flexible."
              + DEFAULT)
  private AnswerPolicy policy;

  @Mixin private OverwriteOption outputs;

  @Override
  public Integer call() throws IOException {
    outputs.requireFiles(List.of(input), output);
    AnswerCheck check = new AnswerCheck(policy);
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

  /** Names of presets, with one sentence for an unknown one. */
  static final class PolicyConverter implements ITypeConverter<AnswerPolicy> {
    @Override
    public AnswerPolicy convert(String name) {
      try {
        return AnswerPolicy.named(name);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
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
