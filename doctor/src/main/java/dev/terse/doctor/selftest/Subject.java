package dev.terse.doctor.selftest;

import dev.terse.engine.HeadRows;
import dev.terse.engine.TokenScores;
import dev.terse.model.folder.ModelFolder;
import dev.terse.model.transformer.Decoder;
import dev.terse.model.weights.PackedBatch;
import dev.terse.model.weights.Parameters;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What is tested.
 *
 * @param model loaded, its weights to be changed and put back; not owned
 * @param tolerance what rounding may do
 * @param seed of all draws
 */
public record Subject(ModelFolder model, Tolerance tolerance, long seed) {
  /** Tokens of a text at most: enough to see every operation, short enough for any machine. */
  private static final int MOST_TOKENS = 48;

  private static final List<String> TEXTS =
      List.of(
          "Question: 17 * 3 + 4 = ?\n\n17 * 3 is 51.\n\n51 + 4 is 55.\n\nThe answer is 55.",
          "A train goes 120 km in 1.5 h. So 120 / 1.5 = 80, that is 80 km/h.",
          "Let x + y = 10 and x - y = 4. Then 2x = 14, x = 7 and y = 3.");

  /**
   * What rounding may do.
   *
   * @param logProb largest difference of two log-probabilities of one token, in nats
   * @param gradient relative difference of two gradients, by their norms
   * @param slope relative difference of a gradient and a finite difference
   */
  public record Tolerance(double logProb, double gradient, double slope) {
    /** Of sums in 32-bit floats. */
    public static final Tolerance FLOAT32 = new Tolerance(1e-3, 1e-3, 2e-2);

    /** Of operands of 8 bits of precision. */
    public static final Tolerance BFLOAT16 = new Tolerance(0.25, 5e-2, 0.1);
  }

  Decoder decoder() {
    return model.decoder();
  }

  /** The texts as token ids, each of two tokens at least. */
  List<int[]> sequences() {
    int most = Math.min(MOST_TOKENS, decoder().config().maxPositions() / 2);
    List<int[]> sequences = new ArrayList<>();
    for (String text : TEXTS) {
      int[] ids = model.tokenizer().encode(text);
      sequences.add(Arrays.copyOf(ids, Math.min(most, ids.length)));
    }
    return sequences;
  }

  /** Log-probabilities of all targets of the sequences, packed. */
  double[] logProbs(List<int[]> sequences) {
    PackedBatch batch = PackedBatch.of(sequences);
    TokenScores scores = decoder().score(batch, targets(batch), 1);
    return scores.logProbs();
  }

  /** Mean negative log-likelihood of all targets, in nats. */
  double loss(List<int[]> sequences) {
    return -Arrays.stream(logProbs(sequences)).average().orElseThrow();
  }

  /** Adds the gradient of the sum of negative log-likelihoods over {@code targets}. */
  void addGradient(List<int[]> sequences, int targets, Parameters gradient) {
    PackedBatch batch = PackedBatch.of(sequences);
    decoder()
        .accumulate(batch, targets(batch), 1, (row, logProb) -> -1.0 / targets, gradient, true);
  }

  /** The targets of the sequences in all. */
  static int count(List<int[]> sequences) {
    return sequences.stream().mapToInt(ids -> ids.length - 1).sum();
  }

  private static HeadRows targets(PackedBatch batch) {
    int[] rows = new int[batch.ids().length - batch.segments().count()];
    int[] next = new int[rows.length];
    int at = 0;
    for (int s = 0; s < batch.segments().count(); s++) {
      for (int t = batch.segments().start(s); t < batch.segments().end(s) - 1; t++) {
        rows[at] = t;
        next[at++] = batch.ids()[t + 1];
      }
    }
    return new HeadRows(rows, next);
  }
}
