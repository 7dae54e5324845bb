package dev.terse.reward.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terse.reward.Rubric;
import dev.terse.reward.Sample;
import dev.terse.reward.Score;
import dev.terse.reward.health.RewardHealth.Cause;
import dev.terse.reward.health.RewardHealth.Finding;
import dev.terse.reward.terms.RewardSettings;
import dev.terse.reward.terms.RewardTerms;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Each cause by completions as models write them, with the sentence that says what to do. */
class RewardHealthTest {
  private static final String WORKED =
      "48 / 2 = 24.\n\n48 + 24 = 72.\n\nThe answer is \\boxed{72}.";

  private final Rubric safe = RewardTerms.preset("safe", List.of(), RewardSettings.defaults());

  @AfterEach
  void close() {
    safe.close();
  }

  @Test
  void modelWithoutMarks_underMarks_isNamedWithItsCures() {
    List<Sample> samples =
        List.of(
            sample(WORKED, "72", true, null),
            sample("So 72.", "72", true, null),
            sample("I think it is 5.", "72", true, null),
            sample("48 + 24 = ", "72", false, null));
    Finding finding = only(samples, true);
    assertThat(finding.cause()).isEqualTo(Cause.NEVER_CLOSED);
    assertThat(finding.sentence())
        .isEqualTo(
            "0 of 4 completions closed their thinking by </think>, though 2 contain the right answer"
                + " by the lenient reading: the reward cannot pay them. If the model does not think"
                + " in marks, set thinking: before_answer, or teach it marks by sft on rows of traces"
                + " --form r1; or pay answers anywhere by reward_funcs: [accuracy] with"
                + " reward_settings: {answer_policy: lenient}; 1 were cut: raise"
                + " max_completion_length");
  }

  @Test
  void answersThatAreNotMarked_areNamed() {
    List<Sample> samples =
        List.of(sample("t</think>So 72 of them.", "72", true), sample("t</think>5", "72", true));
    Finding finding = only(samples, true);
    assertThat(finding.cause()).isEqualTo(Cause.NOT_MARKED);
    assertThat(finding.sentence())
        .contains("0 of 2 completions are right by the reward's answer_policy, though 1 contain")
        .contains("Ask for \\boxed{} by prompt_suffix")
        .contains("reward_settings: {answer_policy: lenient}");
  }

  @Test
  void allCut_isNamed() {
    Finding finding = only(List.of(sample("One. Two", "72", false, null)), true);
    assertThat(finding.cause()).isEqualTo(Cause.ALL_CUT);
    assertThat(finding.sentence())
        .isEqualTo(
            "all 1 completions were cut by max_completion_length, so none has an answer; raise it,"
                + " or shorten the thinking by SFT first");
  }

  @Test
  void golds_thatCannotBeRead_areNamed() {
    String prose = "Add the clips of April to those of May and you will see how many there are";
    Finding finding = only(List.of(sample("t</think>\\boxed{72}", prose, true)), true);
    assertThat(finding.cause()).isEqualTo(Cause.GOLD_UNREADABLE);
    assertThat(finding.sentence())
        .startsWith("1 of 1 right answers cannot be read by the checker, such as 'Add the clips of")
        .contains("is it the right column? The right answer is looked for in gold, answer,");
  }

  @Test
  void anotherColumn_thatCompletionsAgreeWith_isNamed() {
    Sample.Source row = new Sample.Source("?", Map.of("answer", "3", "result", "72", "level", 1));
    Sample sample = new Sample("t</think>\\boxed{72}", "3", new int[5], true, 1, 0, 0, row);
    Finding finding = only(List.of(sample), true);
    assertThat(finding.cause()).isEqualTo(Cause.OTHER_COLUMN);
    assertThat(finding.sentence())
        .isEqualTo(
            "0 of 1 completions agree with the right answers, but 1 agree with the column 'result':"
                + " if that is the right answer, call it gold");
  }

  @Test
  void allWrong_isTheLastCauseToBeNamed() {
    Finding finding = only(List.of(sample("t</think>\\boxed{5}", "72", true)), true);
    assertThat(finding.cause()).isEqualTo(Cause.ALL_WRONG);
    assertThat(finding.sentence())
        .contains("none of 1 completions is right by any reading: give easier");
  }

  @Test
  void allRight_andPaidTheSame_isNamed() {
    Sample right = sample("t</think>\\boxed{72}", "72", true);
    Finding finding = only(List.of(right, right), true);
    assertThat(finding.cause()).isEqualTo(Cause.ALL_RIGHT);
    assertThat(finding.sentence()).startsWith("all 2 completions are right and earn the same");
  }

  @Test
  void marksUnderAnotherRule_areNamed() {
    Sample marked = sample("<think>\nt\n</think>\n\n\\boxed{72}", "72", true, "\\boxed{72}");
    Sample other = sample("t\n\n\\boxed{5}", "72", true, "\\boxed{5}");
    List<Finding> found = find(List.of(marked, other), false);
    assertThat(found).extracting(Finding::cause).containsExactly(Cause.MARKS_AS_TEXT);
    assertThat(found.get(0).sentence()).endsWith("takes for text; set thinking: marks");
  }

  @Test
  void healthyGenerations_haveNoFinding() {
    Sample right = sample(WORKED, "72", true, "The answer is \\boxed{72}.");
    Sample wrong = sample("It is \\boxed{5}.", "72", true, "It is \\boxed{5}.");
    assertThat(find(List.of(right, wrong), false)).isEmpty();
    assertThat(find(List.of(), true)).isEmpty();
  }

  private Finding only(List<Sample> samples, boolean marks) {
    List<Finding> found = find(samples, marks);
    assertThat(found).hasSize(1);
    return found.get(0);
  }

  private List<Finding> find(List<Sample> samples, boolean marks) {
    List<Score> scores = samples.stream().map(safe::score).toList();
    return RewardHealth.of(samples, scores, marks);
  }

  private static Sample sample(String text, String gold, boolean finished) {
    return new Sample(text, gold, new int[5], finished, 1, 0, 0);
  }

  private static Sample sample(String text, String gold, boolean finished, String answer) {
    return new Sample(text, gold, new int[5], finished, 1, 0, 0, Sample.Source.NONE, answer);
  }
}
