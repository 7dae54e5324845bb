package dev.terse.engine.numbers;

/**
 * Stochastic rounding of AdamW's moments to bfloat16. Rounded to nearest, v would stand still: with
 * β2 = 0.999 it moves by less than half a bfloat16 step an update, and every move would be lost.
 * Rounded at random it moves by the right amount in the mean.
 *
 * <p>The random bits of element i are a function of (seed, i): 32 bits of the hash "lowbias32" (C.
 * Wellons, "Prospecting for hash functions", 2018), of which m takes the lower and v the upper 16.
 */
public final class StochasticRounding {
  private final int key;
  private final int salt;

  /**
   * @param seed a seed of this tensor and update
   */
  public StochasticRounding(long seed) {
    this.key = (int) seed;
    this.salt = (int) (seed >>> 32);
  }

  /** The random bits of elements {@code from} to {@code from + count}, 32 each. */
  public int[] bits(long from, int count) {
    int[] bits = new int[count];
    int first = (int) from + key;
    for (int i = 0; i < count; i++) {
      int x = first + i;
      x = (x ^ (x >>> 16) ^ salt) * 0x7feb352d;
      x = (x ^ (x >>> 15)) * 0x846ca68b;
      bits[i] = x ^ (x >>> 16);
    }
    return bits;
  }

  /** Values of m as bfloat16, by the lower 16 of their random bits. */
  public static short[] roundM(float[] m, int[] random) {
    short[] bits = new short[random.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = Bfloat16.ofStochastic(m[i], random[i] & 0xffff);
    }
    return bits;
  }

  /** Values of v as bfloat16, by the upper 16 of their random bits. */
  public static short[] roundV(float[] v, int[] random) {
    short[] bits = new short[random.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = Bfloat16.ofStochastic(v[i], random[i] >>> 16);
    }
    return bits;
  }
}
