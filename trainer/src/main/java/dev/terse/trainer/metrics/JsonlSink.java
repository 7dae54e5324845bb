package dev.terse.trainer.metrics;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.terse.io.AppendedFile;
import dev.terse.io.AtomicFile;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.commons.math3.stat.descriptive.DescriptiveStatistics;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Appends a run's numbers to {@code metrics.jsonl}, one JSON object a line: {@code {"step", "time",
 * name: number, …}} for scalars, {@code {"step", "time", "histogram": name, …}} with quantiles,
 * {@code {"step", "time", "text": name, "markdown"}} and {@code {"time", "hparams"}}. Numbers that
 * JSON lacks are the strings "NaN", "Infinity" and "-Infinity". A resumed run goes on in the file,
 * which is cut back to the updates that it stands on.
 */
public final class JsonlSink implements MetricSink {
  /** The file's name in a run's folder. */
  public static final String FILE = "metrics.jsonl";

  private static final Logger LOG = LoggerFactory.getLogger(JsonlSink.class);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path path;
  private final WriteGuard guard;
  private AppendedFile file; // null before the first row

  /** Touches nothing yet. */
  public JsonlSink(Path file) {
    this.path = file;
    this.guard = new WriteGuard(file);
  }

  /** Drops the rows of later updates, all rows of a run that begins, and a row that is torn. */
  @Override
  public void begin(long done) throws IOException {
    if (Files.exists(path) && Files.size(path) > 0) {
      long dropped = cut(done);
      if (dropped > 0) {
        LOG.info("{}: {} rows beyond update {} are dropped", path, dropped, done);
      }
    }
    open();
  }

  private long cut(long done) throws IOException {
    long dropped = 0;
    try (BufferedReader lines = Files.newBufferedReader(path);
        AtomicFile kept = new AtomicFile(path)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (done > 0 && holds(line, done)) {
          kept.append(line + "\n");
        } else {
          dropped++;
        }
      }
      if (dropped > 0) {
        kept.commit();
      }
    }
    return dropped;
  }

  private static boolean holds(String line, long done) {
    try {
      return JSON.readTree(line).path("step").asLong(0) <= done;
    } catch (JsonProcessingException torn) {
      return false;
    }
  }

  private AppendedFile open() throws IOException {
    if (file == null) {
      file = AppendedFile.ofLines(path);
    }
    return file;
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
    if (file != null) {
      guard.attempt(file::close);
    }
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
          open().append(ByteBuffer.allocate(json.length + 1).put(json).put((byte) '\n').flip());
        });
  }
}
