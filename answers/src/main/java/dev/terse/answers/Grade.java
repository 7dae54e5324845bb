package dev.terse.answers;

import dev.terse.answers.compare.Verdict;

/**
 * A verdict with what it rests on.
 *
 * @param extracted the answer that was found in the prediction; empty if there is none
 * @param reason one sentence for people who debug a reward
 */
public record Grade(Verdict verdict, String extracted, String reason) {

  /** Whether the answer is right. */
  public boolean isEqual() {
    return verdict == Verdict.EQUAL;
  }
}
