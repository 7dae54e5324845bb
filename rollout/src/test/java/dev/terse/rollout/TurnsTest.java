package dev.terse.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class TurnsTest {

  @Test
  void of_groupsThatFit_stayWhole() {
    assertThat(Turns.of(5, 3, 7).stream().map(List::size)).containsExactly(6, 6, 3);
    assertThat(Turns.of(3, 1, 2).stream().map(List::size)).containsExactly(2, 1);
  }

  @Test
  void of_groupLargerThanATurn_isCut() {
    List<List<Turns.Slot>> turns = Turns.of(2, 5, 3);
    assertThat(turns.stream().map(List::size)).containsExactly(3, 2, 3, 2);
    assertThat(turns.stream().flatMap(List::stream).distinct()).hasSize(10);
    assertThat(turns.get(1)).containsExactly(new Turns.Slot(0, 3), new Turns.Slot(0, 4));
  }
}
