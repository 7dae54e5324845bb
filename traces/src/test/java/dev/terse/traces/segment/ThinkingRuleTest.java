package dev.terse.traces.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where thinking ends by each rule; the place of the answer is a stand-in here. */
class ThinkingRuleTest {
  private static final ThinkingRule PARAGRAPH =
      new ThinkingRule(ThinkingEnd.BEFORE_LAST_PARAGRAPH, text -> -1);
  private static final ThinkingRule ANSWER =
      new ThinkingRule(ThinkingEnd.BEFORE_ANSWER, text -> text.indexOf("Answer"));

  @Test
  void of_lastParagraph_isTheAnswer() {
    assertThat(PARAGRAPH.of("One.\n\nTwo.\n\nIt is\n4.\n\n"))
        .isEqualTo(new Thinking(0, "One.\n\nTwo.\n\n", "It is\n4.\n\n", false, true, false));
    assertThat(PARAGRAPH.of("4")).isEqualTo(new Thinking(0, "", "4", false, true, false));
  }

  @Test
  void of_beforeAnswer_asksForItsPlace() {
    assertThat(ANSWER.of("One. Two.\nAnswer: 4\n\nIndeed."))
        .isEqualTo(new Thinking(0, "One. Two.\n", "Answer: 4\n\nIndeed.", false, true, false));
    assertThat(ANSWER.of("One. Two."))
        .isEqualTo(new Thinking(0, "One. Two.", "", false, false, false));
  }

  @Test
  void of_marksWithoutMarks_areText() {
    Thinking thinking = PARAGRAPH.of("<think>\nOne.</think>\n\nTwo.");
    assertThat(thinking.text()).isEqualTo("<think>\nOne.</think>\n\n");
    assertThat(thinking.opened()).isFalse();
  }

  @Test
  void ofCut_isThinkingToItsEnd_unlessAMarkStands() {
    assertThat(PARAGRAPH.ofCut("One.\n\nTwo").closed()).isFalse();
    assertThat(ANSWER.ofCut("One.\nAnswer: 4").text()).isEqualTo("One.\nAnswer: 4");
    assertThat(ThinkingRule.MARKS.ofCut("One.</think>4").answer()).isEqualTo("4");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n", "\n\n \n"})
  void of_blankText_neverEnds(String text) {
    assertThat(PARAGRAPH.of(text)).isEqualTo(new Thinking(0, text, "", false, false, false));
  }

  /** A thinking text that is put back is found again by the same rule, and so is the answer. */
  @Test
  void with_anotherThinking_isReadBackByTheSameRule() {
    String text = "<think>\nOne.\n\nTwo.\n</think>\n\nAnswer: 4";
    for (ThinkingRule rule : new ThinkingRule[] {ThinkingRule.MARKS, PARAGRAPH, ANSWER}) {
      String given = rule.isMarks() ? text : "One.\n\nTwo.\n\nAnswer: 4";
      for (String thinking : new String[] {"[SKIP][SKIP]", "[SKIP]Two.\n\n", "One.\n\n[SKIP]"}) {
        Thinking read = rule.of(rule.of(given).with(thinking));
        assertThat(read.text().strip())
            .as("%s %s", rule.end(), thinking)
            .isEqualTo(thinking.strip());
        assertThat(read.answer().strip()).isEqualTo("Answer: 4");
      }
    }
    assertThat(PARAGRAPH.of("One.\n\nAnswer: 4").with("")).isEqualTo("Answer: 4");
  }

  @Test
  void auto_isNoRule() {
    assertThatThrownBy(() -> new ThinkingRule(ThinkingEnd.AUTO, text -> -1))
        .hasMessage("thinking: auto must be decided before a text is taken apart");
  }
}
