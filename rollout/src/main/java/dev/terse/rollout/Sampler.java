package dev.terse.rollout;

import dev.terse.engine.Engine;
import dev.terse.engine.SeedTree;
import dev.terse.engine.Tensor;
import java.util.BitSet;
import java.util.List;

/**
 * Draws the next token of each live sequence from its logits: temperature, {@link TokenFilter},
 * inverse cumulative sum. At temperature 0 it takes the likeliest token, of equal ones the lowest
 * id, and tells its log-probability at temperature 1.
 */
final class Sampler {
  private final Engine engine;

  Sampler(Engine engine) {
    this.engine = engine;
  }

  /**
   * A drawn token.
   *
   * @param logProb ln p under the unfiltered distribution at the sampling temperature
   * @param top the likeliest tokens under it, as many as were asked for
   */
  record Draw(int id, float logProb, TopTokens top) {}

  /** What a row of logits is drawn with. */
  interface Row {
    SamplingParams sampling();

    /** Seed of the draw. */
    long nextSeed();

    /** Tokens of the row's sequence; asked for where repetitions are penalised. */
    BitSet seen();

    /** How many of the likeliest tokens are told beside the drawn one. */
    int topTokens();
  }

  /**
   * Draws one token a row. A draw is a function of the row's logits, of its seed and of what its
   * sequence has seen alone; so rows of different settings go together.
   *
   * @param logits raw logits, [B, V]
   * @param rows what each is drawn with, [B]
   * @return [B]
   */
  Draw[] draw(Tensor logits, List<? extends Row> rows) {
    Draw[] draws = new Draw[rows.size()];
    for (int from = 0; from < draws.length; ) {
      double temperature = temperature(rows.get(from).sampling());
      int to = from + 1;
      while (to < draws.length && temperature(rows.get(to).sampling()) == temperature) {
        to++;
      }
      int first = from;
      Tensor alike = logits.rowsView(from, to);
      engine.softmaxRows(
          alike,
          1 / temperature,
          (row, p) -> draws[first + row] = draw(alike, row, p, rows.get(first + row)));
      from = to;
    }
    return draws;
  }

  private static double temperature(SamplingParams sampling) {
    return sampling.temperature() == 0 ? 1 : sampling.temperature();
  }

  private static Draw draw(Tensor logits, int index, float[] p, Row row) {
    SamplingParams sampling = row.sampling();
    if (sampling.temperature() == 0 && !sampling.penalizes()) {
      int best = likeliest(logits, index, p);
      requireMass(p[best], index);
      TopTokens top = TopTokens.of(p, row.topTokens(), id -> Math.log(p[id]));
      return new Draw(best, (float) Math.log(p[best]), top);
    }
    double mass = new InverseCdf(p).total(); // 1, but for the rounding of each element
    requireMass(mass, index);
    TopTokens top = TopTokens.of(p, row.topTokens(), id -> Math.log(p[id] / mass));
    if (sampling.penalizes()) {
      return penalized(logits, index, p, mass, row, top);
    }
    int id = drawn(p, row);
    return new Draw(id, (float) Math.log(p[id] / mass), top); // a filter leaves what it keeps
  }

  /** Drawn from the penalised distribution, its log-probability told under the other. */
  private static Draw penalized(
      Tensor logits, int index, float[] p, double mass, Row row, TopTokens top) {
    SamplingParams sampling = row.sampling();
    float[] before = p.clone();
    int known = highest(p);
    new RepetitionPenalty(sampling.repetitionPenalty())
        .apply(p, row.seen(), known, logit(logits, index, p, known), temperature(sampling));
    int id = sampling.temperature() == 0 ? highest(p) : drawn(p, row);
    return new Draw(id, (float) Math.log(before[id] / mass), top);
  }

  private static int highest(float[] p) {
    int best = 0;
    for (int i = 1; i < p.length; i++) {
      best = p[i] > p[best] ? i : best;
    }
    return best;
  }

  private static int likeliest(Tensor logits, int row, float[] p) {
    int best = highest(p);
    // Different logits can round to the same probability.
    int likeliest = best;
    for (int i = best + 1; i < p.length; i++) {
      if (p[i] == p[best] && logit(logits, row, p, i) > logit(logits, row, p, likeliest)) {
        likeliest = i;
      }
    }
    return likeliest;
  }

  private static float logit(Tensor logits, int row, float[] p, int id) {
    float[] one = new float[1];
    logits.read((long) row * p.length + id, one, 0, 1);
    return one[0];
  }

  /** Drawn from {@code p}, which is filtered in place. */
  private static int drawn(float[] p, Row row) {
    if (row.sampling().filters()) {
      TokenFilter.apply(p, row.sampling());
    }
    return new InverseCdf(p).at(SeedTree.uniform(row.nextSeed()));
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
