package dev.terse.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class SegmentsTest {

  @Test
  void ofLengths_severalSequences_tileTheTokens() {
    Segments segments = Segments.ofLengths(3, 1, 2);
    assertThat(segments.starts()).containsExactly(0, 3, 4, 6);
    assertThat(segments.count()).isEqualTo(3);
    assertThat(segments.tokens()).isEqualTo(6);
    for (int s = 0; s < 3; s++) {
      assertThat(segments.end(s) - segments.start(s)).isEqualTo(segments.length(s));
    }
  }

  @Test
  void positions_eachSequence_beginAtZero() {
    assertThat(Segments.ofLengths(3, 1, 2).positions()).containsExactly(0, 1, 2, 0, 0, 1);
  }

  @Test
  void segments_emptyOrFallingOrWithoutZero_areRefused() {
    assertThatThrownBy(() -> Segments.ofLengths(3, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("segment 1 is empty or negative: 3 to 3");
    assertThatThrownBy(() -> new Segments(new int[] {0, 4, 2}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("segment 1 is empty or negative: 4 to 2");
    assertThatThrownBy(() -> new Segments(new int[] {1, 4}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("segments need at least [0, N], got [1, 4]");
    assertThatThrownBy(() -> Segments.ofLengths()).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void ofLengths_pastTheIntegers_isRefused() {
    assertThatThrownBy(() -> Segments.ofLengths(Integer.MAX_VALUE, 1))
        .isInstanceOf(ArithmeticException.class);
  }
}
