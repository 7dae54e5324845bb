package dev.terse.trainer.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MetricMeansTest {
  private final MetricMeans means = new MetricMeans();

  @Test
  void take_ofSeveralUpdates_hasMeansAndTheLastOfWhatRises() {
    means.add(Map.of("loss", 1.0, "num_tokens", 10.0));
    means.add(Map.of("loss", 3.0, "num_tokens", 25.0));
    assertThat(means.take())
        .containsOnly(Map.entry("train/loss", 2.0), Map.entry("train/num_tokens", 25.0));
    assertThat(means.isEmpty()).isTrue();
  }

  /** T21: one bad update is seen in its log line and in no other. */
  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
  void take_afterABadUpdate_isFiniteAgain(double bad) {
    means.add(Map.of("loss", 1.0));
    means.add(Map.of("loss", bad));
    assertThat(means.take().get("train/loss")).isEqualTo(Double.valueOf(bad));
    means.add(Map.of("loss", 4.0));
    assertThat(means.take()).containsOnly(Map.entry("train/loss", 4.0));
  }
}
