package dev.terse.trainer.sft;

import dev.terse.engine.Engine;
import dev.terse.model.folder.ModelFolder;
import dev.terse.trainer.config.ConfigReader.Loaded;
import dev.terse.trainer.data.SftDataset;
import dev.terse.trainer.data.SftRow;
import dev.terse.trainer.data.mixture.RunRows;
import dev.terse.trainer.loop.StopSignal;
import dev.terse.trainer.loop.TrainingConfig;
import dev.terse.trainer.loop.TrainingRun;
import dev.terse.trainer.metrics.MetricSink;
import dev.terse.trainer.metrics.Phases;
import dev.terse.trainer.metrics.RunSinks;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The sft command: from a configuration to a trained model folder. */
public final class SftRun {
  private static final Logger LOG = LoggerFactory.getLogger(SftRun.class);

  private final SftConfig config;
  private final TrainingRun run;
  private final Phases phases;

  public SftRun(Loaded<SftConfig> loaded, Engine engine, MetricSink sink, Phases phases) {
    this.config = loaded.config();
    this.run = new TrainingRun(loaded, engine, sink);
    this.phases = phases;
  }

  /**
   * Trains, and lets {@code listener} hear what is logged, beside the logs that the configuration
   * asks for. A signal to end the process ends the training as the command line does.
   *
   * @param loaded the configuration
   * @param engine what computes; the caller's
   * @param listener closed with the run
   * @return updates done: fewer than planned if the process was asked to end
   * @throws IOException if a file cannot be read or written
   */
  public static int train(Loaded<SftConfig> loaded, Engine engine, MetricSink listener)
      throws IOException {
    TrainingConfig training = loaded.config().training();
    try (StopSignal stop = StopSignal.listening();
        MetricSink sink =
            RunSinks.open(training.logging(), Path.of(training.outputDir()), listener)) {
      return new SftRun(loaded, engine, sink, Phases.QUIET).run(stop);
    }
  }

  /**
   * Trains, saving on the way, and leaves the final model in output_dir.
   *
   * @return updates done: fewer than planned if {@code stop} was asked for
   */
  public int run(StopSignal stop) throws IOException {
    return run.run(model -> trainer(model, stop.guard(phases)), stop);
  }

  private SftTrainer trainer(ModelFolder model, Phases phases) throws IOException {
    RunRows rows = config.training().rows();
    SftRows train = SftRows.train(config, model, rows.train());
    tell(train, model);
    List<List<SftRow>> eval = List.of();
    if (rows.eval().isPresent()) {
      SftRows read = SftRows.eval(config, model, rows.eval().get());
      tell(read, model);
      eval = read.units();
    }
    return new SftTrainer(model.decoder(), config, train.units(), eval, phases);
  }

  private static void tell(SftRows rows, ModelFolder model) {
    if (rows.losesRows()) {
      LOG.warn("{}: {}", rows.name(), rows.summary());
    } else {
      LOG.info("{}: {}", rows.name(), rows.summary());
    }
    rows.first()
        .ifPresent(
            row ->
                LOG.info(
                    "first row, where loss is in ⟦ ⟧: {}",
                    SftDataset.shown(row, model.tokenizer())));
  }
}
