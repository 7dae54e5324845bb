package dev.terse.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class HeadRowsTest {

  @Test
  void all_packedSequences_pointAtTheNextTokenOfTheSameSequence() {
    int none = HeadRows.NO_TARGET;
    HeadRows rows = HeadRows.all(new int[] {5, 6, 7, 8, 9, 4}, Segments.ofLengths(3, 1, 2));
    assertThat(rows.count()).isEqualTo(6);
    assertThat(rows.rows()).containsExactly(0, 1, 2, 3, 4, 5);
    assertThat(rows.targets()).containsExactly(6, 7, none, none, 4, none);
  }

  @Test
  void rows_notRisingOrWithoutTargets_areRefused() {
    assertThatThrownBy(() -> new HeadRows(new int[] {1, 1}, new int[2]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("rows must rise, got 1 then 1");
    assertThatThrownBy(() -> new HeadRows(new int[] {1, 2}, new int[1]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("2 rows but 1 targets");
  }
}
