package dev.terse.reward.terms;

import dev.terse.reward.Sample;

/** Builds samples for tests. */
final class Samples {
  private Samples() {}

  /** A finished completion with counts that no term under test reads. */
  static Sample of(String completion, String gold) {
    return of(completion, gold, 100);
  }

  static Sample of(String completion, String gold, int tokens) {
    return new Sample(completion, gold, new int[tokens], true, 0, 0, 0);
  }

  /** A finished right answer to gold 5 with these counts. */
  static Sample right(int tokens, int steps, int skips, int longestRun) {
    return new Sample(
        "t\n</think>\n\\boxed{5}", "5", new int[tokens], true, steps, skips, longestRun);
  }
}
