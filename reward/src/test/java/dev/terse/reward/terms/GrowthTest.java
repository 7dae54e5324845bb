package dev.terse.reward.terms;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terse.answers.AnswerCheck;
import dev.terse.answers.extract.AnswerPolicy;
import dev.terse.reward.Rubric;
import dev.terse.reward.Sample;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Time against length, 10^3 to 10^6 characters, on the worst shapes of every scanner. */
class GrowthTest {
  private static final List<String> SHAPES =
      List.of(
          "a",
          " ",
          "\n",
          "1",
          "{",
          "}",
          "\\boxed{",
          "\\boxed{1}",
          "\\boxed{1} or ",
          "$",
          "$1$",
          "$ 1",
          "\\(",
          "\\(1\\)",
          "\\",
          "#### ",
          "answer is ",
          "the answer is 12. ",
          "**",
          "12 ",
          "1,",
          "x1 ",
          "-",
          "</think>",
          "</think>1",
          "[SKIP]",
          "\n\n",
          "[SKIP]\n\n",
          "<think>",
          "word word ");

  @Test
  void score_longerText_costsAtMostLinearlyMore() {
    var rubric = RewardTerms.rubric(RewardTerms.NAMES, List.of(), RewardSettings.defaults());
    var published = RewardTerms.rubric(HostileTest.PUBLISHED, List.of(), RewardSettings.defaults());
    var check = new AnswerCheck(AnswerPolicy.LENIENT);
    for (String shape : SHAPES) {
      seconds(check, rubric, published, text(shape, 10_000), 3); // the compiler's share
    }
    var problems = new ArrayList<String>();
    for (String shape : SHAPES) {
      double before = seconds(check, rubric, published, text(shape, 1000), 5);
      for (int length = 10_000; length <= 1_000_000; length *= 10) {
        double now = seconds(check, rubric, published, text(shape, length), 3);
        // Times under a millisecond are the clock's noise on a busy machine.
        if (now > 15 * Math.max(before, 0.001)) {
          problems.add(shape + " " + length + ": " + before + " s, then " + now + " s");
        }
        before = now;
      }
    }
    assertThat(problems).isEmpty();
  }

  private static String text(String shape, int length) {
    return shape.repeat(length / shape.length());
  }

  /** Least CPU time of some tries. */
  private static double seconds(
      AnswerCheck check, Rubric rubric, Rubric published, String text, int tries) {
    var threads = ManagementFactory.getThreadMXBean();
    var sample = new Sample(text, "12", new int[10], true, 1, 1, 1);
    long least = Long.MAX_VALUE;
    for (int i = 0; i < tries; i++) {
      long start = threads.getCurrentThreadCpuTime();
      check.check("12", text);
      rubric.score(sample);
      published.score(sample);
      least = Math.min(least, threads.getCurrentThreadCpuTime() - start);
    }
    return least / 1e9;
  }
}
