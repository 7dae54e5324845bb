package dev.terse.traces.segment;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ThinkingTest {

  @Test
  void of_closedThinking_isCutAtTheFirstMark() {
    Thinking t = Thinking.of("one\n</think>\n\ntwo</think>three");
    assertThat(t).isEqualTo(new Thinking(0, "one\n", "\n\ntwo</think>three", false, true, true));
    assertThat(t.end()).isEqualTo(4);
  }

  @Test
  void of_openingMark_isNotThinking() {
    Thinking t = Thinking.of(" <think>\n\none</think>two");
    assertThat(t).isEqualTo(new Thinking(9, "\none", "two", true, true, true));
    assertThat(Thinking.of("one <think> two</think>").text()).isEqualTo("one <think> two");
  }

  @Test
  void of_noClosingMark_isAllThinking() {
    assertThat(Thinking.of("<think>on and on"))
        .isEqualTo(new Thinking(7, "on and on", "", true, false, false));
    assertThat(Thinking.of("")).isEqualTo(new Thinking(0, "", "", false, false, false));
  }

  @Test
  void of_closingMarkBeforeAnOpeningOne_closes() {
    assertThat(Thinking.of("a</think><think>b").text()).isEqualTo("a");
  }
}
