package dev.terse.trainer.metrics;

import com.fasterxml.jackson.databind.JsonNode;
import dev.terse.io.JsonLines;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The scalars that a {@link JsonlSink} has written, by name. Where a resumed run wrote a step
 * again, the later value stands.
 */
public final class MetricHistory {
  private final Map<String, TreeMap<Long, Double>> values = new TreeMap<>();

  /** A value of one step. */
  public record Point(long step, double value) {}

  private MetricHistory() {}

  /** Reads a {@code metrics.jsonl}. */
  public static MetricHistory read(Path file) throws IOException {
    MetricHistory history = new MetricHistory();
    try (JsonLines lines = JsonLines.open(file)) {
      for (JsonNode row = lines.next(); row != null; row = lines.next()) {
        if (row.has("step") && !row.has("histogram") && !row.has("text")) {
          history.add(row);
        }
      }
    }
    return history;
  }

  /** All values of a metric in the order of steps, NaN too; none where it was never written. */
  public List<Point> of(String name) {
    List<Point> points = new ArrayList<>();
    values
        .getOrDefault(name, new TreeMap<>())
        .forEach((step, value) -> points.add(new Point(step, value)));
    return points;
  }

  private void add(JsonNode row) {
    long step = row.get("step").asLong();
    row.properties()
        .forEach(
            field -> {
              if (!field.getKey().equals("step") && !field.getKey().equals("time")) {
                values
                    .computeIfAbsent(field.getKey(), name -> new TreeMap<>())
                    .put(step, number(field.getValue()));
              }
            });
  }

  /** JSON has no NaN and no infinities: they stand as texts. */
  private static double number(JsonNode value) {
    return value.isTextual() ? Double.parseDouble(value.textValue()) : value.doubleValue();
  }
}
