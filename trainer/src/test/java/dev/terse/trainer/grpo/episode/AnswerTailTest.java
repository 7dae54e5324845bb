package dev.terse.trainer.grpo.episode;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terse.model.tokenizer.Tokenizer;
import dev.terse.testkit.SharedData;
import dev.terse.trainer.data.CompletionReading;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class AnswerTailTest {
  private static final Tokenizer TOKENIZER =
      Tokenizer.load(SharedData.projectRoot().resolve("checkpoints/tiny-reasoner"));

  /** The text of the tail, and the tokens on its sides. */
  private static String tail(String completion, String gold) {
    CompletionReading reading = CompletionReading.of(completion, TOKENIZER);
    AnswerTail tail = AnswerTail.of(reading, gold, TOKENIZER);
    assertThat(tail.from()).isLessThanOrEqualTo(tail.to());
    return TOKENIZER.decode(Arrays.copyOfRange(reading.ids(), tail.from(), tail.to()), true);
  }

  @Test
  void tail_isWhatFollowsTheFirstStepWithTheAnswer() {
    assertThat(
            tail(
                "24-6=20.\n\nHere we find 24-6=18.\n\nWait.\n\nAgain 24-6=18.\n</think>\n\\boxed{18}",
                "18"))
        .contains("Wait.", "Again 24-6=18.")
        .doesNotContain("Here", "</think>", "boxed");
  }

  @Test
  void tail_answerInTheLastStep_isNone() {
    assertThat(tail("24-6=20.\n\n24-6=18.</think>\\boxed{18}", "18")).isEmpty();
  }

  @Test
  void tail_withoutTheAnswer_isNone() {
    assertThat(tail("24-6=20.\n\nSo 20.\n\nDone.</think>\\boxed{20}", "18")).isEmpty();
    assertThat(tail("24-6=18.\n\nSo.\n\nDone.</think>\\boxed{18}", null)).isEmpty();
  }

  /** The limit cut it: everything after the answer is too much. */
  @Test
  void tail_ofAThinkingThatNeverEnds_goesToItsEnd() {
    assertThat(tail("24-6=18.\n\nWait.\n\nAgain", "18")).contains("Wait.", "Again");
  }
}
