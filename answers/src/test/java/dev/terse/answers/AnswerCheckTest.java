package dev.terse.answers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terse.answers.compare.Verdict;
import dev.terse.answers.extract.AnswerPolicy;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AnswerCheckTest {
  private final AnswerCheck whole = new AnswerCheck(AnswerPolicy.LENIENT);
  private final AnswerCheck strict = new AnswerCheck(AnswerPolicy.STRICT);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "12",
        "\\boxed{12}",
        "first \\boxed{11}, no: \\boxed{12}",
        "nested \\boxed{\\text{12}}",
        "$\\boxed{12}$ is it",
        "so 3 * 4\n#### 12",
        "The answer is 12.",
        "The answer is 12 because 3 * 4 = 12 and 5 is odd.",
        "**Answer:** 12",
        "The final answer is: $12$",
        "The answer is: Tom has **12 apples** left.",
        "The answer is Tom has 12 apples left",
      })
  void check_markedAnswer_isFound(String text) {
    assertThat(whole.check("12", text).verdict()).isEqualTo(Verdict.EQUAL);
    assertThat(strict.check("12", "\\boxed{7}</think>" + text).verdict()).isEqualTo(Verdict.EQUAL);
    assertThat(strict.check("12", text).verdict()).isEqualTo(Verdict.DIFFERENT);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "He pays $3 and $9, together $12",
        "Thus $x = 12$.",
        "We get \\(3 \\cdot 4 = 12\\)",
        "That makes 12 in all."
      })
  void check_unmarkedAnswer_isFoundByTheLenientPolicyOnly(String text) {
    assertThat(whole.check("12", text).verdict()).isEqualTo(Verdict.EQUAL);
    assertThat(strict.check("12", "\\boxed{7}</think>" + text).verdict())
        .isEqualTo(Verdict.DIFFERENT);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "12 or 13",
        "1 2 3 12",
        "\\boxed{12} \\boxed{13}",
        "\\boxed{12}, \\boxed{13}",
        "\\boxed{12} or \\boxed{13}",
        "\\boxed{12 \\text{ or } 13}",
        "\\boxed{12}\\boxed{}\\boxed{13}",
        "\\boxed{}",
        "\\boxed{12",
        "The answer is not 12.",
        "The answer is 12 or 13",
        "The answer is anything but 12",
        "The answer isn't 12, it is 13",
        "x12",
        "12abc",
        "#### ",
        "3 + 4\n#### $",
        "The area is \\sqrt{3",
        "12</think>",
        "12</think>13",
        "\\boxed{12}</think>",
        "\\boxed{12}</think>I do not know",
        "What is 3 times 4? 12 13",
        "<|im_end|>"
      })
  void check_noSingleAnswer_isNotPaid(String text) {
    assertThat(whole.check("12", text).verdict()).isNotEqualTo(Verdict.EQUAL);
  }

  /** An exclamation mark behind a number, a letter or a bracket is a factorial. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "4 | 【答案】4\\sqrt{3} | false",
        "4\\sqrt{3} | 【答案】4\\sqrt{3} | true",
        "(n+1)! | (n+1)*n! | true",
        "1/2004! | \\boxed{1/2004!} | true",
        "1/2004 | \\boxed{1/2004!} | false",
        "5*7 | 5!7! | false",
        "74^\\circ | \\boxed{\\;\\angle APC = 74^\\circ\\;} | true",
        "8 and 9 | 9 and 8 | true",
        "8 and 9 | 9 or 8 | false",
        "odd $n$ | odd $n$ | true",
        "odd $n$ | even $n$ | false",
        "12 | There are 12 apples! | true"
      })
  void check_wholeLines_areReadAsTheyStand(String gold, String text, boolean equal) {
    assertThat(whole.check(gold, text).isEqual()).isEqualTo(equal);
  }

  @ParameterizedTest
  @CsvSource({"12</think>13, 13", "a</think>12</think>13, 13", "x, ''"})
  void strict_severalThinkEnds_takesTheLast(String text, String extracted) {
    assertThat(strict.check("13", text).extracted()).isEqualTo(extracted);
  }

  @Test
  void check_goldThatMarksItsAnswer_isRead() {
    assertThat(whole.check("3 * 4 = <<3*4=12>>12\n#### 12", "12").isEqual()).isTrue();
    assertThat(whole.check("so it is $\\boxed{12}$", "12").isEqual()).isTrue();
    assertThat(whole.check(" ", "12").verdict()).isEqualTo(Verdict.UNKNOWN);
  }

  @Test
  void check_otherLocale_isTheSame() {
    var before = Locale.getDefault();
    try {
      for (var locale : new Locale[] {Locale.forLanguageTag("tr"), Locale.GERMANY}) {
        Locale.setDefault(locale);
        assertThat(whole.check("1.5", "The ANSWER IS 1.5").isEqual()).isTrue();
        assertThat(whole.check("1.5", "1,5").isEqual()).isFalse();
        assertThat(whole.check("INCH", "inch").isEqual()).isTrue();
      }
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void check_controlTokensInText_areText() {
    for (String token : new String[] {"<|im_end|>", "<|endoftext|>", "<｜User｜>", "</s>"}) {
      assertThat(strict.check("12", "t</think>" + token + "\\boxed{12}" + token).isEqual())
          .isTrue();
      assertThat(strict.check(token, "t</think>12").isEqual()).isFalse();
    }
  }
}
