package dev.terse.traces;

import com.fasterxml.jackson.databind.JsonNode;
import dev.terse.engine.Progress;
import dev.terse.io.JsonLines;
import dev.terse.io.Outputs;
import dev.terse.traces.prune.Placeholder;
import dev.terse.traces.prune.Pruner;
import dev.terse.traces.prune.SftExample;
import dev.terse.traces.score.ScoredTrace;
import dev.terse.traces.score.StepScore;
import dev.terse.traces.score.TraceScorer;
import dev.terse.traces.score.TraceTokens;
import dev.terse.traces.segment.Thinking;
import dev.terse.traces.segment.Trace;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns a file of traces into an SFT set: scores the steps of each chain of thought, prunes, and
 * writes the row out. Rows stream; a few are held at a time, packed into one pass of the model.
 */
public final class Compressor {
  private static final Logger log = LoggerFactory.getLogger(Compressor.class);

  private final TraceScorer scorer;
  private final Intake intake;

  /**
   * How steps are ranked, chosen and replaced.
   *
   * @param score what they are ranked by
   * @param pruner how many go, and which
   * @param placeholder what stands in their place
   */
  public record Method(StepScore score, Pruner pruner, Placeholder placeholder) {}

  /**
   * One training set to write.
   *
   * @param output {@link SftExample} rows, in the order of the input
   * @param steps file for the steps of every written row, or null
   */
  public record Target(Method method, Path output, Path steps) {}

  public Compressor(TraceScorer scorer, Intake intake) {
    this.scorer = scorer;
    this.intake = intake;
  }

  /**
   * Compresses {@code input} once for every target: the model reads each trace once, however many
   * ways of pruning are asked for. Each file appears whole at the end or not at all.
   *
   * @param input traces, JSONL: {@code question}, {@code response}, and {@code id}, {@code gold}
   *     where there are
   * @param progress hears tokens read by the model
   * @return one report a target, in their order
   * @throws IllegalArgumentException if no row can be used, or a bad one comes under {@link
   *     Intake.BadRows#FAIL}
   */
  public List<CompressReport> run(Path input, List<Target> targets, Progress progress)
      throws IOException {
    List<Path> files = new ArrayList<>();
    for (Target target : targets) {
      files.add(target.output());
      if (target.steps() != null) {
        files.add(target.steps());
      }
    }
    new Outputs(List.of(input), true).requireFiles(files);
    try (JsonLines rows = JsonLines.open(input);
        CompressedSets sets = CompressedSets.open(targets, intake.rule(), maxTokens())) {
      List<TraceTokens> batch = new ArrayList<>();
      int tokens = 0;
      for (TraceTokens next = take(rows, sets); next != null; next = take(rows, sets)) {
        int length = next.input().length;
        if (!batch.isEmpty() && tokens + length > intake.batchTokens()) {
          score(batch, sets, progress);
          tokens = 0;
        }
        batch.add(next);
        tokens += length;
      }
      score(batch, sets, progress);
      List<CompressReport> reports = sets.reports();
      CompressReport report = reports.get(0); // all targets see the same rows
      if (report.rowsWritten() == 0) {
        throw new IllegalArgumentException(
            input
                + ": expected a usable trace, found none in "
                + report.rowsRead()
                + " rows; dropped: "
                + report.droppedText()
                + advice(report));
      }
      sets.commit();
      return reports;
    }
  }

  /** What to do where no row has the marks that the rule looks for; empty for other causes. */
  private static String advice(CompressReport report) {
    return report.dropped(DropReason.UNCLOSED) < report.rowsRead()
        ? ""
        : ". If the model does not think in marks, give thinking: before_answer or thinking:"
            + " before_last_paragraph, or teach it marks by sft on rows of traces --form r1; if its"
            + " completions were cut off, raise max_completion_length where they are drawn";
  }

  private int maxTokens() {
    return Math.min(intake.maxTokens(), scorer.maxPositions());
  }

  /** The next row that can be used, or null at the end. */
  private TraceTokens take(JsonLines rows, CompressedSets sets) throws IOException {
    while (true) {
      try {
        JsonNode row = rows.next();
        if (row == null) {
          return null;
        }
        TraceTokens tokens = tokens(row, rows, sets);
        if (tokens != null) {
          return tokens;
        }
      } catch (JsonLines.BadRowException e) {
        if (intake.badRows() == Intake.BadRows.FAIL) {
          throw e;
        }
        log.warn("dropped: {}", e.getMessage());
        sets.drop(DropReason.MALFORMED);
      }
    }
  }

  private TraceTokens tokens(JsonNode row, JsonLines rows, CompressedSets sets) {
    TraceTokens tokens;
    try {
      Trace trace = Trace.of(row, rows.line());
      Thinking thinking = intake.rule().of(trace.response());
      DropReason reason = intake.refuses(trace, thinking);
      if (reason != null) {
        sets.drop(reason);
        return null;
      }
      tokens = scorer.tokens(trace, thinking);
    } catch (IllegalArgumentException e) {
      throw rows.bad(e.getMessage());
    }
    if (tokens.ids().length > maxTokens()) {
      sets.drop(DropReason.TOO_LONG);
      return null;
    }
    return tokens;
  }

  private void score(List<TraceTokens> batch, CompressedSets sets, Progress progress)
      throws IOException {
    if (batch.isEmpty()) {
      return;
    }
    for (ScoredTrace scored : scorer.score(batch)) {
      sets.write(scored);
    }
    long tokens = batch.stream().mapToLong(t -> t.input().length).sum();
    sets.pass(tokens);
    progress.advance(tokens);
    batch.clear();
  }
}
