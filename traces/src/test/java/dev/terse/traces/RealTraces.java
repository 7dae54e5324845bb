package dev.terse.traces;

import dev.terse.io.JsonLines;
import dev.terse.testkit.SharedData;
import dev.terse.traces.segment.Trace;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The real traces beside the repository; tests that want them are skipped where they are not. */
public final class RealTraces {
  private RealTraces() {}

  public static List<Trace> all() throws IOException {
    List<Trace> traces = new ArrayList<>();
    for (String name : List.of("traces-train.jsonl", "traces-eval.jsonl")) {
      Path file = SharedData.assumePresent("traces/" + name);
      try (JsonLines rows = JsonLines.open(file)) {
        for (var row = rows.next(); row != null; row = rows.next()) {
          traces.add(Trace.of(row, rows.line()));
        }
      }
    }
    return traces;
  }
}
