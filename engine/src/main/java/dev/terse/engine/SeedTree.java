package dev.terse.engine;

import java.nio.charset.StandardCharsets;

/**
 * Randomness as a function. A draw is named by a path such as {@code at(runSeed, "rollout", step,
 * prompt, sample, position)}; there is no generator state, so a resumed run draws what the
 * uninterrupted one would.
 *
 * <p>Mixing is SplitMix64's finalizer (Steele, Lea, Flood: "Fast splittable pseudorandom number
 * generators", 2014), applied once for each part of the path.
 */
public final class SeedTree {
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private SeedTree() {}

  /** A 64-bit seed for the path {@code runSeed / purpose / parts…}. */
  public static long at(long runSeed, String purpose, long... parts) {
    long state = mix(runSeed + GOLDEN);
    for (byte b : purpose.getBytes(StandardCharsets.UTF_8)) {
      state = mix(state ^ (b & 0xff)) + GOLDEN;
    }
    for (long part : parts) {
      state = child(state, part);
    }
    return mix(state);
  }

  /** The seed below {@code seed} for one more part of the path. */
  public static long child(long seed, long part) {
    return mix(seed + GOLDEN ^ mix(part + GOLDEN)) + GOLDEN;
  }

  /** A number in [0, 1) with 53 random bits. */
  public static double uniform(long seed) {
    return (mix(seed) >>> 11) * 0x1.0p-53;
  }

  /**
   * 64 random bits: number {@code index} of the sequence that SplitMix64 begins at {@code seed}.
   * For many draws of one purpose, where a {@link #child} for each would cost more.
   */
  public static long bits(long seed, int index) {
    return mix(seed + step(index));
  }

  /** How far draw {@code index} of {@link #bits} lies from the seed. */
  static long step(int index) {
    return (index + 1L) * GOLDEN;
  }

  /** {@code bits[i] = bits(seed, i)}, given the steps, in a loop that becomes vector code. */
  static void bits(long seed, long[] steps, long[] bits) {
    for (int i = 0; i < bits.length; i++) {
      bits[i] = mix(seed + steps[i]);
    }
  }

  /** An integer in [0, bound), unbiased to within 2^-40 for bounds below 2^24. */
  public static int below(long seed, int bound) {
    if (bound <= 0) {
      throw new IllegalArgumentException("bound must be positive, was " + bound);
    }
    return (int) Math.multiplyHigh(mix(seed) >>> 1, (long) bound << 1);
  }

  /** A standard normal number (Box and Muller). */
  public static double gaussian(long seed) {
    double radius = Math.sqrt(-2 * Math.log(1 - uniform(child(seed, 1))));
    return radius * Math.cos(2 * Math.PI * uniform(child(seed, 2)));
  }

  /** A permutation of 0..n-1 (Fisher and Yates). */
  public static int[] permutation(long seed, int n) {
    int[] order = new int[n];
    for (int i = 0; i < n; i++) {
      int j = below(child(seed, i), i + 1);
      order[i] = order[j];
      order[j] = i;
    }
    return order;
  }

  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
