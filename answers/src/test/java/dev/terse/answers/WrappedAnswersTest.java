package dev.terse.answers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terse.answers.extract.AnswerPolicy;
import dev.terse.testkit.TestSeed;
import dev.terse.testkit.conformance.Draws;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * An answer stays the same under wrapping: in prose of eleven languages, delimiters, spacing, tags,
 * boxes. Half of the texts carry a near-wrong answer, which must not be paid in any wrapping.
 */
class WrappedAnswersTest {
  private static final int TEXTS = 12_000;

  /** Values and near-wrong neighbours: a sign, a digit, a bound, an element. */
  private static final String[][] VALUES = {
    {"\\frac{3}{4}", "\\frac{3}{5}", "-\\frac{3}{4}", "\\frac{4}{3}", "3", "4"},
    {"2\\sqrt{3}", "3\\sqrt{2}", "2\\sqrt{5}", "\\sqrt{3}", "2", "3"},
    {"x^2+1", "x^2-1", "x^3+1", "x^2", "2", "1"},
    {"(2, 3)", "(3, 2)", "(2, -3)", "[2, 3)", "2", "3"},
    {"[1, \\infty)", "(1, \\infty)", "[1, 2)", "[-1, \\infty)", "1", "(-\\infty, 1]"},
    {"\\{1, 2, 5\\}", "\\{1, 2\\}", "\\{1, 2, 6\\}", "\\{1, 5\\}", "5", "2"},
    {"5\\pi", "5", "-5\\pi", "6\\pi", "\\frac{\\pi}{5}", "5\\pi^2"},
    {
      "\\begin{pmatrix} 1 \\\\ 2 \\end{pmatrix}",
      "\\begin{pmatrix} 2 \\\\ 1 \\end{pmatrix}",
      "1",
      "2"
    },
  };

  private static final String[] DELIMITERS = {
    "$%s$",
    "\\(%s\\)",
    "$$%s$$",
    "\\[%s\\]",
    "$ %s $",
    "\\( %s \\)",
    "\\[\n%s\n\\]",
    "$\\displaystyle %s$",
    "$x = %s$",
    "$\\boxed{%s}$"
  };

  /** Marked: paid by every policy that wants marks. */
  private static final String[] MARKED = {
    "\\boxed{%s}",
    "We get $\\boxed{%s}$ at last.",
    "<answer>%s</answer>",
    "<answer> %s </answer>.",
    "#### %s",
    "<think>3 or 4</think> \\boxed{ %s }",
    "First \\boxed{99}. Wait, no: \\boxed{%s}"
  };

  private static final String[] PHRASES = {
    "The answer is %s.",
    "Answer: %s",
    "**Final Answer:** %s",
    "The final answer to this problem is %s",
    "The answer is %s, because 17 is prime.",
    "答案是%s。",
    "答案：%s",
    "因此，最终答案为 %s。",
    "La réponse est %s.",
    "Réponse : %s",
    "La réponse est %s, car 17 est premier.",
    "Die Antwort ist %s.",
    "Die Lösung lautet %s",
    "Antwort: %s",
    "La respuesta es %s.",
    "Respuesta: %s",
    "La respuesta final es %s porque 17 es primo.",
    "정답은 %s입니다.",
    "답: %s",
    "答えは%sです。",
    "答え：%s",
    "Ответ: %s.",
    "Ответ — %s",
    "A resposta é %s.",
    "Risposta: %s",
    "الإجابة هي %s",
    "الجواب: %s"
  };

  private static final String[] PROSE = {
    "So the total is %s.", "We add 3 and 4.\nHence we obtain %s", "Total %s", "所以结果就是%s。",
    "On trouve donc %s.", "Also erhalten wir %s.", "Por lo tanto obtenemos %s.", "따라서 %s 입니다.",
    "したがって%sとなります。", "Получаем %s.", "إذن نجد %s", "Thus with 17 steps we find\n\n%s"
  };

  private static final String[] HEDGES = {
    "The answer is %s or %s.",
    "It is either %s or %s",
    "答案是%s或%s。",
    "La réponse est %s ou %s.",
    "Die Antwort ist %s oder %s.",
    "La respuesta es %s o %s.",
    "정답은 %s 또는 %s입니다.",
    "答えは%sまたは%sです。",
    "Ответ: %s или %s.",
    "الإجابة هي %s أو %s",
    "\\boxed{%s} or \\boxed{%s}",
    "\\boxed{%s \\text{ or } %s}",
    "The answer is %s, or perhaps %s.",
    "<answer>%s or %s</answer>"
  };

