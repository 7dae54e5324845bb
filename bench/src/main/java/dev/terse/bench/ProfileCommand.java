package dev.terse.bench;

import dev.terse.engine.Engine;
import dev.terse.engine.HeadRows;
import dev.terse.engine.Segments;
import dev.terse.engine.TokenScores;
import dev.terse.model.Decoder;
import dev.terse.model.ModelFolder;
import dev.terse.model.PackedBatch;
import dev.terse.trainer.config.OptimizerConfig;
import dev.terse.trainer.loss.SftLoss;
import dev.terse.trainer.optim.Optimizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Where the time of an SFT step goes: forward, backward and AdamW over packed tokens. */
@Command(
    name = "profile",
    mixinStandardHelpOptions = true,
    description = "Where the time of an SFT step goes, by phase and by operation.")
final class ProfileCommand implements Callable<Integer> {
  private static final double LEARNING_RATE = 1e-6;

  @Mixin private ModelOptions model;

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

  @Override
  public Integer call() throws IOException {
    Profile profile = new Profile();
    try (Engine engine = model.openEngine();
        ModelFolder folder = model.load(TimedEngine.around(engine, profile, model.weightBytes()));
        Optimizer optimizer =
            new Optimizer(
                folder.decoder().engine(),
                folder.decoder().weights(),
                new OptimizerConfig("constant", Map.of(), 0, null, 0, 0.9, 0.999, 1e-8, 1, 5))) {
      System.out.println(engine.description());
      MachinePeak peak = MachinePeak.measure(engine);
      System.out.println(peak);
      PackedBatch batch = batch(folder);
      ProcessMemory.resetPeak();
      for (int s = 0; s < warmUp; s++) {
        step(folder.decoder(), optimizer, batch);
      }
      profile.clear();
      for (int s = 0; s < steps; s++) {
        profile.repeat(1, () -> step(folder.decoder(), optimizer, batch));
      }
      System.out.printf(
          "%nSFT step of %d tokens in %d sequences, %s%s: %.0f ms, %.1f tokens/s%n%n%s%n",
          tokens,
          segments,
          model.dtype(),
          recompute ? ", activations computed again" : "",
          1e3 * profile.seconds(),
          tokens / profile.seconds(),
          profile.tables(peak));
      new ResultLine("terse-profile", model.dtype())
          .with("tokens", tokens)
          .with("tokens_per_second", tokens / profile.seconds())
          .with("peak_gigaflops", peak.gigaflops())
          .with("copy_gigabytes", peak.gigabytes())
          .with("phase_ms", profile.phaseMillis())
          .print();
    }
    return 0;
  }

  private PackedBatch batch(ModelFolder folder) throws IOException {
    int[] ids = ModelOptions.firstTokens(folder.tokenizer(), text, tokens);
    int[] starts =
        IntStream.rangeClosed(0, segments).map(s -> (int) ((long) s * tokens / segments)).toArray();
    return new PackedBatch(ids, new Segments(starts));
  }

  private void step(Decoder decoder, Optimizer optimizer, PackedBatch batch) {
    HeadRows rows = targets(HeadRows.all(batch.ids(), batch.segments()));
    SftLoss loss = new SftLoss(rows.count());
    TokenScores scores = decoder.accumulate(batch, rows, 1, loss, optimizer.gradients(), recompute);
    optimizer.update(loss.value(scores.logProbs()), LEARNING_RATE);
  }

  /** The rows that have a target. */
  private static HeadRows targets(HeadRows all) {
    int[] listed =
        IntStream.range(0, all.count())
            .filter(i -> all.targets()[i] != HeadRows.NO_TARGET)
            .toArray();
    return new HeadRows(
        Arrays.stream(listed).map(i -> all.rows()[i]).toArray(),
        Arrays.stream(listed).map(i -> all.targets()[i]).toArray());
  }
}
