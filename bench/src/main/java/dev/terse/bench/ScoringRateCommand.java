package dev.terse.bench;

import dev.terse.engine.Engine;
import dev.terse.engine.HeadRows;
import dev.terse.engine.TokenScores;
import dev.terse.model.folder.ModelFolder;
import dev.terse.model.weights.PackedBatch;
import dev.terse.model.weights.WeightUse;
import dev.terse.trainer.memory.ProcessMemory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Rate and memory of scoring one long sequence. */
@Command(
    name = "score",
    mixinStandardHelpOptions = true,
    description = "Log-probabilities and entropies of one sequence, tokens a second.")
final class ScoringRateCommand implements Callable<Integer> {
  /** The first is not counted. */
  private static final int ROUNDS = 3;

  private static final Path CLEAR_REFS = Path.of("/proc/self/clear_refs");

  @Mixin private ModelOptions model;

  @Option(names = "--text", required = true, description = "A text that is long enough.")
  private Path text;

  @Option(
      names = "--tokens",
      arity = "1..*",
      description = "Lengths of the sequence. Default: 2048 8192.")
  private List<Integer> lengths = List.of(2048, 8192);

  @Override
  public Integer call() throws IOException {
    try (Engine engine = model.open();
        ModelFolder folder = model.load(engine, WeightUse.READ)) {
      System.err.println(engine.description());
      double loaded = ProcessMemory.resident().orElse(0) / 1e9;
      double peak = ProcessMemory.peak().orElse(0) / 1e9;
      for (int length : lengths) {
        resetPeak();
        int[] ids = ModelOptions.firstTokens(folder.tokenizer(), text, length);
        PackedBatch batch = PackedBatch.of(List.of(ids));
        HeadRows rows = HeadRows.all(ids, batch.segments());
        double best = Double.POSITIVE_INFINITY;
        double entropy = 0;
        for (int round = 0; round < ROUNDS; round++) {
          long start = System.nanoTime();
          TokenScores scores = folder.decoder().score(batch, rows, 1);
          double seconds = (System.nanoTime() - start) / 1e9;
          best = round == 0 ? best : Math.min(best, seconds);
          entropy = Arrays.stream(scores.entropies()).average().orElseThrow();
        }
        double ownPeak = ProcessMemory.peak().orElse(0) / 1e9;
        peak = Math.max(peak, ownPeak);
        new ResultLine("terse-score", model.dtype())
            .with("tokens", length)
            .with("value", entropy)
            .with("tokens_per_second", length / best)
            .with("loaded_gb", loaded)
            .with("above_loaded_gb", ownPeak - loaded)
            .with("peak_gb", peak)
            .print();
      }
    }
    return 0;
  }

  /** Makes the peak count from now on; "5" resets the high-water mark (proc(5)). */
  private static void resetPeak() throws IOException {
    if (Files.exists(CLEAR_REFS)) {
      Files.writeString(CLEAR_REFS, "5");
    }
  }
}
