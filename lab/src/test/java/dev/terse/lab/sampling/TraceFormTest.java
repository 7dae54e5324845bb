package dev.terse.lab.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terse.traces.segment.Thinking;
import dev.terse.traces.segment.ThinkingEnd;
import dev.terse.traces.segment.ThinkingRule;
import dev.terse.trainer.data.ThinkingChoice;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Chains in the form of R1: by marks they have the thinking and answer that they had before. */
class TraceFormTest {
  private static final String CHAIN = "48 / 2 = 24.\n\nIn all 72.\n\nThe answer is \\boxed{72}.";

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "AUTO")
  void r1_isReadByMarksAsTheChainWasByItsRule(ThinkingEnd end) {
    String chain =
        end == ThinkingEnd.MARKS ? CHAIN.replace("\n\nThe answer", "</think>The answer") : CHAIN;
    ThinkingRule rule = ThinkingChoice.rule(end);
    String formed = TraceForm.R1.of(chain, rule.of(chain));
    assertThat(formed)
        .isEqualTo("<think>\n48 / 2 = 24.\n\nIn all 72.\n</think>\n\nThe answer is \\boxed{72}.");
    Thinking again = ThinkingRule.MARKS.of(formed);
    assertThat(again.text().strip()).isEqualTo(rule.of(chain).text().strip());
    assertThat(again.answer().strip()).isEqualTo(rule.of(chain).answer().strip());
    assertThat(TraceForm.R1.of(formed, again)).isEqualTo(formed);
    assertThat(TraceForm.AS_IS.of(chain, rule.of(chain))).isEqualTo(chain);
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "AUTO")
  void r1_ofAnAnswerAlone_isNone(ThinkingEnd end) {
    String text = end == ThinkingEnd.MARKS ? "</think>72" : "72";
    assertThat(TraceForm.R1.of(text, ThinkingChoice.rule(end).of(text))).isNull();
  }
}
