package dev.terse.lab.sampling;

import java.util.Locale;

/** What became of a sampled chain. */
enum Outcome {
  /** Ended by itself with the right answer; it is written. */
  RIGHT("right"),
  /** Ended with another answer. */
  WRONG("with a wrong answer"),
  /** The limit of tokens came before its end. */
  CUT("cut off at max_completion_length"),
  /** Ended, and no answer was found in it. */
  NO_ANSWER("without an answer"),
  /** Right, but there is no thinking to put marks around. */
  NO_THINKING("without a thinking before the answer"),
  /** Right, and the same text as an earlier chain of the problem. */
  DUPLICATE("the same as another chain of the problem"),
  /** Right, and more than keep_per_problem asks for. */
  SURPLUS("more than keep_per_problem");

  private final String words;

  Outcome(String words) {
    this.words = words;
  }

  String words() {
    return words;
  }

  /** As in files. */
  String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Outcome of(String key) {
    return valueOf(key.toUpperCase(Locale.ROOT));
  }
}
