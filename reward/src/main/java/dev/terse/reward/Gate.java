package dev.terse.reward;

/** Whether wrong answers may earn anything. */
public enum Gate {
  /** The weighted sum is the reward. */
  NONE,
  /** The weighted sum is multiplied by correctness: a wrong answer earns exactly 0. */
  CORRECT
}
