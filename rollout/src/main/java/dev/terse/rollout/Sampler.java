package dev.terse.rollout;

import dev.terse.engine.Arena;
import dev.terse.engine.Engine;
import dev.terse.engine.SeedTree;
import dev.terse.engine.Tensor;

/**
 * Draws the next token of each live sequence from its logits: temperature, {@link TokenFilter},
 * inverse cumulative sum. At temperature 0 it takes the likeliest token, of equal ones the lowest
 * id, and tells its log-probability at temperature 1.
 */
final class Sampler implements AutoCloseable {
  private final Engine engine;
  private final SamplingParams sampling;
  private final Arena arena;
  private final float[] row;

  /**
   * @param vocabSize V
   */
  Sampler(Engine engine, SamplingParams sampling, int vocabSize) {
    this.engine = engine;
    this.sampling = sampling;
    this.arena = engine.arena();
    this.row = new float[vocabSize];
  }

  /**
   * A drawn token.
   *
   * @param logProb ln p under the unfiltered distribution at the sampling temperature
   */
  record Draw(int id, float logProb) {}

  /**
   * Draws one token a row.
   *
   * @param logits raw logits, [B, V]
   * @param seeds one for each row, [B]; the draw is a function of it and of the row alone
   * @return [B]
   */
  Draw[] draw(Tensor logits, long[] seeds) {
    Draw[] draws = new Draw[seeds.length];
    boolean greedy = sampling.temperature() == 0;
    try (Arena scratch = arena.open()) {
      Tensor probabilities = scratch.floats(logits.shape());
      engine.softmaxRows(logits, greedy ? 1 : 1 / sampling.temperature(), probabilities);
      for (int b = 0; b < draws.length; b++) {
        draws[b] = greedy ? likeliest(logits, probabilities, b) : drawn(probabilities, b, seeds[b]);
      }
    }
    return draws;
  }

  @Override
  public void close() {
    arena.close();
  }

  private Draw likeliest(Tensor logits, Tensor probabilities, int b) {
    readRow(logits, b);
    int best = 0;
    for (int i = 1; i < row.length; i++) {
      best = row[i] > row[best] ? i : best;
    }
    float[] p = new float[1];
    probabilities.read((long) b * row.length + best, p, 0, 1);
    requireMass(p[0], b);
    return new Draw(best, (float) Math.log(p[0]));
  }

  private Draw drawn(Tensor probabilities, int b, long seed) {
    readRow(probabilities, b);
    double mass = InverseCdf.sum(row); // 1, but for the rounding of each element
    requireMass(mass, b);
    double left = mass;
    if (sampling.filters()) {
      TokenFilter.apply(row, sampling);
      left = InverseCdf.sum(row);
    }
    int id = InverseCdf.draw(row, left, SeedTree.uniform(seed));
    return new Draw(id, (float) Math.log(row[id] / mass));
  }

  private void readRow(Tensor t, int b) {
    t.read((long) b * row.length, row, 0, row.length);
  }

  private static void requireMass(double mass, int b) {
    if (!(mass > 0) || Double.isInfinite(mass)) {
      throw new IllegalStateException(
          "expected finite logits, found NaN or infinity in live sequence "
              + b
              + "; the weights are damaged or have diverged");
    }
  }
}
