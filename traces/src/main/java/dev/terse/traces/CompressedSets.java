package dev.terse.traces;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.terse.io.Journal;
import dev.terse.io.JsonLinesWriter;
import dev.terse.traces.prune.PrunedTrace;
import dev.terse.traces.prune.SftExample;
import dev.terse.traces.score.ScoredTrace;
import dev.terse.traces.score.TraceTokens;
import dev.terse.traces.segment.Thinking;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * The training sets that one run of the {@link Compressor} makes, on their way through its {@link
 * Journal}: a pass is a unit, a trace a row.
 *
 * <pre>
 * Row --> {"tokens": read by the model, "sets": [Set, …]}      one a target, in their order
 * Set --> {"example": SftExample, "steps": StepsRow} | {"dropped": DropReason}
 * </pre>
 */
final class CompressedSets {
  private final List<Compressor.Target> targets;
  private final Intake intake;

  CompressedSets(List<Compressor.Target> targets, Intake intake) {
    this.targets = targets;
    this.intake = intake;
  }

  /**
   * A trace as a target has it.
   *
   * @param dropped why it is not written, or null
   */
  private record Pruned(SftExample example, ObjectNode steps, DropReason dropped) {

    Pruned withOutcome(StillRight.Outcome outcome) {
      return switch (outcome) {
        case RIGHT -> this;
        case WRONG -> new Pruned(example, steps, DropReason.LOST);
        case CUT -> new Pruned(example, steps, DropReason.CUT);
      };
    }

    ObjectNode toJson() {
      ObjectNode json = JsonNodeFactory.instance.objectNode();
      if (dropped != null) {
        return json.put("dropped", dropped.name());
      }
      json.set("example", example.toJson());
      json.set("steps", steps);
      return json;
    }
  }

  /**
   * A scored pass that waits for its answers.
   *
   * @param traces of each trace what each target has, [traces][targets]
   */
  record Waiting(TracePasses.Pass pass, List<List<Pruned>> traces) {}

  /** Prunes the traces of a pass in the way of each target. */
  Waiting prune(TracePasses.Pass pass, List<ScoredTrace> scored) {
    return new Waiting(
        pass,
        scored.stream()
            .map(trace -> targets.stream().map(target -> prune(trace, target.method())).toList())
            .toList());
  }

  private Pruned prune(ScoredTrace scored, Compressor.Method method) {
    PrunedTrace trace = PrunedTrace.of(scored, method.score(), method.pruner());
    SftExample example = trace.example(method.placeholder());
    DropReason dropped = keepsAnswer(scored.thinking(), example) ? null : DropReason.CHANGED;
    return new Pruned(example, trace.stepsRow(), dropped);
  }

  /** Whether the rule finds the same answer in what is written, and so the marks before it. */
  private boolean keepsAnswer(Thinking thinking, SftExample example) {
    Thinking written = intake.rule().of(example.completion());
    return written.closed() && written.answer().strip().equals(thinking.answer().strip());
  }

  /** Puts passes on file, after the model was asked for its answers where that is wanted. */
  void append(List<Waiting> passes, Journal journal) throws IOException {
    Iterator<StillRight.Outcome> outcomes = outcomes(passes);
    for (Waiting waiting : passes) {
      List<ObjectNode> rows = new ArrayList<>();
      for (int t = 0; t < waiting.traces.size(); t++) {
        TraceTokens trace = waiting.pass.traces().get(t);
        ObjectNode row = JsonNodeFactory.instance.objectNode();
        ArrayNode sets = row.put("tokens", trace.input().length).putArray("sets");
        for (Pruned pruned : waiting.traces.get(t)) {
          boolean asked = intake.stillRight() != null && pruned.dropped == null;
          sets.add((asked ? pruned.withOutcome(outcomes.next()) : pruned).toJson());
        }
        rows.add(row);
      }
      journal.append(waiting.pass.number(), rows);
    }
  }

  /** Of what is not dropped yet, in order. */
  private Iterator<StillRight.Outcome> outcomes(List<Waiting> passes) {
    if (intake.stillRight() == null) {
      return List.<StillRight.Outcome>of().iterator();
    }
    List<SftExample> asked =
        passes.stream()
            .flatMap(waiting -> waiting.traces.stream())
            .flatMap(List::stream)
            .filter(pruned -> pruned.dropped == null)
            .map(Pruned::example)
            .toList();
    return intake.stillRight().of(asked).iterator();
  }

  /** One report a target. */
  List<CompressReport> reports(Journal journal, TraceSurvey survey, int maxTokens)
      throws IOException {
    List<CompressReport> reports = new ArrayList<>();
    targets.forEach(
        target ->
            reports.add(
                new CompressReport(maxTokens, survey.dropped(), intake.stillRight() != null)));
    journal.forEach(
        (number, rows) -> {
          for (JsonNode row : rows) {
            for (int k = 0; k < targets.size(); k++) {
              CompressReport report = reports.get(k);
              JsonNode set = row.get("sets").get(k);
              report.pass(row.get("tokens").longValue());
              if (set.has("dropped")) {
                report.drop(DropReason.valueOf(set.get("dropped").textValue()));
              } else {
                report.write(set.get("steps"));
              }
            }
          }
        });
    return reports;
  }

  /** Writes all files, the first target's training set last: the journal goes with it. */
  void write(Journal journal) throws IOException {
    for (int k = 0; k < targets.size(); k++) {
      if (targets.get(k).steps() != null) {
        write(journal, k, "steps", targets.get(k).steps());
      }
      if (k > 0) {
        write(journal, k, "example", targets.get(k).output());
      }
    }
    journal.finish(rows -> rows(rows, 0, "example"));
  }

  private static void write(Journal journal, int target, String field, Path file)
      throws IOException {
    try (JsonLinesWriter out = new JsonLinesWriter(file)) {
      journal.forEach(
          (number, rows) -> {
            for (JsonNode row : rows(rows, target, field)) {
              out.write(row);
            }
          });
      out.commit();
    }
  }

  private static List<JsonNode> rows(List<JsonNode> unit, int target, String field) {
    return unit.stream()
        .map(row -> row.get("sets").get(target).get(field))
        .filter(row -> row != null)
        .toList();
  }
}
