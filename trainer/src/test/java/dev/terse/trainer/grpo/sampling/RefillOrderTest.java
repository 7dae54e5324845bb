package dev.terse.trainer.grpo.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RefillOrderTest {
  private static final int[] FIRST = {3, 0};

  @Test
  void order_isOfTheOtherRows_andAFunctionOfSeedAndGeneration() {
    RefillOrder order = RefillOrder.of(42, 7, 50, FIRST);
    assertThat(order.rows()).hasSize(48).doesNotContain(FIRST).doesNotHaveDuplicates();
    assertThat(RefillOrder.of(42, 7, 50, FIRST).rows()).isEqualTo(order.rows());
    assertThat(RefillOrder.of(42, 8, 50, FIRST).rows()).isNotEqualTo(order.rows());
    assertThat(RefillOrder.of(43, 7, 50, FIRST).rows()).isNotEqualTo(order.rows());
  }

  @Test
  void next_asksForWhatTheShareSoFarLetsExpect() {
    RefillOrder order = RefillOrder.of(42, 0, 20, FIRST);
    assertThat(order.next(4, 8, 8, 0)).isEqualTo(8); // 4 missing, half of them teach
    assertThat(order.next(7, 8, 8, 0)).isEqualTo(2); // 1 / (7/8), rounded up
    assertThat(order.next(0, 8, 8, 0)).isEqualTo(8); // no more than a generation
    assertThat(order.next(1, 8, 8, 15)).isEqualTo(3); // no more than there are
    assertThat(order.next(1, 8, 8, 18)).isZero();
  }
}
