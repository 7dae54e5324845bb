package dev.terse.answers;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.terse.answers.extract.AnswerPolicy;
import dev.terse.testkit.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The last sentence that gives the answer: by hand, on real texts, on hostile ones. */
class AnswerPlaceTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String PRUNED = "[SKIP][SKIP]\n\n";

  /** Of the real texts every so many; all of them take six times as long and pass too. */
  private static final int EACH = 6;

  /** {@code |} stands where the answer begins, {@code /} for a line feed. */
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '\0',
      value = {
        "She sold 48/2 = 24 in May.//In all 48 + 24 = 72.//|#### 72",
        "Step 1: She sells 24.//Step 2: Add them.//|Therefore, the answer is \\boxed{72}.",
        "So 3 + 4 = 7. |Therefore, the answer is \\boxed{7}.",
        "First add.//|The total number of clips is:/\\[/\\boxed{72}/\\]/That is all.",
        "First add.//|### Final Answer/\\boxed{72}",
        "First add 3 and 4.//|**Answer**//The answer is 7.",
        "1. Add: 3 + 4 = 7./2. Double it: 14./|3. The answer is 14.",
        "It costs $3.50 a day.//|Answer: $24.50",
        "Add the two.//|So she has 72 clips.",
        "一共有 48 个。|答案是 72。",
        "|12",
        "|The answer is 5 because 2 + 3 = 5.",
        "The answer is \\boxed{3}.//|No: it is \\boxed{4}.//Let me check this: 2 + 2 = 4.",
        "|We have \\boxed{3} and \\boxed{4}.",
      })
  void in_text_isTheSentenceThatGivesTheAnswer(String marked) {
    String text = marked.replace('/', '\n').replace("48\n2", "48/2");
    int place = text.indexOf('|');
    assertThat(AnswerPlace.in(text.replace("|", ""))).as(marked).isEqualTo(place);
  }

  @Test
  void in_textWithoutAnswer_isNowhere() {
    for (String text : List.of("", "  \n", "Add the two and\nthen the rest", "It is \\boxed{")) {
      assertThat(AnswerPlace.in(text)).as(text).isNegative();
    }
  }

  /** What is read from there on is what is read from the whole. */
  @Test
  void in_realAnswers_theRestGivesTheAnswerOfTheWhole() throws IOException {
    var check = new AnswerCheck(AnswerPolicy.LENIENT);
    List<String> texts = texts();
    for (String text : texts) {
      int place = AnswerPlace.in(text);
      String rest = text.substring(place);
      assertThat(check.check("1", rest).extracted())
          .as(text)
          .isEqualTo(check.check("1", text).extracted());
      assertThat(AnswerPlace.in(PRUNED + rest)).as(rest).isEqualTo(PRUNED.length());
    }
    System.out.println(texts.size() + " real answers, each with a place");
  }

  /** A text made to be searched often costs no more than some dozen searches. */
  @Test
  void in_hostileTexts_isQuick() {
    for (String line :
        List.of("1\n", "a 1. ", "\\boxed{\n", "$1$\n", "**1**\n", "####\n", "```\n")) {
      String text = line.repeat(60_000 / line.length());
      long start = System.nanoTime();
      assertThat(AnswerPlace.in(text + "\\boxed{7} " + text)).isLessThan(2 * text.length() + 10);
      assertThat((System.nanoTime() - start) / 1e9).as(line).isLessThan(5);
    }
  }

  private static List<String> texts() throws IOException {
    List<String> texts = new ArrayList<>();
    for (String file : List.of("traces/traces-eval.jsonl", "traces/traces-train.jsonl")) {
      for (String line : Files.readAllLines(SharedData.assumePresent(file))) {
        String response = JSON.readTree(line).path("response").asText();
        int close = response.indexOf("</think>");
        if (close >= 0) {
          texts.add(response.substring(close + "</think>".length()).strip());
        }
      }
    }
    for (String line : Files.readAllLines(SharedData.assumePresent("gsm8k/test.jsonl"))) {
      texts.add(JSON.readTree(line).path("answer").asText());
    }
    return IntStream.range(0, texts.size() / EACH).mapToObj(i -> texts.get(i * EACH)).toList();
  }
}
