package dev.terse.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
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
  void continuing_aPrefixOfTwo_isSeenByBothAndPositionsGoOn() {
    int none = Segments.NONE;
    Segments segments = Segments.continuing(new int[] {3, 2, 1, 2}, new int[] {none, 0, none, 0});
    assertThat(segments.positions()).containsExactly(0, 1, 2, 3, 4, 0, 3, 4);
    assertThat(segments.seenRows(1)).containsExactly(0, 1, 2, 3, 4);
    assertThat(segments.seenRows(2)).containsExactly(5);
    assertThat(segments.seenRows(3)).containsExactly(0, 1, 2, 6, 7);
    assertThat(segments.unshared().starts()).containsExactly(0, 3, 8, 9, 14);
    assertThat(segments.prefixLength(2)).isZero();
    assertThat(segments.seenLength(3)).isEqualTo(5);
    assertThat(segments.isPrefix(0)).isTrue();
    assertThat(segments.isPrefix(1)).isFalse();
    assertThat(segments.sharesPrefixes()).isTrue();
    assertThat(Segments.ofLengths(3, 2).sharesPrefixes()).isFalse();
  }

  @Test
  void continuing_laterOrContinuingPrefix_isRefused() {
    int[] lengths = {1, 1, 1};
    for (int[] prefixes : new int[][] {{0, -1, -1}, {-1, 2, -1}, {-1, 0, 1}, {-1, -2, -1}}) {
      assertThatThrownBy(() -> Segments.continuing(lengths, prefixes))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("must continue an earlier one that continues nothing")
          .hasMessageContaining(Arrays.toString(prefixes));
    }
    assertThatThrownBy(() -> Segments.continuing(lengths, new int[] {-1, 0}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("2 prefixes but 3 segments");
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
