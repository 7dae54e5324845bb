package dev.terse.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SuiteSizeTest {
  @Test
  void size_unset_isTheFastOne() {
    assertThat(SuiteSize.parse("terse.kills", "", 3)).isEqualTo(3);
    assertThat(SuiteSize.parse("terse.kills", "${terse.kills}", 3)).isEqualTo(3);
    assertThat(SuiteSize.parse("terse.kills", " 100 ", 3)).isEqualTo(100);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-1", "many", "1e3"})
  void size_thatIsNone_isToldWithItsProperty(String value) {
    assertThatThrownBy(() -> SuiteSize.parse("terse.kills", value, 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("terse.kills must be a whole number above 0, was '" + value + "'");
  }
}
