package dev.terse.lab.curve;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AnswerMaskTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '"',
      value = {
        "58; 3+55=58. So 58 coins, \\boxed{58}.; 3+55=?. So ? coins, \\boxed{?}.",
        "58; 158, 580, 58.5, 5.58, 58,000 and x58 stay; 158, 580, 58.5, 5.58, 58,000 and x58 stay",
        "58; -58, $58, 58% and 58.00; -?, $?, ?% and ?",
        "1234; 1,234 1{,}234 1\\,234 1234; ? ? ? ?",
        "$1,234$; it is 1234; it is ?",
        "-7; so -7 or 7; so -? or ?",
        "0.50; 0.5 and 0.500, not 0.55; ? and ?, not 0.55",
        "\\frac{1}{2}; so \\frac{1}{2}, 1/2; so ?, 1/2",
        "\\(x + 1\\); x + 1, x  + 1 and 2x + 1; ?, ? and 2x + 1",
        "Tuesday; Tuesdays or Tuesday; Tuesdays or ?"
      })
  void answer_isFoundHoweverItIsWritten_andNeverInAnother(
      String answer, String text, String masked) {
    AnswerMask mask = AnswerMask.of(List.of(answer));
    assertThat(mask.mask(text, "?")).isEqualTo(masked);
    assertThat(mask.count(text)).isEqualTo(masked.chars().filter(c -> c == '?').count());
    assertThat(mask.count(mask.mask(text, "?"))).isZero();
  }

  @Test
  void forms_areAllFound_andWithoutAFormNothingIs() {
    assertThat(AnswerMask.of(List.of("4", "5")).mask("4 or 5 or 6", "_")).isEqualTo("_ or _ or 6");
    assertThat(AnswerMask.of(List.of("", " ")).count("anything")).isZero();
    assertThat(AnswerMask.of(List.of("9")).mask("9", "$1\\")).isEqualTo("$1\\");
  }
}
