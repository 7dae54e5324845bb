package dev.terse.traces;

import com.fasterxml.jackson.databind.JsonNode;
import dev.terse.io.JsonLines;
import dev.terse.traces.score.TraceScorer;
import dev.terse.traces.score.TraceTokens;
import dev.terse.traces.segment.Thinking;
import dev.terse.traces.segment.Trace;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * The usable traces of a file, packed into passes of the scoring model. They stream, and they are
 * the same passes whenever the file is read: what a pass gives may be kept under its number.
 */
final class TracePasses implements AutoCloseable {
  private final TraceScorer scorer;
  private final Intake intake;
  private final BiConsumer<DropReason, String> dropped;
  private final JsonLines rows;
  private TraceTokens ahead;
  private int passes;

  /**
   * Traces that are scored together.
   *
   * @param number of the pass, from 0
   */
  record Pass(int number, List<TraceTokens> traces) {

    /** Tokens that the model reads. */
    int tokens() {
      return traces.stream().mapToInt(trace -> trace.input().length).sum();
    }
  }

  /**
   * @param dropped hears each row that cannot be used, with what is wrong with it where that is
   *     more than the reason, else null
   */
  static TracePasses open(
      Path input, TraceScorer scorer, Intake intake, BiConsumer<DropReason, String> dropped)
      throws IOException {
    return new TracePasses(JsonLines.open(input), scorer, intake, dropped);
  }

  private TracePasses(
      JsonLines rows, TraceScorer scorer, Intake intake, BiConsumer<DropReason, String> dropped) {
    this.rows = rows;
    this.scorer = scorer;
    this.intake = intake;
    this.dropped = dropped;
  }

  /**
   * The next pass, or null at the end.
   *
   * @throws IllegalArgumentException if a row cannot be read and comes under {@link
   *     Intake.BadRows#FAIL}
   */
  Pass next() throws IOException {
    List<TraceTokens> traces = new ArrayList<>();
    long tokens = 0;
    for (TraceTokens trace = take(); trace != null; trace = take()) {
      int length = trace.input().length;
      if (!traces.isEmpty() && tokens + length > intake.batchTokens()) {
        ahead = trace;
        break;
      }
      traces.add(trace);
      tokens += length;
    }
    return traces.isEmpty() ? null : new Pass(passes++, traces);
  }

  /** The next row that can be used, or null at the end. */
  private TraceTokens take() throws IOException {
    if (ahead != null) {
      TraceTokens next = ahead;
      ahead = null;
      return next;
    }
    while (true) {
      try {
        JsonNode row = rows.next();
        if (row == null) {
          return null;
        }
        TraceTokens tokens = tokens(row);
        if (tokens != null) {
          return tokens;
        }
      } catch (JsonLines.BadRowException e) {
        if (intake.badRows() == Intake.BadRows.FAIL) {
          throw e;
        }
        dropped.accept(DropReason.MALFORMED, e.getMessage());
      }
    }
  }

  private TraceTokens tokens(JsonNode row) {
    TraceTokens tokens;
    try {
      Trace trace = Trace.of(row, rows.line());
      Thinking thinking = intake.rule().of(trace.response());
      DropReason reason = intake.refuses(trace, thinking);
      if (reason != null) {
        dropped.accept(reason, null);
        return null;
      }
      tokens = scorer.tokens(trace, thinking);
    } catch (IllegalArgumentException e) {
      throw rows.bad(e.getMessage());
    }
    if (tokens.ids().length > intake.maxTokens(scorer)) {
      dropped.accept(DropReason.TOO_LONG, null);
      return null;
    }
    return tokens;
  }

  @Override
  public void close() throws IOException {
    rows.close();
  }
}
