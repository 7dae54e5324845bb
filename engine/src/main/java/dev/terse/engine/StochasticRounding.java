package dev.terse.engine;

/**
 * Stochastic rounding of AdamW's moments to bfloat16. Rounded to nearest, v would stand still: with
 * β2 = 0.999 it moves by less than half a bfloat16 step an update, and every move would be lost.
 * Rounded by lot it moves by the right amount in the mean.
 *
 * <p>The lot of element i is a function of (seed, i): 32 bits of the hash "lowbias32" (C. Wellons,
 * "Prospecting for hash functions", 2018), of which m takes the lower and v the upper half.
 */
public final class StochasticRounding {
  private final int key;
  private final int salt;

  /**
   * @param seed a {@link SeedTree} seed of this tensor and update
   */
  public StochasticRounding(long seed) {
    this.key = (int) seed;
    this.salt = (int) (seed >>> 32);
  }

  /** Turns values of m into the bfloat16 numbers that stand for them; the first is element from. */
  public void roundM(float[] m, long from, int count) {
    for (int i = 0; i < count; i++) {
      m[i] = Bfloat16.toFloat(Bfloat16.ofStochastic(m[i], bits(from + i) & 0xffff));
    }
  }

  /** {@link #roundM} for v. */
  public void roundV(float[] v, long from, int count) {
    for (int i = 0; i < count; i++) {
      v[i] = Bfloat16.toFloat(Bfloat16.ofStochastic(v[i], bits(from + i) >>> 16));
    }
  }

  private int bits(long index) {
    int x = (int) index + key;
    x = (x ^ (x >>> 16) ^ salt) * 0x7feb352d;
    x = (x ^ (x >>> 15)) * 0x846ca68b;
    return x ^ (x >>> 16);
  }
}
