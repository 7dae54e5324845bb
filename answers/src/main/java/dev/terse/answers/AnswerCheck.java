package dev.terse.answers;

import dev.terse.answers.compare.Equivalence;
import dev.terse.answers.compare.Verdict;
import dev.terse.answers.extract.AnswerFinder;
import dev.terse.answers.extract.AnswerPolicy;
import dev.terse.answers.extract.Found;
import java.util.Objects;

/**
 * Finds the answer in a completion and compares it with the gold answer. Text is data: bounded time
 * and memory for any input, no Throwable. Independent of locale and thread.
 *
 * @param policy which part of the completion may hold the answer
 */
public record AnswerCheck(AnswerPolicy policy) {
  public AnswerCheck {
    Objects.requireNonNull(policy, "policy");
  }

  /**
   * Grades one completion.
   *
   * @param gold the right answer; may itself be a text that marks it by a box or hashes
   */
  public Grade check(String gold, String completion) {
    if (gold == null || gold.isBlank()) {
      return new Grade(Verdict.UNKNOWN, "", "there is no gold answer");
    }
    if (completion == null || completion.isBlank()) {
      return new Grade(Verdict.DIFFERENT, "", "the prediction is empty");
    }
    String part = policy.answerPart(completion);
    if (part == null) {
      return new Grade(Verdict.DIFFERENT, "", "no </think>, and only what follows it may answer");
    }
    Found found = find(AnswerFinder.tail(part));
    if (found == null) {
      return new Grade(Verdict.DIFFERENT, "", "no answer found");
    }
    Found wanted = AnswerFinder.marked(AnswerFinder.tail(gold));
    var result = Equivalence.compare(wanted == null ? gold.strip() : wanted.text(), found.text());
    return new Grade(
        result.verdict(), found.text(), "from " + found.source() + ": " + result.reason());
  }

  private static Found find(String text) {
    Found found = AnswerFinder.marked(text);
    if (found != null) {
      boolean sentence =
          found.source() == Found.Source.PHRASE && !Equivalence.isReadable(found.text());
      Found inside = sentence ? AnswerFinder.inSentence(found.text()) : null;
      return inside == null ? found : inside;
    }
    String whole = text.strip();
    if (Equivalence.isReadable(whole)) {
      return new Found(whole, Found.Source.WHOLE);
    }
    found = AnswerFinder.unmarked(text);
    return found != null || whole.isEmpty() ? found : new Found(whole, Found.Source.WHOLE);
  }
}
