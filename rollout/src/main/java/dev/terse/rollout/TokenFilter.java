package dev.terse.rollout;

import java.util.Arrays;

/**
 * Drops unlikely tokens from a distribution, in the order of Hugging Face's logits processors: top
 * k, then top p of what is left, then min p. Probabilities need not sum to 1.
 *
 * <p>Ties are kept as transformers keeps them: all tokens as likely as the k-th survive top k, and
 * all at the bound survive min p. At the edge of top p, where its result depends on an unstable
 * sort, the lowest id survives here.
 *
 * <p>Nothing is sorted but the tokens about as likely as the last one that survives: numbers of 0
 * or more rise with their bits, so the upper bits of a float tell its bucket.
 */
final class TokenFilter {
  /** Drops all bits of a float but its exponent and three more: buckets an eighth wide. */
  private static final int SHIFT = 20;

  /** Buckets of floats that are not negative. */
  private static final int BUCKETS = 1 << 31 - SHIFT;

  private TokenFilter() {}

  /** Sets dropped tokens of {@code p} [V] to 0; at least the likeliest one stays. */
  static void apply(float[] p, SamplingParams sampling) {
    if (sampling.topK() > 0 && sampling.topK() < p.length) {
      dropBelow(p, kthLargest(p, sampling.topK()));
    }
    if (sampling.topP() < 1) {
      topP(p, sampling.topP());
    }
    if (sampling.minP() > 0) {
      dropBelow(p, sampling.minP() * largest(p));
    }
  }

  private static int bucket(float x) {
    return Float.floatToRawIntBits(x) >>> SHIFT;
  }

  private static void dropBelow(float[] p, double bound) {
    for (int i = 0; i < p.length; i++) {
      if (p[i] < bound) {
        p[i] = 0;
      }
    }
  }

  private static float kthLargest(float[] p, int k) {
    int[] counts = new int[BUCKETS];
    for (float x : p) {
      counts[bucket(x)]++;
    }
    int bucket = BUCKETS - 1;
    int above = 0;
    while (above + counts[bucket] < k) {
      above += counts[bucket--];
    }
    float[] same = new float[counts[bucket]];
    int found = 0;
    for (float x : p) {
      if (bucket(x) == bucket) {
        same[found++] = x;
      }
    }
    Arrays.sort(same);
    return same[same.length - (k - above)];
  }

  private static float largest(float[] p) {
    float largest = 0;
    for (float x : p) {
      largest = Math.max(largest, x);
    }
    return largest;
  }

  /** Keeps a token if the tokens before it in falling order hold less than {@code share}. */
  private static void topP(float[] p, double share) {
    double[] masses = new double[BUCKETS];
    int[] counts = new int[BUCKETS];
    for (float x : p) {
      masses[bucket(x)] += x;
      counts[bucket(x)]++;
    }
    double total = 0;
    for (int bucket = BUCKETS - 1; bucket >= 0; bucket--) {
      total += masses[bucket];
    }
    int bucket = bucket(largest(p));
    double before = 0;
    while (bucket > 0 && before + masses[bucket] < share * total) {
      before += masses[bucket--];
    }
    // Tokens of higher buckets stay, tokens of lower ones go; the bucket of the edge is sorted.
    long[] edge = new long[counts[bucket]];
    int found = 0;
    for (int i = 0; i < p.length; i++) {
      int here = bucket(p[i]);
      if (here == bucket) {
        // Inverted bits sort the likeliest first, of equal ones the lowest id.
        edge[found++] = (long) (Integer.MAX_VALUE - Float.floatToRawIntBits(p[i])) << 32 | i;
      } else if (here < bucket) {
        p[i] = 0;
      }
    }
    Arrays.sort(edge);
    for (int r = 0; r < edge.length; r++) {
      int id = (int) edge[r];
      boolean first = r == 0 && before == 0;
      if (!first && before >= share * total) {
        p[id] = 0;
      } else {
        before += p[id];
      }
    }
  }
}
