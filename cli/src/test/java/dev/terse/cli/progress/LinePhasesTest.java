package dev.terse.cli.progress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terse.trainer.metrics.Phases;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class LinePhasesTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private long seconds;
  private final LinePhases phases =
      new LinePhases(
          new PrintStream(bytes, true, StandardCharsets.UTF_8), () -> seconds * 1_000_000_000L);

  @Test
  void shortPhase_printsNothing() {
    try (Phases.Phase phase = phases.start("rollout", "tokens", 10)) {
      seconds = 9;
      phase.advance(10);
    }
    assertThat(printed()).isEmpty();
  }

  @Test
  void longPhase_printsRateAndTimeLeftEveryTenSeconds() {
    try (Phases.Phase phase = phases.start("rollout", "tokens", 400)) {
      for (seconds = 1; seconds <= 20; seconds++) {
        phase.advance(10);
      }
    }
    assertThat(printed())
        .isEqualTo(
            """
            rollout: 100 of 400 tokens (25 %), 10 tokens/s, 30 s left
            rollout: 200 of 400 tokens (50 %), 10 tokens/s, 20 s left
            rollout: 200 tokens in 21.0 s, 10 tokens/s
            """);
  }

  @Test
  void phaseOfUnknownLength_printsTheRateAlone() {
    try (Phases.Phase phase = phases.start("load", "MB", -1)) {
      seconds = 10;
      phase.advance(100);
    }
    assertThat(printed()).startsWith("load: 100 MB, 10 MB/s\n");
  }

  @Test
  void slowPhase_printsAFractionOfTheRate() {
    try (Phases.Phase phase = phases.start("grpo", "updates", 8)) {
      seconds = 16;
      phase.advance(5);
    }
    assertThat(printed()).startsWith("grpo: 5 of 8 updates (63 %), 0.31 updates/s, 9.6 s left\n");
  }

  private String printed() {
    return bytes.toString(StandardCharsets.UTF_8).replace("\r\n", "\n");
  }
}
