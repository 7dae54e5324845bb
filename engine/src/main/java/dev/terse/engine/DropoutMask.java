package dev.terse.engine;

/**
 * Which elements of a row dropout keeps (Srivastava et al., JMLR 15, 2014): a function of the row's
 * seed, so the mask is never stored. An element has 32 random bits u and is kept if {@code u / 2^32
 * >= rate}; two neighbours share the 64 bits of one draw.
 */
public final class DropoutMask {
  private static final double RANGE = 0x1.0p32;

  private DropoutMask() {}

  /** Whether column {@code column} of the row is kept. */
  public static boolean keeps(long rowSeed, int column, double rate) {
    long pair = SeedTree.bits(rowSeed, column >>> 1);
    long own = (column & 1) == 0 ? pair >>> 32 : pair & 0xffffffffL;
    return own >= rate * RANGE;
  }

  /**
   * Fills a row of factors: {@code 1 / (1 - rate)} where the element is kept, else 0.
   *
   * @param factors [C], overwritten
   */
  public static void factors(long rowSeed, double rate, float[] factors) {
    float kept = (float) (1 / (1 - rate));
    long least = (long) Math.ceil(rate * RANGE);
    int c = 0;
    for (; c + 1 < factors.length; c += 2) {
      long pair = SeedTree.bits(rowSeed, c >>> 1);
      factors[c] = pair >>> 32 >= least ? kept : 0;
      factors[c + 1] = (pair & 0xffffffffL) >= least ? kept : 0;
    }
    if (c < factors.length) {
      factors[c] = SeedTree.bits(rowSeed, c >>> 1) >>> 32 >= least ? kept : 0;
    }
  }
}
