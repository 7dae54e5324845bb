package dev.terse.cli.progress;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DurationsTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0.0 s",
    "4.26, 4.3 s",
    "9.96, 10 s",
    "59.4, 59 s",
    "59.6, 1 min 0 s",
    "725, 12 min 5 s",
    "3599.7, 1 h 00 min",
    "44711, 12 h 25 min"
  })
  void text_seconds_isReadAtAGlance(double seconds, String text) {
    assertThat(Durations.text(seconds)).isEqualTo(text);
  }
}
