package dev.terse.trainer.metrics;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.terse.io.AppendedFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.commons.math3.stat.descriptive.DescriptiveStatistics;

/**
 * Appends a run's numbers to {@code metrics.jsonl}, one JSON object a line: {@code {"step", "time",
 * name: number, …}} for scalars, {@code {"step", "time", "histogram": name, …}} with quantiles,
 * {@code {"step", "time", "text": name, "markdown"}} and {@code {"time", "hparams"}}. Numbers that
 * JSON lacks are the strings "NaN", "Infinity" and "-Infinity". A resumed run goes on in the file.
 */
public final class JsonlSink implements MetricSink {
  /** The file's name in a run's folder. */
  public static final String FILE = "metrics.jsonl";

  private static final ObjectMapper JSON = new ObjectMapper();

  private final AppendedFile file;
  private final WriteGuard guard;

  /**
   * Opens {@code file} for appending; a line that a broken run left unfinished is ended first.
   *
   * @throws IOException if it cannot be written
   */
  public JsonlSink(Path file) throws IOException {
    this.file = AppendedFile.ofLines(file);
    guard = new WriteGuard(file);
  }

  @Override
  public void scalars(long step, Map<String, Double> values) {
    Map<String, Object> row = row(step);
    row.putAll(values);
    append(row);
  }

  @Override
  public void histogram(long step, String name, double[] values) {
    DescriptiveStatistics statistics =
        new DescriptiveStatistics(Arrays.stream(values).filter(Double::isFinite).toArray());
    Map<String, Object> row = row(step);
    row.put("histogram", name);
    row.put("count", values.length);
    if (statistics.getN() > 0) {
      row.put("finite", statistics.getN());
      row.put("min", statistics.getMin());
      row.put("p10", statistics.getPercentile(10));
      row.put("p50", statistics.getPercentile(50));
      row.put("p90", statistics.getPercentile(90));
      row.put("max", statistics.getMax());
      row.put("mean", statistics.getMean());
      row.put("std", statistics.getStandardDeviation());
    }
    append(row);
  }

  @Override
  public void text(long step, String name, String markdown) {
    Map<String, Object> row = row(step);
    row.put("text", name);
    row.put("markdown", markdown);
    append(row);
  }

  @Override
  public void hparams(Map<String, Object> config) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("time", System.currentTimeMillis() / 1e3);
    row.put("hparams", config);
    append(row);
  }

  @Override
  public void close() {
    guard.attempt(file::close);
  }

  private static Map<String, Object> row(long step) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("step", step);
    row.put("time", System.currentTimeMillis() / 1e3);
    return row;
  }

  private void append(Map<String, Object> row) {
    guard.attempt(
        () -> {
          byte[] json = JSON.writeValueAsBytes(row);
          file.append(ByteBuffer.allocate(json.length + 1).put(json).put((byte) '\n').flip());
        });
  }
}
