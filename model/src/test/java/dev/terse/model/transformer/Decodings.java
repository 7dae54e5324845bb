package dev.terse.model.transformer;

import java.util.List;

/** Greedy decoding, as plainly as it can be said. */
public final class Decodings {

  private Decodings() {}

  /** The likeliest continuation of one prompt. */
  public static int[] greedy(Decoder decoder, int[] prompt, int count) {
    int[] ids = new int[count];
    try (Decoding decoding = decoder.decode(count)) {
      decoding.join(List.of(prompt), new int[] {0});
      for (int i = 0; i < count; i++) {
        ids[i] = argMax(decoding.logits().toDoubles());
        decoding.step(new int[] {ids[i]});
      }
    }
    return ids;
  }

  /** Index of the largest value, the first of equals. */
  static int argMax(double[] values) {
    int best = 0;
    for (int i = 1; i < values.length; i++) {
      if (values[i] > values[best]) {
        best = i;
      }
    }
    return best;
  }
}
