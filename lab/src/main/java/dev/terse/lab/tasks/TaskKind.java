package dev.terse.lab.tasks;

import java.util.Locale;

/** The generators of problems that come with Terse. */
public enum TaskKind {
  /** {@link ArithmeticTask}. */
  ARITHMETIC(2, 3),
  /** {@link WordProblemTask}. */
  WORD_PROBLEMS(2, 8);

  private final int minOperations;
  private final int maxOperations;

  TaskKind(int minOperations, int maxOperations) {
    this.minOperations = minOperations;
    this.maxOperations = maxOperations;
  }

  /**
   * The problems of a seed.
   *
   * @param least operations of a problem; null for the task's own
   * @param most operations of a problem; null for the task's own
   */
  public ProblemSource source(long seed, Integer least, Integer most) {
    int min = least == null ? minOperations : least;
    int max = most == null ? maxOperations : most;
    return this == ARITHMETIC
        ? new ArithmeticTask(seed, min, max)
        : new WordProblemTask(seed, min, max);
  }

  /** As command lines and configurations spell it. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