  private static final String[] DENIALS = {
    "The answer is not %s.",
    "答案不是%s。",
    "La réponse n'est pas %s.",
    "Die Antwort ist nicht %s.",
    "La respuesta no es %s.",
    "答えは%sではない。",
    "Ответ не %s.",
    "الإجابة ليست %s",
    "The answer is anything but %s.",
    "It is not %s.",
    "\\boxed{%s}. No: \\boxed{}",
    "The answer is %s. Correction: \\boxed{",
    "<answer>%s</answer> <answer></answer>"
  };

  private final Draws draws = new Draws(TestSeed.of("WrappedAnswersTest"));
  private final AnswerCheck lenient = new AnswerCheck(AnswerPolicy.LENIENT);
  private final AnswerCheck strict = new AnswerCheck(AnswerPolicy.STRICT);

  @Test
  void check_rightAndNearWrongAnswersInEveryWrapping_paysTheRightOnesOnly() {
    var unpaid = new ArrayList<String>();
    var paid = new ArrayList<String>();
    for (int i = 0; i < TEXTS; i++) {
      String[] values = draws.between(0, 1) == 0 ? number() : pick(VALUES);
      boolean right = i % 2 == 0;
      String gold = values[0];
      String said = right ? gold : values[draws.between(1, values.length - 1)];
      boolean marked = draws.between(0, 2) > 0;
      String text = marked ? marked(said) : wrapped(PROSE, pick(DELIMITERS).replace("%s", said));
      boolean equal = lenient.check(gold, text).isEqual();
      if (marked && strict.check(gold, "…</think>" + text).isEqual() != equal) {
        unpaid.add("strict differs: " + gold + " | " + text);
      }
      if (right && !equal) {
        unpaid.add(gold + " | " + text + " | " + lenient.check(gold, text));
      } else if (!right && equal) {
        paid.add(gold + " | " + text + " | " + lenient.check(gold, text));
      }
    }
    assertThat(paid).isEmpty();
    assertThat(unpaid).isEmpty();
  }

  @Test
  void check_hedgesAndDenials_areNeverPaid() {
    var paid = new ArrayList<String>();
    for (int i = 0; i < TEXTS / 2; i++) {
      String[] values = number();
      String delimiter = draws.between(0, 1) == 0 ? "%s" : "$%s$";
      String gold = delimiter.replace("%s", values[0]);
      String other = delimiter.replace("%s", values[draws.between(1, 3)]);
      boolean first = draws.between(0, 1) == 0;
      String text =
          draws.between(0, 1) == 0
              ? pick(DENIALS).replace("%s", gold)
              : fill(pick(HEDGES), first ? gold : other, first ? other : gold);
      if (lenient.check(values[0], text).isEqual()) {
        paid.add(values[0] + " | " + text + " | " + lenient.check(values[0], text));
      }
    }
    assertThat(paid).isEmpty();
  }

  private String marked(String said) {
    if (draws.between(0, 2) == 0) {
      return wrapped(MARKED, said);
    }
    boolean plain = said.chars().allMatch(c -> c >= '0' && c <= '9' || c == '-' || c == '.');
    boolean bare = plain && draws.between(0, 1) == 0;
    return wrapped(PHRASES, bare ? said : pick(DELIMITERS).replace("%s", said));
  }

  private String wrapped(String[] from, String said) {
    return pick(from).replace("%s", said);
  }

  private static String fill(String pattern, String first, String second) {
    int at = pattern.indexOf("%s");
    int next = pattern.indexOf("%s", at + 2);
    return pattern.substring(0, at)
        + first
        + pattern.substring(at + 2, next)
        + second
        + pattern.substring(next + 2);
  }

  /** A number, and others that differ by a sign, a digit, a place, one. */
  private String[] number() {
    int n = draws.between(20, 9999);
    if (n % 10 == 0) {
      n++;
    }
    return List.of("" + n, "-" + n, "" + n * 10, "" + (n + 1), n / 10 + "." + n % 10, "" + n % 10)
        .toArray(new String[0]);
  }

  private <T> T pick(T[] from) {
    return from[draws.between(0, from.length - 1)];
  }
}
