package dev.terse.bench;

import dev.terse.engine.HeadRows;
import dev.terse.engine.Segments;
import dev.terse.engine.TokenScores;
import dev.terse.model.folder.ModelFolder;
import dev.terse.model.transformer.Decoder;
import dev.terse.model.weights.PackedBatch;
import dev.terse.trainer.loss.SftLoss;
import dev.terse.trainer.optim.Gradient;
import dev.terse.trainer.optim.Optim;
import dev.terse.trainer.optim.Optimizer;
import dev.terse.trainer.optim.OptimizerConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;
import picocli.CommandLine.Option;

/** What the sft command does in an update, on the same tokens each time. */
final class SftStep implements Runnable, AutoCloseable {
  private static final double LEARNING_RATE = 1e-6;
  private static final long SEED = 1;

  private final Decoder decoder;
  private final Optimizer optimizer;
  private final PackedBatch batch;
  private final HeadRows rows;
  private final boolean recompute;

  /** Which tokens, and how. */
  static final class Options {
    @Option(names = "--text", required = true, description = "A text that is long enough.")
    private Path text;

    @Option(
        names = "--tokens",
        defaultValue = "2048",
        description = "Tokens of a step. Default: ${DEFAULT-VALUE}.")
    private int tokens;

    @Option(
        names = "--segments",
        defaultValue = "3",
        description = "Sequences they are cut into. Default: ${DEFAULT-VALUE}.")
    private int segments;

    @Option(
        names = "--recompute",
        description = "Compute activations again in the backward (gradient_checkpointing).")
    private boolean recompute;

    @Option(
        names = "--steps",
        defaultValue = "3",
        description = "Steps that are counted. Default: ${DEFAULT-VALUE}.")
    private int steps;

    @Option(
        names = "--warm-up",
        defaultValue = "2",
        description = "Steps before. Default: ${DEFAULT-VALUE}.")
    private int warmUp;

    int tokens() {
      return tokens;
    }

    int segments() {
      return segments;
    }

    int steps() {
      return steps;
    }

    int warmUp() {
      return warmUp;
    }

    String describe() {
      return tokens
          + " tokens in "
          + segments
          + (segments == 1 ? " sequence" : " sequences")
          + (recompute ? ", activations computed again" : "");
    }

    SftStep of(ModelFolder folder) throws IOException {
      int[] ids = ModelOptions.firstTokens(folder.tokenizer(), text, tokens);
      int[] starts =
          IntStream.rangeClosed(0, segments)
              .map(s -> (int) ((long) s * tokens / segments))
              .toArray();
      return new SftStep(folder.decoder(), new PackedBatch(ids, new Segments(starts)), recompute);
    }
  }

  private SftStep(Decoder decoder, PackedBatch batch, boolean recompute) {
    this.decoder = decoder;
    this.batch = batch;
    this.recompute = recompute;
    this.rows = withTarget(HeadRows.all(batch.ids(), batch.segments()));
    this.optimizer =
        new Optimizer(
            decoder.engine(),
            decoder.trained(),
            new OptimizerConfig(
                Optim.ADAMW_TORCH, "constant", Map.of(), 0, null, 0, 0.9, 0.999, 1e-8, 1, 5),
            SEED);
  }

  /** Forward, backward, AdamW. */
  @Override
  public void run() {
    SftLoss loss = new SftLoss(rows.count());
    try (Gradient gradient = optimizer.zeroGradient()) {
      TokenScores scores = decoder.accumulate(batch, rows, 1, loss, gradient.sums(), recompute);
      optimizer.update(gradient, loss.value(scores), LEARNING_RATE);
    }
  }

  @Override
  public void close() {
    optimizer.close();
  }

  private static HeadRows withTarget(HeadRows all) {
    int[] listed =
        IntStream.range(0, all.count())
            .filter(i -> all.targets()[i] != HeadRows.NO_TARGET)
            .toArray();
    return new HeadRows(
        Arrays.stream(listed).map(i -> all.rows()[i]).toArray(),
        Arrays.stream(listed).map(i -> all.targets()[i]).toArray());
  }
}
