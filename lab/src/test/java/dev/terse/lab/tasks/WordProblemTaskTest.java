package dev.terse.lab.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.terse.answers.AnswerCheck;
import dev.terse.answers.extract.AnswerPolicy;
import dev.terse.traces.segment.Segmenter;
import dev.terse.traces.segment.Step;
import dev.terse.traces.segment.ThinkingRule;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class WordProblemTaskTest {
  private static final Pattern EQUATION = Pattern.compile("(\\d+)([-+*/])(\\d+)=(\\d+)");
  private static final Pattern CHECK = Pattern.compile("(\\d)([+*])(\\d) ends in (\\d)\\.");

  private final WordProblemTask task = new WordProblemTask(1, 2, 8);
  private final List<WorkedProblem> problems = task.problems(Split.TRAIN, 2000);

  @Test
  void answers_equalTheCanonicalFormsWorkedOutAnew() {
    for (WorkedProblem problem : problems) {
      String[] parts = problem.canonical().split(" ");
      int total = Integer.parseInt(parts[0]);
      int operations = 0;
      for (String part : Arrays.copyOfRange(parts, 1, parts.length)) {
        String[] factors = part.substring(1).split("\\*");
        int amount = Stream.of(factors).mapToInt(Integer::parseInt).reduce(1, (a, b) -> a * b);
        total =
            switch (part.charAt(0)) {
              case '+' -> total + amount;
              case '-' -> total - amount;
              case '*' -> total * amount;
              case '/' -> {
                assertThat(total % amount).as(problem.canonical()).isZero();
                yield total / amount;
              }
              default -> throw new AssertionError(problem.canonical());
            };
        assertThat(total).as(problem.canonical()).isBetween(2, 199);
        operations += factors.length;
      }
      assertThat(problem.answer()).as(problem.canonical()).isEqualTo(total);
      assertThat(operations).as(problem.canonical()).isBetween(2, 8);
    }
  }

  @Test
  void questions_holdTheNumbersOfTheirCanonicalForms_andNoOthers() {
    for (WorkedProblem problem : problems) {
      assertThat(numbers(problem.question()))
          .as(problem.question())
          .containsExactlyInAnyOrderElementsOf(numbers(problem.canonical()));
    }
  }

  @Test
  void texts_haveNoNameInBracesLeft() {
    assertThat(problems)
        .allSatisfy(
            problem ->
                assertThat(problem.question() + problem.thinking()).doesNotContain("{", "}"));
  }

  @Test
  void chains_equationsAndChecks_areTrue_andComeOnePerStep() {
    for (WorkedProblem problem : problems) {
      String thinking = problem.thinking();
      List<Step> steps = Segmenter.steps(thinking);
      assertThat(steps).hasSizeGreaterThanOrEqualTo(3);
      int last = -1;
      for (Step step : steps) {
        String text = thinking.substring(step.start(), step.end());
        assertThat(text.strip()).as(thinking).isNotEmpty().endsWith(".").doesNotContain("\n");
        List<MatchResult> equations = EQUATION.matcher(text).results().toList();
        assertThat(equations).as(text).hasSizeLessThan(2);
        for (MatchResult equation : equations) {
          last = Integer.parseInt(equation.group(4));
          assertThat(applied(equation)).as(text).isEqualTo(last);
        }
        Matcher check = CHECK.matcher(text);
        if (check.find()) {
          int digit = Integer.parseInt(check.group(4));
          assertThat(applied(check.toMatchResult()) % 10).as(text).isEqualTo(digit);
        }
      }
      assertThat(last).as(thinking).isEqualTo(Math.toIntExact(problem.answer()));
    }
  }

  @Test
  void chains_oneInFiveDoesWithoutAKindOfStep() {
    assertThat(share(text -> text.contains("lan: ") || text.contains("way: ")))
        .isCloseTo(0.8, within(0.03));
    assertThat(share(text -> text.contains(" ends in "))).isCloseTo(0.8, within(0.03));
    assertThat(share(text -> text.contains(", then "))).isCloseTo(0.8, within(0.03));
  }

  @Test
  void completions_areRightForTheAnswerFinder_andCloseTheirThinking() {
    AnswerCheck check = new AnswerCheck(AnswerPolicy.STRICT);
    for (WorkedProblem problem : problems.subList(0, 300)) {
      String gold = Long.toString(problem.answer());
      assertThat(check.check(gold, problem.completion()).isEqual()).isTrue();
      assertThat(check.check(gold + "1", problem.completion()).isEqual()).isFalse();
      assertThat(ThinkingRule.MARKS.of(problem.completion()).closed()).isTrue();
    }
  }

  @Test
  void splits_ofAnySeedsAndLengths_shareNoCanonicalForm() {
    Set<String> test = new HashSet<>();
    task.problems(Split.TEST, 1000).forEach(problem -> test.add(problem.canonical()));
    task.problems(Split.VALID, 1000)
        .forEach(problem -> assertThat(test).doesNotContain(problem.canonical()));
    assertThat(test).hasSize(1000);
    assertThat(problems).noneMatch(problem -> test.contains(problem.canonical()));
    assertThat(new WordProblemTask(2, 1, 3).problems(Split.TRAIN, 5000))
        .noneMatch(problem -> test.contains(problem.canonical()));
  }

  @Test
  void problems_ofTheSameSeed_areTheSame() {
    List<WorkedProblem> again = new WordProblemTask(1, 2, 8).problems(Split.TRAIN, 50);
    assertThat(problems.subList(0, 50)).isEqualTo(again);
    assertThat(new WordProblemTask(2, 2, 8).problems(Split.TRAIN, 50)).isNotEqualTo(again);
  }

  private double share(Predicate<String> condition) {
    return problems.stream().filter(problem -> condition.test(problem.thinking())).count()
        / (double) problems.size();
  }

  private static List<String> numbers(String text) {
    return Pattern.compile("\\d+").matcher(text).results().map(MatchResult::group).toList();
  }

  private static int applied(MatchResult operation) {
    int left = Integer.parseInt(operation.group(1));
    int right = Integer.parseInt(operation.group(3));
    return switch (operation.group(2)) {
      case "+" -> left + right;
      case "-" -> left - right;
      case "*" -> left * right;
      default -> left / right;
    };
  }
}
