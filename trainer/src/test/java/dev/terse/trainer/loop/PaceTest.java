package dev.terse.trainer.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class PaceTest {
  private static final long SECOND = 1_000_000_000L;

  @Test
  void lap_tellsTheRateSinceTheLast_andTheTimeLeftAtTheMeanPace() {
    Pace pace = new Pace(10, 1000, 1e9, 0); // an earlier process did ten updates
    pace.add(0.75e9);
    pace.add(0.25e9);
    assertThat(pace.lap(12, 3000, 20, 4 * SECOND))
        .isEqualTo(Map.of("tokens_per_second", 500.0, "matmul_peak_share", 0.25, "eta", 8 * 2.0));
    pace.add(5e9);
    assertThat(pace.lap(15, 4000, 20, 14 * SECOND))
        .isEqualTo(
            Map.of("tokens_per_second", 100.0, "matmul_peak_share", 0.5, "eta", 5 * 14.0 / 5));
    assertThat(pace.lap(20, 4000, 20, 15 * SECOND).get("eta")).isZero();
  }
}
