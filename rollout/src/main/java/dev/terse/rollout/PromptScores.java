package dev.terse.rollout;

import dev.terse.engine.Engine;
import dev.terse.engine.Tensor;
import dev.terse.model.transformer.Decoder;
import dev.terse.model.weights.PackedBatch;
import java.util.ArrayList;
import java.util.List;

/**
 * What a model says of the tokens of a text that is given: entry t tells of token t + 1, from all
 * before it.
 *
 * @param logProbs ln p of each token but the first at temperature 1, [N - 1]; not copied
 * @param top the likeliest tokens at the same places, [N - 1]; a token that is among them has the
 *     same number there
 */
public record PromptScores(float[] logProbs, List<TopTokens> top) {
  /** Rows whose logits are held at once. */
  private static final int BLOCK = 64;

  /**
   * Scores prompts in one packed pass; memory for {@value #BLOCK} rows of logits, whatever their
   * length.
   *
   * @param prompts token ids, each at least one
   * @param topTokens how many of the likeliest tokens are told
   * @return one a prompt
   * @throws IllegalArgumentException if one is longer than the model's positions
   */
  public static List<PromptScores> of(Decoder decoder, List<int[]> prompts, int topTokens) {
    PackedBatch batch = PackedBatch.of(prompts);
    int rows = batch.ids().length;
    float[] logProbs = new float[rows];
    TopTokens[] top = new TopTokens[rows];
    Engine engine = decoder.engine();
    decoder.logits(
        batch,
        BLOCK,
        (first, logits) ->
            engine.softmaxRows(
                logits,
                1,
                (row, p) -> {
                  int at = first + row;
                  Row values = Row.of(logits, row, p);
                  int next = at + 1 < rows ? batch.ids()[at + 1] : 0; // a last row is not looked at
                  logProbs[at] = (float) values.logProb(next);
                  top[at] = TopTokens.of(values.logits, topTokens, values::logProb);
                }));
    List<PromptScores> scores = new ArrayList<>();
    int from = 0;
    for (int[] prompt : prompts) {
      int told = prompt.length - 1;
      float[] own = new float[told];
      System.arraycopy(logProbs, from, own, 0, told);
      scores.add(new PromptScores(own, List.of(top).subList(from, from + told)));
      from += prompt.length;
    }
    return scores;
  }

  /**
   * A row of logits with the logarithm of its normaliser; exact also where a probability
   * underflows.
   *
   * @param logits [V]
   */
  private record Row(float[] logits, double logNormalizer) {
    static Row of(Tensor tensor, int row, float[] p) {
      float[] logits = new float[p.length];
      tensor.read((long) row * p.length, logits, 0, p.length);
      int best = 0;
      for (int i = 1; i < p.length; i++) {
        best = logits[i] > logits[best] ? i : best;
      }
      double mass = new InverseCdf(p).total();
      if (!(mass > 0) || Double.isInfinite(mass)) {
        throw new BrokenModelException(
            "expected finite logits, found NaN or infinity in row "
                + row
                + " of a prompt; the weights are damaged or have diverged");
      }
      return new Row(logits, logits[best] - Math.log(p[best] / mass));
    }

    double logProb(int id) {
      return logits[id] - logNormalizer;
    }
  }
}
