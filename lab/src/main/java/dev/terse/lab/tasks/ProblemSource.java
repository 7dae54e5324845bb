package dev.terse.lab.tasks;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * An endless, seeded source of problems. A problem is a function of its index; its split is a
 * function of its canonical form alone, so no problem is in two splits, whatever the seeds.
 */
public interface ProblemSource {

  /** Draws without a new problem that say little. */
  long PATIENCE = 100_000;

  /** More of them for each problem that was found. */
  long PATIENCE_EACH = 20;

  /** The problem at {@code index}, of whichever split. */
  WorkedProblem problem(long index);

  /**
   * The first {@code count} problems of a split whose canonical forms differ. A source counts as
   * exhausted where {@value #PATIENCE} draws, and {@value #PATIENCE_EACH} more for each problem
   * that was found, give no new one: the last of M equally likely problems takes about M draws.
   *
   * @throws IllegalArgumentException if there are not so many
   */
  default List<WorkedProblem> problems(Split split, int count) {
    List<WorkedProblem> problems = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    long last = 0; // the draw that gave the last new one
    for (long index = 0; problems.size() < count; index++) {
      if (index - last > PATIENCE + PATIENCE_EACH * problems.size()) {
        throw new IllegalArgumentException(
            "expected "
                + count
                + " different problems in the "
                + split
                + " split, found "
                + problems.size()
                + " and no other in "
                + (index - last)
                + " draws: ask for fewer rows, or allow more operations");
      }
      WorkedProblem problem = problem(index);
      if (Split.of(problem.canonical()) == split && seen.add(problem.canonical())) {
        problems.add(problem);
        last = index;
      }
    }
    return problems;
  }

  /**
   * Checks the bounds of the operations of a problem.
   *
   * @throws IllegalArgumentException if they are none
   */
  static void requireOperations(int min, int max) {
    if (min < 1 || max < min) {
      throw new IllegalArgumentException(
          "expected 1 <= min operations <= max operations, found " + min + " and " + max);
    }
  }
}
