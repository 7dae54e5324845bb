package dev.terse.lab.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ArithmeticTaskTest {
  private final ArithmeticTask task = new ArithmeticTask(1, 2, 4);

  @Test
  void answers_equalTheExpressionsWorkedOutAnew() {
    for (WorkedProblem problem : task.problems(Split.TRAIN, 2000)) {
      String[] parts = problem.question().replaceFirst(".*: ", "").split("(?<=[-+*])|(?=[-+*])");
      long value = Long.parseLong(parts[0]);
      for (int i = 1; i < parts.length; i += 2) {
        long operand = Long.parseLong(parts[i + 1]);
        value =
            switch (parts[i]) {
              case "+" -> value + operand;
              case "-" -> value - operand;
              case "*" -> value * operand;
              default -> throw new AssertionError(problem.question());
            };
        assertThat(value).as(problem.question()).isBetween(0L, 99L);
      }
      assertThat(problem.answer()).as(problem.question()).isEqualTo(value);
      assertThat(problem.completion()).endsWith("The answer is \\boxed{" + value + "}.");
    }
  }

  @Test
  void splits_shareNoProblem_andRepeatNone() {
    Set<String> seen = new HashSet<>();
    for (Split split : Split.values()) {
      for (WorkedProblem problem : task.problems(split, 500)) {
        assertThat(seen.add(problem.question())).as(problem.question()).isTrue();
      }
    }
  }

  @Test
  void splits_ofAnotherSeed_doNotLeakTestProblemsIntoTraining() {
    Set<String> test = new HashSet<>();
    task.problems(Split.TEST, 1000).forEach(problem -> test.add(problem.question()));
    assertThat(new ArithmeticTask(2, 2, 2).problems(Split.TRAIN, 5000))
        .noneMatch(problem -> test.contains(problem.question()));
  }

  @Test
  void problems_ofTheSameSeed_areTheSame() {
    List<WorkedProblem> again = new ArithmeticTask(1, 2, 4).problems(Split.VALID, 50);
    assertThat(task.problems(Split.VALID, 50)).isEqualTo(again);
    assertThat(new ArithmeticTask(2, 2, 4).problems(Split.VALID, 50)).isNotEqualTo(again);
  }

  @Test
  void request_forMoreThanThereAre_isRefused() {
    ArithmeticTask small = new ArithmeticTask(1, 1, 1);
    assertThatThrownBy(() -> small.problems(Split.TEST, 5000))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("expected 5000 different problems in the TEST split, found ");
  }
}
