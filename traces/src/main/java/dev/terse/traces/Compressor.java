package dev.terse.traces;

import com.fasterxml.jackson.databind.JsonNode;
import dev.terse.engine.Progress;
import java.io.IOException;
import java.nio.file.Files;
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
  private final Method method;
  private final Intake intake;

  /**
   * How steps are ranked, chosen and replaced.
   *
   * @param score what they are ranked by
   * @param pruner how many go, and which
   * @param placeholder what stands in their place
   */
  public record Method(StepScore score, Pruner pruner, Placeholder placeholder) {}

  public Compressor(TraceScorer scorer, Method method, Intake intake) {
    this.scorer = scorer;
    this.method = method;
    this.intake = intake;
  }

  /**
   * Compresses {@code input} into {@code output}. Each output appears whole at the end or not at
   * all.
   *
   * @param input traces, JSONL: {@code question}, {@code response}, and {@code id}, {@code gold}
   *     where there are
   * @param output {@link SftExample} rows, in the order of the input
   * @param steps file for the steps of every written row, or null
   * @param progress hears tokens read by the model
   * @throws IllegalArgumentException if no row can be used, or a bad one comes under {@link
   *     Intake.BadRows#FAIL}
   */
  public CompressReport run(Path input, Path output, Path steps, Progress progress)
      throws IOException {
    requireApart(input, output, steps);
    CompressReport report = new CompressReport(maxTokens());
    try (JsonLines rows = JsonLines.open(input);
        JsonLinesWriter examples = new JsonLinesWriter(output);
        JsonLinesWriter stepRows = steps == null ? null : new JsonLinesWriter(steps)) {
      List<TraceTokens> batch = new ArrayList<>();
      int tokens = 0;
      for (TraceTokens next = take(rows, report); next != null; next = take(rows, report)) {
        int length = next.input().length;
        if (!batch.isEmpty() && tokens + length > intake.batchTokens()) {
          write(batch, examples, stepRows, report, progress);
          tokens = 0;
        }
        batch.add(next);
        tokens += length;
      }
      write(batch, examples, stepRows, report, progress);
      if (report.rowsWritten() == 0) {
        throw new IllegalArgumentException(
            input
                + ": expected a usable trace, found none in "
                + report.rowsRead()
                + " rows; dropped: "
                + report.droppedText());
      }
      examples.commit();
      if (stepRows != null) {
        stepRows.commit();
      }
    }
    return report;
  }

  private int maxTokens() {
    return Math.min(intake.maxTokens(), scorer.maxPositions());
  }

  /** The next row that can be used, or null at the end. */
  private TraceTokens take(JsonLines rows, CompressReport report) throws IOException {
    while (true) {
      try {
        JsonNode row = rows.next();
        if (row == null) {
          return null;
        }
        TraceTokens tokens = tokens(row, rows, report);
        if (tokens != null) {
          return tokens;
        }
      } catch (JsonLines.BadRowException e) {
        if (intake.badRows() == Intake.BadRows.FAIL) {
          throw e;
        }
        log.warn("dropped: {}", e.getMessage());
        report.drop(DropReason.MALFORMED);
      }
    }
  }

  private TraceTokens tokens(JsonNode row, JsonLines rows, CompressReport report) {
    TraceTokens tokens;
    try {
      Trace trace = Trace.of(row, rows.line());
      Thinking thinking = Thinking.of(trace.response());
      DropReason reason = intake.refuses(trace, thinking);
      if (reason != null) {
        report.drop(reason);
        return null;
      }
      tokens = scorer.tokens(trace, thinking);
    } catch (IllegalArgumentException e) {
      throw rows.bad(e.getMessage());
    }
    if (tokens.ids().length > maxTokens()) {
      report.drop(DropReason.TOO_LONG);
      return null;
    }
    return tokens;
  }

  private void write(
      List<TraceTokens> batch,
      JsonLinesWriter examples,
      JsonLinesWriter stepRows,
      CompressReport report,
      Progress progress)
      throws IOException {
    if (batch.isEmpty()) {
      return;
    }
    for (ScoredTrace scored : scorer.score(batch)) {
      PrunedTrace trace = PrunedTrace.of(scored, method.score(), method.pruner());
      examples.write(trace.example(method.placeholder()).toJson());
      if (stepRows != null) {
        stepRows.write(trace.stepsRow());
      }
      report.write(trace);
    }
    long tokens = batch.stream().mapToLong(t -> t.input().length).sum();
    report.pass(tokens);
    progress.advance(tokens);
    batch.clear();
  }

  private static void requireApart(Path input, Path output, Path steps) throws IOException {
    Path[] files = steps == null ? new Path[] {input, output} : new Path[] {input, output, steps};
    for (int i = 0; i < files.length; i++) {
      for (int j = 0; j < i; j++) {
        boolean same =
            files[i].toAbsolutePath().normalize().equals(files[j].toAbsolutePath().normalize())
                || Files.exists(files[i])
                    && Files.exists(files[j])
                    && Files.isSameFile(files[i], files[j]);
        if (same) {
          throw new IllegalArgumentException(
              "expected different files for input, output and steps, found '"
                  + files[i]
                  + "' twice");
        }
      }
    }
  }
}
