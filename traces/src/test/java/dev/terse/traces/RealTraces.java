package dev.terse.traces;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The real traces beside the repository; tests that want them are skipped where they are not. */
final class RealTraces {
  private RealTraces() {}

  static List<Trace> all() throws IOException {
    List<Trace> traces = new ArrayList<>();
    for (String name : List.of("traces-train.jsonl", "traces-eval.jsonl")) {
      Path file =
          Path.of(System.getProperty("terse.root", ".."), "../shared/data/traces", name)
              .normalize();
      assumeTrue(Files.exists(file), "skipped: no real traces at ../shared/data/traces");
      try (JsonLines rows = JsonLines.open(file)) {
        for (var row = rows.next(); row != null; row = rows.next()) {
          traces.add(Trace.of(row, rows.line()));
        }
      }
    }
    return traces;
  }
}
