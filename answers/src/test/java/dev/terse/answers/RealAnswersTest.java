package dev.terse.answers;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.terse.answers.compare.Equivalence;
import dev.terse.answers.compare.Verdict;
import dev.terse.answers.extract.AnswerPolicy;
import dev.terse.testkit.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Gold answers and real completions, read in place; counts are printed. */
class RealAnswersTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Test
  void golds_gsm8kTest_areReadAndEqualThemselvesInOtherSpellings() throws IOException {
    var check = new AnswerCheck(AnswerPolicy.LENIENT);
    var misses = new ArrayList<String>();
    for (var row : rows("gsm8k/test.jsonl")) {
      String worked = row.get("answer").asText();
      String number = worked.substring(worked.lastIndexOf("####") + 4).strip();
      for (String other :
          List.of(worked, number, "\\boxed{" + number + "}", "$" + number + ".00")) {
        var grade = check.check(worked, other);
        if (!grade.isEqual()) {
          misses.add(number + " | " + grade);
        }
      }
    }
    assertThat(misses).isEmpty();
  }

  @Test
  void golds_math_areReadByTheGrammar() throws IOException {
    for (var file : List.of("math500/test.jsonl", "math/train.jsonl")) {
      var unread = new ArrayList<String>();
      var rows = rows(file);
      for (var row : rows) {
        String gold = row.get("answer").asText();
        // A prefix that changes the text but not the meaning: the form must be read to see it.
        var verdict = Equivalence.compare(gold, "\\left.{" + gold + "}\\right.").verdict();
        boolean understood = Equivalence.isReadable(gold);
        if (verdict != Verdict.EQUAL || !understood) {
          unread.add(gold.length() > 60 ? gold.substring(0, 60) + "..." : gold);
        }
      }
      System.out.println(
          file + ": " + unread.size() + " of " + rows.size() + " golds not read: " + unread);
      assertThat(unread.size()).isLessThanOrEqualTo(rows.size() / 50);
    }
  }

  @Test
  void golds_math500_equalTheirOwnSolutions() throws IOException {
    var check = new AnswerCheck(AnswerPolicy.LENIENT);
    var misses = new ArrayList<String>();
    for (var row : rows("math500/test.jsonl")) {
      var grade = check.check(row.get("answer").asText(), row.get("solution").asText());
      if (!grade.isEqual()) {
        misses.add(row.get("answer").asText() + " | " + grade);
      }
    }
    System.out.println("math500 golds against their solutions, misses: " + misses);
    assertThat(misses).hasSizeLessThanOrEqualTo(2);
  }

  @Test
  void traces_boxedAnswers_agreeWithTheLightComparison() throws IOException {
    for (var file : List.of("traces/traces-eval.jsonl", "traces/traces-train.jsonl")) {
      var check = new AnswerCheck(AnswerPolicy.STRICT);
      var lost = new ArrayList<String>();
      var gained = new ArrayList<String>();
      var verdicts = new EnumMap<Verdict, Integer>(Verdict.class);
      for (var row : rows(file)) {
        var grade = check.check(row.get("gold").asText(), row.get("response").asText());
        verdicts.merge(grade.verdict(), 1, Integer::sum);
        var light = row.get("boxed_exact");
        String line = row.get("gold").asText() + " | " + grade;
        if (light.asBoolean() && row.get("think_closed").asBoolean() && !grade.isEqual()) {
          lost.add(line);
        } else if (!light.asBoolean()) {
          gained.add(light + " " + line);
        }
      }
      System.out.println(
          file + ": " + verdicts + "\n lost " + lost + "\n " + String.join("\n ", gained));
      assertThat(lost).hasSizeLessThanOrEqualTo(5);
    }
  }

  private static List<JsonNode> rows(String file) throws IOException {
    var rows = new ArrayList<JsonNode>();
    for (String line : Files.readAllLines(SharedData.assumePresent(file))) {
      rows.add(JSON.readTree(line));
    }
    return rows;
  }
}
