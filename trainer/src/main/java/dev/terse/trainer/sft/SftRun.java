package dev.terse.trainer.sft;

import dev.terse.engine.Engine;
import dev.terse.io.rows.RowSource;
import dev.terse.model.folder.ModelFolder;
import dev.terse.model.transformer.Decoder;
import dev.terse.trainer.config.ConfigReader.Loaded;
import dev.terse.trainer.data.Packing;
import dev.terse.trainer.data.PromptEncoder;
import dev.terse.trainer.data.SftDataset;
import dev.terse.trainer.data.SftRow;
import dev.terse.trainer.data.StreamedRows;
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
import java.util.OptionalInt;
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
    int maxLength = maxLength(model.decoder());
    RunRows rows = config.training().rows();
    List<List<SftRow>> train =
        config.training().dataset().datasetStreaming()
            ? streamed(rows.train().files(), model, maxLength)
            : load(rows.train(), model, maxLength, config.rows().packs());
    List<List<SftRow>> eval =
        rows.eval().isEmpty() ? List.of() : load(rows.eval().get(), model, maxLength, Packing.NONE);
    return new SftTrainer(model.decoder(), config, train, eval, phases);
  }

  private int maxLength(Decoder decoder) {
    int positions = decoder.config().maxPositions();
    return config.maxLength() == null ? positions : Math.min(config.maxLength(), positions);
  }

  private StreamedRows streamed(List<Path> files, ModelFolder model, int maxLength)
      throws IOException {
    StreamedRows rows =
        new StreamedRows(
            files,
            new PromptEncoder(model.tokenizer(), model.template()),
            config.rows().rules(maxLength));
    LOG.info("{}: {}", RowSource.of(files).name(), rows.summary());
    List<SftRow> first = rows.get(0);
    if (!first.isEmpty()) {
      LOG.info(
          "first row, where loss is in ⟦ ⟧: {}", SftDataset.shown(first.get(0), model.tokenizer()));
    }
    return rows;
  }

  private List<List<SftRow>> load(
      RowSource source, ModelFolder model, int maxLength, Packing packing) throws IOException {
    SftDataset data =
        SftDataset.load(
            source,
            new PromptEncoder(model.tokenizer(), model.template()),
            config.rows().rules(packing.splits() ? Integer.MAX_VALUE : maxLength));
    String summary = source.name() + ": " + data.summary(maxLength) + skips(data, model);
    if (data.losesRows()) {
      LOG.warn("{}", summary);
    } else {
      LOG.info("{}", summary);
    }
    LOG.info("first row, where loss is in ⟦ ⟧: {}", data.firstRow(model.tokenizer()));
    return packing.units(data.rows(), maxLength);
  }

  /** How many rows teach the skip token; a set that was never compressed teaches none. */
  private String skips(SftDataset data, ModelFolder model) {
    String token = config.model().skipToken();
    if (token == null) {
      return "";
    }
    OptionalInt found = model.tokenizer().id(token);
    if (found.isEmpty()) { // a checkpoint of a run with another skip_token, which is told later
      return "";
    }
    int id = found.getAsInt();
    long rows = data.rows().stream().filter(row -> row.supervises(id)).count();
    return "; " + rows + " rows hold " + token + " among supervised tokens";
  }
}
