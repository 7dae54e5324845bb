package dev.terse.lab.tasks;

import dev.terse.engine.SeedTree;

/** The part of the problems that is used for training, choosing or judging. */
public enum Split {
  TRAIN,
  VALID,
  TEST;

  /**
   * The split of a problem: eight in ten train, one validates, one tests.
   *
   * @param canonical what makes the problem the same problem, however it is told
   */
  public static Split of(String canonical) {
    int tenth = SeedTree.below(SeedTree.at(0, canonical), 10);
    return tenth == 0 ? TEST : tenth == 1 ? VALID : TRAIN;
  }
}
