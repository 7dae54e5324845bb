package dev.terse.trainer.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terse.trainer.metrics.MetricHistory.Point;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricHistoryTest {
  @TempDir Path folder;

  @Test
  void history_ofARunThatWentOn_hasEachStepOnce_andKeepsNaN() throws IOException {
    Path file = folder.resolve(JsonlSink.FILE);
    try (JsonlSink sink = new JsonlSink(file)) {
      sink.hparams(Map.of("seed", 1));
      sink.scalars(1, Map.of("train/loss", 3.0));
      sink.scalars(2, Map.of("train/loss", 2.5, "eval/loss", Double.NaN));
      sink.histogram(2, "lengths", new double[] {1, 2});
      sink.text(2, "completions", "text");
    }
    try (JsonlSink resumed = new JsonlSink(file)) {
      resumed.scalars(2, Map.of("train/loss", 2.0));
      resumed.scalars(3, Map.of("train/loss", 1.0));
    }
    MetricHistory history = MetricHistory.read(file);
    assertThat(history.of("train/loss"))
        .containsExactly(new Point(1, 3), new Point(2, 2), new Point(3, 1));
    assertThat(history.of("eval/loss")).containsExactly(new Point(2, Double.NaN));
    assertThat(history.of("time")).isEmpty();
  }
}
