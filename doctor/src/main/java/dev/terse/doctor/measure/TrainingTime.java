package dev.terse.doctor.measure;

import dev.terse.engine.Engine;
import dev.terse.engine.HeadRows;
import dev.terse.model.transformer.Decoder;
import dev.terse.model.weights.PackedBatch;
import dev.terse.trainer.loop.TrainingConfig;
import dev.terse.trainer.optim.Gradient;
import dev.terse.trainer.optim.Optimizer;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleSupplier;

/**
 * Times one pass forward and backward, one forward alone, and one move of the weights, each on the
 * loaded model and several times, of which the least counts: the first ones warm the machine. The
 * rate of the move is 0: nothing is learnt.
 */
final class TrainingTime {
  private static final int MOST_TIMES = 10;
  private static final double ENOUGH_SECONDS = 1;

  private final Decoder decoder;
  private final TrainingConfig config;

  TrainingTime(Decoder decoder, TrainingConfig config) {
    this.decoder = decoder;
    this.config = config;
  }

  /**
   * What was measured.
   *
   * @param tokens of the pass
   * @param backward seconds of its forward and backward
   * @param forward seconds of a forward that only scores; 0 where it was not asked for
   * @param optimizer seconds of a move of the weights
   */
  record Measured(int tokens, double backward, double forward, double optimizer) {
    double backwardOf(double more) {
      return backward / tokens * more;
    }

    double forwardOf(double more) {
      return forward / tokens * more;
    }
  }

  /**
   * Measures.
   *
   * @param sequences of the pass, token ids
   * @param from of each sequence the first token that is learnt
   * @param forwards whether a forward alone is measured too
   */
  Measured measure(List<int[]> sequences, List<Integer> from, boolean forwards) {
    PackedBatch batch = PackedBatch.of(sequences);
    HeadRows rows = targets(batch, from);
    Engine engine = decoder.engine();
    try (Optimizer optimizer =
        new Optimizer(engine, decoder.trained(), config.optimizer(), config.seed())) {
      double[] move = new double[1];
      double backward =
          least(
              () -> {
                try (Gradient gradient = optimizer.zeroGradient()) {
                  double seconds = seconds(() -> pass(batch, rows, gradient));
                  move[0] = seconds(() -> optimizer.update(gradient, 0, 0));
                  return seconds;
                }
              });
      double forward = forwards ? least(() -> seconds(() -> decoder.score(batch, rows, 1))) : 0;
      return new Measured(batch.ids().length, backward, forward, move[0]);
    }
  }

  private void pass(PackedBatch batch, HeadRows rows, Gradient gradient) {
    decoder.accumulate(
        batch,
        rows,
        1,
        (row, logProb) -> -1.0 / rows.count(),
        gradient.sums(),
        config.gradientCheckpointing());
  }

  /** The least of several times, after a first that is not counted: as often as a second allows. */
  static double least(DoubleSupplier timed) {
    double all = timed.getAsDouble();
    double least = Double.POSITIVE_INFINITY;
    for (int time = 0; time == 0 || time < MOST_TIMES && all < ENOUGH_SECONDS; time++) {
      double seconds = timed.getAsDouble();
      least = Math.min(least, seconds);
      all += seconds;
    }
    return least;
  }

  private static HeadRows targets(PackedBatch batch, List<Integer> from) {
    HeadRows all = HeadRows.all(batch.ids(), batch.segments());
    int[] rows = new int[all.count()];
    int[] targets = new int[all.count()];
    int count = 0;
    for (int s = 0; s < batch.segments().count(); s++) {
      int start = batch.segments().start(s) + Math.max(0, from.get(s) - 1);
      for (int t = start; t < batch.segments().end(s) - 1; t++) {
        rows[count] = t;
        targets[count++] = batch.ids()[t + 1];
      }
    }
    return new HeadRows(Arrays.copyOf(rows, count), Arrays.copyOf(targets, count));
  }

  static double seconds(Runnable work) {
    long begun = System.nanoTime();
    work.run();
    return (System.nanoTime() - begun) / 1e9;
  }
}
