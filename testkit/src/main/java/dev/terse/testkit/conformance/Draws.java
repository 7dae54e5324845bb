package dev.terse.testkit.conformance;

import dev.terse.engine.SeedTree;

/**
 * Random test data, one draw after another from a seed. Real numbers are exact in 32 bits, so that
 * engines of different width start from the same values.
 */
public final class Draws {
  private final long seed;
  private long count;

  public Draws(long seed) {
    this.seed = seed;
  }

  /** An integer in [from, to]. */
  public int between(int from, int to) {
    return from + SeedTree.below(next(), to - from + 1);
  }

  /** Integers in [from, to]. */
  public int[] integers(int length, int from, int to) {
    int[] values = new int[length];
    for (int i = 0; i < length; i++) {
      values[i] = between(from, to);
    }
    return values;
  }

  /** Normal numbers of the given standard deviation. */
  public double[] normal(int length, double deviation) {
    double[] values = new double[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) (deviation * SeedTree.gaussian(next()));
    }
    return values;
  }

  /** A seed of its own for something else that draws. */
  public long next() {
    return SeedTree.at(seed, "draw", count++);
  }
}
