package dev.terse.trainer.sft;

import dev.terse.engine.Engine;
import dev.terse.model.Decoder;
import dev.terse.model.ModelFolder;
import dev.terse.trainer.checkpoint.CheckpointStore;
import dev.terse.trainer.checkpoint.DataFingerprint;
import dev.terse.trainer.checkpoint.RunFiles;
import dev.terse.trainer.checkpoint.RunState;
import dev.terse.trainer.config.ConfigReader.Loaded;
import dev.terse.trainer.config.SftConfig;
import dev.terse.trainer.config.TrainingConfig;
import dev.terse.trainer.data.PromptEncoder;
import dev.terse.trainer.data.SftDataset;
import dev.terse.trainer.data.SftDataset.Supervision;
import dev.terse.trainer.data.SftRow;
import dev.terse.trainer.loop.StopSignal;
import dev.terse.trainer.loop.TrainingLoop;
import dev.terse.trainer.loop.TrainingRun;
import dev.terse.trainer.metrics.MetricSink;
import dev.terse.trainer.metrics.Phases;
import dev.terse.trainer.optim.LearningRate;
import dev.terse.trainer.optim.Optimizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.OptionalInt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The sft command: from a configuration to a trained model folder. */
public final class SftRun {
  private static final Logger LOG = LoggerFactory.getLogger(SftRun.class);

  private final SftConfig config;
  private final TrainingConfig training;
  private final Loaded<SftConfig> loaded;
  private final Engine engine;
  private final MetricSink sink;
  private final Phases phases;

  public SftRun(Loaded<SftConfig> loaded, Engine engine, MetricSink sink, Phases phases) {
    this.loaded = loaded;
    this.config = loaded.config();
    this.training = config.training();
    this.engine = engine;
    this.sink = sink;
    this.phases = phases;
  }

  /**
   * Trains, saving on the way, and leaves the final model in output_dir.
   *
   * @return updates done: fewer than planned if {@code stop} was asked for
   */
  public int run(StopSignal stop) throws IOException {
    Path output = Path.of(training.outputDir());
    CheckpointStore store = new CheckpointStore(output, training.saving().kept());
    try (TrainingRun run = TrainingRun.open(config.model(), training, store, engine);
        Optimizer optimizer =
            new Optimizer(engine, run.model().decoder().weights(), training.optimizer())) {
      ModelFolder model = run.model();
      int maxLength = maxLength(model.decoder());
      List<List<SftRow>> train = load(training.datasetName(), model, maxLength, config.packing());
      String evalFile = training.evaluation().evalDataset();
      List<List<SftRow>> eval =
          evalFile == null ? List.of() : load(evalFile, model, maxLength, false);
      int maxSteps = training.updates(SftTrainer.order(config, train.size()).updatesPerEpoch());
      SftTrainer trainer =
          new SftTrainer(
              model.decoder(),
              optimizer,
              LearningRate.of(training.optimizer(), config.learningRate(), maxSteps),
              config,
              train,
              eval,
              phases);
      int done = 0;
      if (run.resumed().isPresent()) {
        var resumed =
            RunFiles.read(
                run.resumed().get().folder(),
                model.decoder(),
                optimizer,
                state(0, trainer, optimizer));
        resumed.notes().forEach(LOG::warn);
        trainer.resume(resumed.state().numTokens());
        done = resumed.state().step();
      } else {
        sink.hparams(new LinkedHashMap<>(loaded.values()));
      }
      TrainingLoop loop =
          new TrainingLoop(
              training,
              trainer,
              sink,
              step -> store.save(step, folder -> save(folder, step, model, trainer, optimizer)),
              stop);
      int reached = loop.run(done);
      if (reached == maxSteps) {
        RunFiles.writeModel(output, model);
        LOG.info("the model is in {}", output);
      }
      return reached;
    }
  }

  private void save(
      Path folder, int step, ModelFolder model, SftTrainer trainer, Optimizer optimizer)
      throws IOException {
    if (training.saving().saveOnlyModel()) {
      RunFiles.writeModel(folder, model);
    } else {
      RunFiles.write(folder, model, optimizer, state(step, trainer, optimizer));
    }
  }

  private RunState state(int step, SftTrainer trainer, Optimizer optimizer) throws IOException {
    return new RunState(
        step,
        optimizer.applied(),
        optimizer.skippedInARow(),
        trainer.numTokens(),
        DataFingerprint.of(Path.of(training.datasetName())),
        engine.description(),
        loaded.values());
  }

  private int maxLength(Decoder decoder) {
    int positions = decoder.config().maxPositions();
    return config.maxLength() == null ? positions : Math.min(config.maxLength(), positions);
  }

  private List<List<SftRow>> load(String file, ModelFolder model, int maxLength, boolean packing)
      throws IOException {
    boolean everything = Boolean.FALSE.equals(config.completionOnlyLoss());
    SftDataset data =
        SftDataset.load(
            Path.of(file),
            new PromptEncoder(model.tokenizer(), model.template()),
            new SftDataset.Rules(
                config.datasetTextField(),
                maxLength,
                everything ? Supervision.EVERYTHING : Supervision.COMPLETION));
    LOG.info("{}: {}{}", file, data.summary(maxLength), skips(data, model));
    return data.units(packing, maxLength);
  }

  /** How many rows teach the skip token; a set that was never compressed teaches none. */
  private String skips(SftDataset data, ModelFolder model) {
    if (config.model().skipToken() == null) {
      return "";
    }
    OptionalInt id = model.tokenizer().id(config.model().skipToken());
    long rows = data.rows().stream().filter(row -> row.supervises(id.orElseThrow())).count();
    return "; " + rows + " rows hold " + config.model().skipToken() + " among supervised tokens";
  }
}
