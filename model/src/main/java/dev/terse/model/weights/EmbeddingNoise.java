package dev.terse.model.weights;

import dev.terse.engine.SeedTree;

/**
 * Noise on the embeddings of a sequence of L tokens (NEFTune, arXiv 2310.05914): each of C numbers
 * of a token is moved by a uniform draw from ±alpha / √(L·C). A draw is a function of the seed, the
 * sequence's number, the token's place and the channel: not of the batch that it lies in.
 *
 * <p>L is the sequence's own length. Transformers takes the length of the padded batch.
 *
 * @param numbers of the sequences, such as their places in an update, [S]
 */
public record EmbeddingNoise(double alpha, long seed, int[] numbers) {

  /**
   * Fills {@code noise} for one token.
   *
   * @param sequence index in {@link #numbers}
   * @param length L
   * @param place of the token in its sequence
   * @param noise [C]
   */
  public void fill(int sequence, int length, int place, float[] noise) {
    double most = alpha / Math.sqrt((double) length * noise.length);
    long token = SeedTree.child(SeedTree.child(seed, numbers[sequence]), place);
    for (int c = 0; c < noise.length; c++) {
      noise[c] = (float) (most * (2 * SeedTree.uniform(SeedTree.child(token, c)) - 1));
    }
  }
}
