package dev.terse.answers;

import dev.terse.answers.compare.Equivalence;
import dev.terse.answers.compare.Reader;
import dev.terse.answers.compare.Verdict;
import dev.terse.answers.extract.AnswerFinder;
import dev.terse.answers.extract.AnswerPolicy;
import dev.terse.answers.extract.AnswerPolicy.Part;
import dev.terse.answers.extract.Choices;
import dev.terse.answers.extract.Found;
import dev.terse.answers.extract.LmEvalGsm8k;
import java.util.Objects;

/**
 * Finds the answer in a completion and compares it with the gold answer. Text is data: bounded time
 * and memory for any input, no Throwable. Independent of locale and thread.
 *
 * @param policy which part of the completion may hold the answer
 */
public record AnswerCheck(AnswerPolicy policy) {
  /** Longest line that may be an answer and nothing else. */
  private static final int MAX_LINE = 200;

  public AnswerCheck {
    Objects.requireNonNull(policy, "policy");
  }

  /**
   * Grades one completion whose thinking ends with {@code </think>}.
   *
   * @param gold the right answer; may itself be a text that marks it by a box or hashes
   */
  public Grade check(String gold, String completion) {
    return check(gold, completion, completion == null ? null : Part.afterMark(completion));
  }

  /**
   * Grades one completion.
   *
   * @param answer what follows the thinking, wherever that ends; null where it does not end
   */
  public Grade check(String gold, String completion, String answer) {
    if (gold == null || gold.isBlank()) {
      return new Grade(Verdict.UNKNOWN, "", "there is no gold answer");
    }
    if (completion == null || completion.isBlank()) {
      return new Grade(Verdict.DIFFERENT, "", "the prediction is empty");
    }
    String part = policy.part().of(completion, answer);
    if (part == null) {
      return new Grade(
          Verdict.DIFFERENT, "", "the thinking does not end, and only what follows it may answer");
    }
    return switch (policy.grader()) {
      case VALUES, FORMULAS -> byValue(AnswerFinder.inGold(gold), part);
      case LM_EVAL_STRICT -> asText(gold, LmEvalGsm8k.strictMatch(part), "strict-match");
      case LM_EVAL_FLEXIBLE -> asText(gold, LmEvalGsm8k.flexibleExtract(part), "flexible-extract");
    };
  }

  /** Whether a gold answer is understood; of another one only the same text is right. */
  public static boolean understands(String gold) {
    return !gold.isBlank() && Equivalence.isReadable(AnswerFinder.inGold(gold));
  }

  private Grade byValue(String gold, String part) {
    var reader = new Reader();
    var finder = new AnswerFinder(policy, reader::isMathematics, reader::isReadable);
    Found found = finder.find(part, Choices.isLetter(gold));
    if ((found.isUnmarked() || mayBeWhole(found, gold, part)) && isWhole(gold, part, reader)) {
      return new Grade(Verdict.EQUAL, part.strip(), "from the whole text: the same answer");
    }
    if (found.isNone()) {
      return new Grade(Verdict.DIFFERENT, "", found.rule());
    }
    Grade first = null;
    for (String text : found.texts()) {
      if (found.isUnmarked() && isNumber(gold) && isUncalculated(text)) {
        return new Grade(Verdict.DIFFERENT, text, "from " + found.rule() + ": not calculated");
      }
      var result = reader.compare(gold, text);
      var grade =
          new Grade(result.verdict(), text, "from " + found.rule() + ": " + result.reason());
      if (grade.isEqual()) {
        return grade;
      }
      first = first == null ? grade : first;
    }
    return first;
  }

  /** Whether a right answer is one number, perhaps complex, in digits. */
  private static boolean isNumber(String gold) {
    return gold.chars().allMatch(c -> c >= '0' && c <= '9' || " .,/+-i$".indexOf(c) >= 0);
  }

  /** Whether a formula of powers and sums only repeats what is to be calculated: (4 - 3i)^2. */
  private static boolean isUncalculated(String text) {
    boolean power = text.indexOf('^') >= 0 || text.contains("\\sqrt");
    boolean sum = text.indexOf('+', 1) > 0 || text.indexOf('-', 1) > 0;
    return power && sum && text.indexOf('=') < 0 && !text.contains("circ");
  }

  /** Whether a text in which nothing was found may answer as a whole: no box, no doubt. */
  private boolean mayBeWhole(Found found, String gold, String part) {
    return found.isAbsent()
        && policy.evidence().contains(Found.Source.LAST_NUMBER)
        && (AnswerFinder.isDoubtful(gold) || !AnswerFinder.isDoubtful(part));
  }

  /** Whether a line, read as nothing but an answer, is the right one: "odd $n$", "8 and 9". */
  private boolean isWhole(String gold, String part, Reader reader) {
    String line = part.strip();
    return policy.evidence().contains(Found.Source.WHOLE)
        && line.length() <= MAX_LINE
        && line.indexOf('\n') < 0
        && reader.compare(gold, line).verdict() == Verdict.EQUAL;
  }

  private static Grade asText(String gold, String extracted, String filter) {
    boolean equal = LmEvalGsm8k.normalized(gold).equals(LmEvalGsm8k.normalized(extracted));
    return new Grade(
        equal ? Verdict.EQUAL : Verdict.DIFFERENT,
        extracted.equals(LmEvalGsm8k.INVALID) ? "" : extracted,
        "from lm-evaluation-harness' " + filter + (equal ? ": the same text" : ": another text"));
  }
}
