package dev.terse.answers.compare;

/** Outcome of comparing an answer with the gold answer. */
public enum Verdict {
  /** They mean the same. */
  EQUAL,
  /** They are both understood and do not mean the same, or there is no answer. */
  DIFFERENT,
  /** Cannot tell: not understood, or beyond a limit. Pays nothing. */
  UNKNOWN;

  /** Of two parts of one answer: all must be equal, and one that differs decides. */
  Verdict and(Verdict o) {
    return this == DIFFERENT || o == EQUAL ? this : o;
  }
}
