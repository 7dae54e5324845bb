package dev.terse.answers;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import dev.terse.answers.compare.Equivalence;
import dev.terse.answers.extract.AnswerPolicy;

/**
 * Any two texts as gold answer and completion: no Throwable, no fault caught inside, the same grade
 * twice. Jazzer looks for the texts that reach new code.
 */
public final class AnswerFuzz {
  private static final int MAX_GOLD = 256;
  private static final AnswerCheck CHECK = new AnswerCheck(AnswerPolicy.LENIENT);

  private AnswerFuzz() {}

  /** One input; called by Jazzer. */
  public static void fuzzerTestOneInput(FuzzedDataProvider data) {
    String gold = data.consumeString(MAX_GOLD);
    String completion = data.consumeRemainingAsString();
    Grade grade = CHECK.check(gold, completion);
    if (grade.reason().contains(Equivalence.INTERNAL)) {
      throw new IllegalStateException(grade.reason());
    }
    if (!grade.equals(CHECK.check(gold, completion))) {
      throw new IllegalStateException("not the same twice: " + grade);
    }
  }
}
