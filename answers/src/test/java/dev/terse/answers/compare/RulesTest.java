package dev.terse.answers.compare;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terse.answers.read.Readings;
import dev.terse.answers.value.Answer;
import dev.terse.answers.value.Budget;
import dev.terse.answers.value.CannotTell;
import dev.terse.answers.value.Expr;
import dev.terse.answers.value.Rational;
import dev.terse.answers.value.Unit;
import dev.terse.testkit.TestSeed;
import dev.terse.testkit.conformance.Draws;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Every two kinds of answers have a rule, and it says the same from both sides. */
class RulesTest {
  private static final List<String> TEXTS =
      List.of(
          "5",
          "50\\%",
          "90^\\circ",
          "x + 1",
          "B",
          "yes",
          "twenty first street",
          "(1, 2)",
          "[1, 2)",
          "\\langle 3, 4 \\rangle",
          "[[1, 2], [3, 4]]",
          "1, 2",
          "\\{1, 2\\}",
          "5 or 5.0",
          "\\mathbb{R}",
          "(1, 2) \\cup (3, 4)",
          "x > 1",
          "1 < x < 2",
          "x + y \\le 1",
          "\\begin{pmatrix} 1 \\\\ 2 \\end{pmatrix}",
          "\\begin{pmatrix} 1 & 2 \\\\ 3 & 4 \\end{pmatrix}",
          "x : y",
          "1 : 2 : 3",
          "101_2",
          "5_{10}",
          "3:30",
          "3:30 pm",
          "5:12",
          "10:24",
          "x \\equiv 5 \\pmod 9",
          "x \\equiv 14 \\pmod 9",
          "x = 5",
          "x + y = 2",
          "2 + 3 = 5",
          "1 = 7");

  @Test
  void of_everyTwoKinds_saysTheSameFromBothSides() {
    var samples = new TreeMap<String, List<Answer>>();
    for (String text : TEXTS) {
      for (var answer : Readings.of(text, new Budget()).answers()) {
        samples.computeIfAbsent(answer.getClass().getName(), k -> new ArrayList<>()).add(answer);
      }
    }
    for (var first : Answer.class.getPermittedSubclasses()) {
      assertThat(samples).as("a text above that is read as").containsKey(first.getName());
      for (var second : Answer.class.getPermittedSubclasses()) {
        for (var a : samples.get(first.getName())) {
          for (var b : samples.get(second.getName())) {
            assertThat(verdict(a, b)).as("%s and %s", a, b).isEqualTo(verdict(b, a));
          }
        }
      }
    }
  }

  private static Verdict verdict(Answer a, Answer b) {
    try {
      return new Comparison(new Budget()).of(a, b);
    } catch (CannotTell e) {
      return Verdict.UNKNOWN;
    }
  }

  @Test
  void values_inAnotherUnitOfTheDimension_areEqualAndNothingElseIs() {
    var draws = new Draws(TestSeed.of("RulesTest"));
    var kinds =
        Map.of(
            "length", "mm cm dm m km inch ft yd mi",
            "mass", "mg g kg lb oz",
            "time", "s minutes hour day week",
            "money", "$ cents",
            "speed", "mph kph",
            "volume", "liter ml");
    for (String names : kinds.values()) {
      for (String from : names.split(" ")) {
        for (String to : names.split(" ")) {
          var amount = Rational.of(draws.between(1, 999), draws.between(1, 99));
          var there =
              Expr.times(
                  Expr.num(amount), Expr.over(Unit.named(from).factor(), Unit.named(to).factor()));
          var a = new Answer.Value(Expr.num(amount), Unit.named(from));
          assertThat(verdict(a, new Answer.Value(there, Unit.named(to))))
              .as("%s in %s", a, to)
              .isEqualTo(Verdict.EQUAL);
          var more = Expr.times(there, Expr.num(Rational.of(1001, 1000)));
          assertThat(verdict(a, new Answer.Value(more, Unit.named(to))))
              .as("%s and a thousandth more in %s", a, to)
              .isEqualTo(Verdict.DIFFERENT);
        }
      }
    }
  }
}
