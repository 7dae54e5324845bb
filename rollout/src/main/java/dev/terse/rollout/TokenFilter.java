package dev.terse.rollout;

import java.util.Arrays;
import java.util.PriorityQueue;

/**
 * Drops unlikely tokens from a distribution, in the order of Hugging Face's logits processors: top
 * k, then top p of what is left, then min p. Probabilities need not sum to 1.
 *
 * <p>Ties are kept as transformers keeps them: all tokens as likely as the k-th survive top k, and
 * all at the bound survive min p. At the edge of top p, where its result depends on an unstable
 * sort, the lowest id survives here.
 */
final class TokenFilter {
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

  private static void dropBelow(float[] p, double bound) {
    for (int i = 0; i < p.length; i++) {
      if (p[i] < bound) {
        p[i] = 0;
      }
    }
  }

  private static float kthLargest(float[] p, int k) {
    PriorityQueue<Float> best = new PriorityQueue<>(k);
    for (float x : p) {
      if (best.size() < k) {
        best.add(x);
      } else if (x > best.peek()) {
        best.poll();
        best.add(x);
      }
    }
    return best.peek();
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
    double mass = InverseCdf.sum(p);
    // Tokens of at most (1-share)/V of the mass hold no more than 1-share together, so all of them
    // fall to the cut, and only the few above need sorting.
    double bound = (1 - share) * mass / p.length;
    long[] order = new long[p.length];
    int count = 0;
    for (int i = 0; i < p.length; i++) {
      if (p[i] > bound) {
        // Bits of floats above 0 rise with their values: inverted they sort the likeliest first.
        order[count++] = (long) (Integer.MAX_VALUE - Float.floatToRawIntBits(p[i])) << 32 | i;
      }
    }
    Arrays.sort(order, 0, count);
    float[] kept = new float[p.length];
    double before = 0;
    for (int r = 0; r < count && (r == 0 || before < share * mass); r++) {
      int id = (int) order[r];
      kept[id] = p[id];
      before += p[id];
    }
    System.arraycopy(kept, 0, p, 0, p.length);
  }
}
