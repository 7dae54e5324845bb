package dev.terse.bench;

import dev.terse.engine.Engine;
import dev.terse.model.folder.ModelFolder;
import dev.terse.model.weights.WeightUse;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Rate of SFT steps on packed tokens: what a hand-written loop is held against. */
@Command(
    name = "train",
    mixinStandardHelpOptions = true,
    description = "Forward, backward and AdamW on packed tokens, tokens a second.")
final class TrainCommand implements Callable<Integer> {
  @Mixin private ModelOptions model;
  @Mixin private SftStep.Options options;

  @Override
  public Integer call() throws IOException {
    try (Engine engine = model.open();
        ModelFolder folder = model.load(engine, WeightUse.CHANGED);
        SftStep step = options.of(folder)) {
      System.err.println(engine.description());
      double best = Double.POSITIVE_INFINITY;
      for (int s = 0; s < options.warmUp() + options.steps(); s++) {
        long start = System.nanoTime();
        step.run();
        double seconds = (System.nanoTime() - start) / 1e9;
        best = s < options.warmUp() ? best : Math.min(best, seconds);
      }
      new ResultLine("terse-train", model.dtype())
          .with("tokens", options.tokens())
          .with("segments", options.segments())
          .with("tokens_per_second", options.tokens() / best)
          .with("peak_gb", model.peakGb(engine))
          .print();
    }
    return 0;
  }
}
