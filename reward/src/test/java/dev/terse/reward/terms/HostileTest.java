package dev.terse.reward.terms;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terse.answers.ConformanceRows;
import dev.terse.answers.HostileTexts;
import dev.terse.reward.Rubric;
import dev.terse.reward.Sample;
import dev.terse.testkit.TestSeed;
import dev.terse.testkit.conformance.Draws;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Hostile text: every rubric gives a number in its range, and no Throwable. */
class HostileTest {
  /** One name of each published reward. */
  static final List<String> PUBLISHED =
      List.of(
          ("accuracy_reward reasoning_accuracy_reward think_format_reward"
                  + " get_soft_overlong_punishment get_repetition_penalty_reward format tag_count"
                  + " reasoning_steps cosine length code_format")
              .split(" "));

  private final List<Rubric> rubrics =
      List.of(
          RewardTerms.preset("paper", List.of(), RewardSettings.defaults()),
          RewardTerms.preset("safe", List.of(), RewardSettings.defaults()),
          RewardTerms.rubric(RewardTerms.NAMES, List.of(), RewardSettings.defaults()),
          RewardTerms.rubric(PUBLISHED, List.of(), RewardSettings.defaults()));

  @Test
  void score_handMadeCorpus_isInRange() throws IOException {
    var problems = new ArrayList<String>();
    for (var row : ConformanceRows.of("hostile.jsonl")) {
      problems.addAll(problemsWith(row.get("gold").asText(), ConformanceRows.hostileText(row)));
    }
    assertThat(problems).isEmpty();
  }

  @Test
  void score_generatedCompletions_isInRange() {
    var texts = new HostileTexts(new Draws(TestSeed.of("HostileTest")));
    var problems = new ArrayList<String>();
    for (int i = 0; i < 20_000; i++) {
      problems.addAll(problemsWith(texts.gold(), texts.completion()));
    }
    assertThat(problems).isEmpty();
  }

  private List<String> problemsWith(String gold, String text) {
    var problems = new ArrayList<String>();
    var sample = new Sample(text, gold, new int[text.length()], true, 1, 2, 2);
    for (var rubric : rubrics) {
      double total = rubric.score(sample).total();
      if (!(total >= -5 && total <= 8)) {
        problems.add(total + " " + rubric.failures() + " for " + gold + " and " + text);
      }
    }
    return problems;
  }
}
