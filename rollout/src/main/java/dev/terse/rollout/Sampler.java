package dev.terse.rollout;

import dev.terse.engine.Engine;
import dev.terse.engine.SeedTree;
import dev.terse.engine.Tensor;
import java.util.BitSet;
import java.util.function.IntFunction;

/**
 * Draws the next token of each live sequence from its logits: temperature, {@link TokenFilter},
 * inverse cumulative sum. At temperature 0 it takes the likeliest token, of equal ones the lowest
 * id, and tells its log-probability at temperature 1.
 */
final class Sampler {
  private final Engine engine;
  private final SamplingParams sampling;

  Sampler(Engine engine, SamplingParams sampling) {
    this.engine = engine;
    this.sampling = sampling;
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
   * @param seeds one for each row, [B]; the draw is a function of it, of the row and of what its
   *     sequence has seen alone
   * @param seen tokens of a row's sequence; asked for where repetitions are penalised
   * @return [B]
   */
  Draw[] draw(Tensor logits, long[] seeds, IntFunction<BitSet> seen) {
    Draw[] draws = new Draw[seeds.length];
    engine.softmaxRows(
        logits,
        1 / temperature(),
        (row, p) ->
            draws[row] =
                sampling.penalizes()
                    ? penalized(logits, row, p, seeds[row], seen.apply(row))
                    : draw(logits, row, p, seeds[row]));
    return draws;
  }

  private double temperature() {
    return sampling.temperature() == 0 ? 1 : sampling.temperature();
  }

  private Draw draw(Tensor logits, int row, float[] p, long seed) {
    return sampling.temperature() == 0 ? likeliest(logits, row, p) : drawn(row, p, seed);
  }

  /** Drawn from the penalised distribution, its log-probability told under the other. */
  private Draw penalized(Tensor logits, int row, float[] p, long seed, BitSet seen) {
    double mass = new InverseCdf(p).total();
    requireMass(mass, row);
    float[] before = p.clone();
    int known = highest(p);
    new RepetitionPenalty(sampling.repetitionPenalty())
        .apply(p, seen, known, logit(logits, row, p, known), temperature());
    int id = sampling.temperature() == 0 ? highest(p) : drawn(row, p, seed).id();
    return new Draw(id, (float) Math.log(before[id] / mass));
  }

  private static int highest(float[] p) {
    int best = 0;
    for (int i = 1; i < p.length; i++) {
      best = p[i] > p[best] ? i : best;
    }
    return best;
  }

  private static Draw likeliest(Tensor logits, int row, float[] p) {
    int best = highest(p);
    requireMass(p[best], row);
    // Different logits can round to the same probability.
    int likeliest = best;
    for (int i = best + 1; i < p.length; i++) {
      if (p[i] == p[best] && logit(logits, row, p, i) > logit(logits, row, p, likeliest)) {
        likeliest = i;
      }
    }
    return new Draw(likeliest, (float) Math.log(p[best]));
  }

  private static float logit(Tensor logits, int row, float[] p, int id) {
    float[] one = new float[1];
    logits.read((long) row * p.length + id, one, 0, 1);
    return one[0];
  }

  private Draw drawn(int row, float[] p, long seed) {
    InverseCdf all = new InverseCdf(p);
    double mass = all.total(); // 1, but for the rounding of each element
    requireMass(mass, row);
    if (!sampling.filters()) {
      int id = all.at(SeedTree.uniform(seed));
      return new Draw(id, (float) Math.log(p[id] / mass));
    }
    TokenFilter.apply(p, sampling);
    int id = new InverseCdf(p).at(SeedTree.uniform(seed));
    return new Draw(id, (float) Math.log(p[id] / mass));
  }

  private static void requireMass(double mass, int row) {
    if (!(mass > 0) || Double.isInfinite(mass)) {
      throw new BrokenModelException(
          "expected finite logits, found NaN or infinity in live sequence "
              + row
              + "; the weights are damaged or have diverged");
    }
  }
}
