package dev.terse.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TestSeedTest {

  @Test
  void parse_given_isThatSeed() {
    assertThat(TestSeed.parse(" -17 ")).isEqualTo(-17);
  }

  @Test
  void parse_unsetOrLeftByMaven_isFresh() {
    assertThat(TestSeed.parse("")).isNotNegative();
    assertThat(TestSeed.parse("${terse.seed}")).isNotEqualTo(TestSeed.parse("${terse.seed}"));
  }

  @Test
  void parse_noNumber_isRefused() {
    assertThatThrownBy(() -> TestSeed.parse("x1"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("terse.seed must be a whole number, was 'x1'");
  }
}
