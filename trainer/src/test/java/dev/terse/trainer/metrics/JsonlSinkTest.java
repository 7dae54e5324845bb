package dev.terse.trainer.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JsonlSinkTest {
  @TempDir Path folder;

  @Test
  void rows_ofEveryKind_areJsonObjects() throws IOException {
    Path file = folder.resolve("metrics.jsonl");
    try (JsonlSink sink = new JsonlSink(file)) {
      sink.hparams(Map.of("seed", 42));
      sink.scalars(7, Map.of("train/loss", 0.25, "train/reward", Double.NaN));
      sink.histogram(7, "advantages", new double[] {1, 2, 3, Double.NaN});
      sink.text(7, "completions", "a\n\nb");
    }
    List<JsonNode> rows = read(file);
    assertThat(rows).hasSize(4);
    assertThat(rows.get(0).at("/hparams/seed").asInt()).isEqualTo(42);
    assertThat(rows.get(1).get("step").asInt()).isEqualTo(7);
    assertThat(rows.get(1).get("train/loss").asDouble()).isEqualTo(0.25);
    assertThat(rows.get(1).get("train/reward").asText()).isEqualTo("NaN");
    assertThat(rows.get(2).get("p50").asDouble()).isEqualTo(2);
    assertThat(rows.get(2).get("count").asInt()).isEqualTo(4);
    assertThat(rows.get(2).get("finite").asInt()).isEqualTo(3);
    assertThat(rows.get(3).get("markdown").asText()).isEqualTo("a\n\nb");
  }

  @Test
  void resume_afterATornLine_beginsALineOfItsOwn() throws IOException {
    Path file = folder.resolve("metrics.jsonl");
    Files.writeString(file, "{\"step\":1}\n{\"step\":2,\"tra");
    try (JsonlSink sink = new JsonlSink(file)) {
      sink.scalars(2, Map.of("train/loss", 0.5));
    }
    List<String> lines = Files.readAllLines(file);
    assertThat(lines).hasSize(3);
    assertThat(new ObjectMapper().readTree(lines.get(2)).get("step").asInt()).isEqualTo(2);
  }

  /** T46: a run that was killed after update 5 goes on after 3. */
  @Test
  void begin_afterAKill_dropsLaterRowsAndATornOne() throws IOException {
    Path file = folder.resolve("metrics.jsonl");
    try (JsonlSink sink = new JsonlSink(file)) {
      sink.begin(0);
      sink.hparams(Map.of("seed", 42));
      for (int step = 1; step <= 5; step++) {
        sink.scalars(step, Map.of("train/loss", 1.0 / step));
      }
    }
    Files.writeString(file, "{\"step\":6,\"tra", StandardOpenOption.APPEND);
    try (JsonlSink sink = new JsonlSink(file)) {
      sink.begin(3);
      sink.scalars(4, Map.of("train/loss", 0.25));
    }
    assertThat(read(file))
        .extracting(row -> row.path("step").asInt())
        .containsExactly(0, 1, 2, 3, 4);
    try (JsonlSink sink = new JsonlSink(file)) {
      sink.begin(0);
    }
    assertThat(file).isEmptyFile();
  }

  @Test
  void sink_thatNeverBegins_touchesNothing() {
    new JsonlSink(folder.resolve("metrics.jsonl")).close();
    assertThat(folder).isEmptyDirectory();
  }

  private static List<JsonNode> read(Path file) throws IOException {
    List<JsonNode> rows = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      rows.add(new ObjectMapper().readTree(line));
    }
    return rows;
  }
}
