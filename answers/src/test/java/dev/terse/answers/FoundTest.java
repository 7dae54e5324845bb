package dev.terse.answers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terse.answers.extract.AnswerPolicy;
import java.io.IOException;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

/**
 * Texts that give their answer, and near ones that do not and must not be paid: tags, boxes,
 * phrases in eleven languages, chains, choices, denials, doubts; and the rules of other graders.
 */
class FoundTest {
  @Test
  void check_textsOfEveryKind_arePaidWhereTheyAnswer() throws IOException {
    var misses = new ArrayList<String>();
    var rows = ConformanceRows.of("found.jsonl");
    for (var row : rows) {
      var check = new AnswerCheck(AnswerPolicy.named(row.get("policy").asText()));
      var grade = check.check(row.get("gold").asText(), row.get("prediction").asText());
      if (grade.isEqual() != row.get("expect").asText().equals("equal")) {
        misses.add(row + " " + grade);
      }
    }
    assertThat(rows).hasSizeGreaterThan(400);
    assertThat(misses).isEmpty();
  }

  @Test
  void reason_saysWhichRuleFoundWhat() {
    var check = new AnswerCheck(AnswerPolicy.LENIENT);
    assertThat(check.check("27", "答案是：**27**（个）").reason())
        .isEqualTo("from an answer phrase (Chinese), its bold part: the same text");
    assertThat(check.check("12", "So the total is $12$.").reason())
        .isEqualTo("from what the last verb says: the same text");
    assertThat(check.check("5", "\\boxed{5} or \\boxed{").reason())
        .isEqualTo("the last box is open or empty");
  }
}
