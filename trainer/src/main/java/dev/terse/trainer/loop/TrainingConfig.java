package dev.terse.trainer.loop;

import dev.terse.io.hub.InputKind;
import dev.terse.io.rows.RowSource;
import dev.terse.trainer.checkpoint.SaveStrategy;
import dev.terse.trainer.checkpoint.SavingConfig;
import dev.terse.trainer.config.Cadence;
import dev.terse.trainer.config.Default;
import dev.terse.trainer.config.Range;
import dev.terse.trainer.config.places.Reads;
import dev.terse.trainer.config.places.Writes;
import dev.terse.trainer.data.mixture.MixtureConfig;
import dev.terse.trainer.data.mixture.RunRows;
import dev.terse.trainer.memory.MemoryCheck;
import dev.terse.trainer.memory.MemorySettings;
import dev.terse.trainer.metrics.LoggingConfig;
import dev.terse.trainer.model.LoraConfig;
import dev.terse.trainer.optim.OptimizerConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What SFT and GRPO share (transformers' TrainingArguments with TRL's changes); keys and defaults
 * are TRL's.
 *
 * @param outputDir folder of the run: the final model, checkpoints, logs
 * @param datasetName file of the training rows, or the folder of a data set as the hub has it; or
 *     several, read one after another
 * @param perDeviceTrainBatchSize rows of a micro-batch; in GRPO completions, not prompts
 * @param gradientAccumulationSteps micro-batches of an update
 * @param numProcesses devices that the run is counted for: this one process computes the
 *     micro-batches of all of them, one after another (accelerate, TRL's command line)
 * @param maxTokensPerPass most tokens of one forward and backward: a micro-batch is computed in
 *     passes of whole rows, which bounds the memory and leaves the loss as it is; a longer row is a
 *     pass of its own; 0 for no bound (ours)
 * @param numTrainEpochs passes over the data, unless max_steps is given
 * @param maxSteps updates in all; -1 lets the epochs decide
 * @param gradientCheckpointing whether activations are recomputed in the backward, which saves
 *     memory and costs a forward
 * @param memoryCheck what happens where the forecast of the run's memory is more than the machine
 *     has: refuse, warn, or off for no forecast (ours)
 * @param dataloaderDropLast whether the rows of an epoch that do not fill an update are left out
 * @param seed of everything random
 * @param dataSeed of the order of the data; seed where unset
 */
public record TrainingConfig(
    @Default("trainer_output") @Writes(Writes.Kind.FOLDER) String outputDir,
    @Default(Default.UNSET) @Reads(InputKind.DATA) List<String> datasetName,
    DatasetConfig dataset,
    MixtureConfig mixture,
    @Default("8") @Range("[1, inf)") int perDeviceTrainBatchSize,
    @Default("1") @Range("[1, inf)") int gradientAccumulationSteps,
    @Default("1") @Range("[1, inf)") int numProcesses,
    @Default("1024") @Range("[0, inf)") int maxTokensPerPass,
    @Default("3.0") @Range("(0, inf)") double numTrainEpochs,
    @Default("-1") int maxSteps,
    @Default("true") boolean gradientCheckpointing,
    @Default("refuse") MemoryCheck memoryCheck,
    @Default("false") boolean dataloaderDropLast,
    @Default("42") long seed,
    @Default(Default.UNSET) Long dataSeed,
    OptimizerConfig optimizer,
    LoggingConfig logging,
    SavingConfig saving,
    EvaluationConfig evaluation) {

  public TrainingConfig {
    if (maxSteps == 0 || maxSteps < -1) {
      throw new IllegalArgumentException(
          "max_steps must be a number of updates, or -1 for num_train_epochs; was " + maxSteps);
    }
    boolean evaluates = evaluation.evalStrategy() != Cadence.NO || evaluation.evalOnStart();
    if (evaluates && evaluation.evalDataset() == null && !mixture.holdsOut()) {
      throw new IllegalArgumentException(
          "eval_strategy and eval_on_start need eval_dataset, a file or the folder of a data set;"
              + " or test_split_size of a mixture");
    }
    requireComparable(saving, evaluation, logging.loggingSteps());
    if (evaluation.earlyStopping().isOn() && evaluation.evalStrategy() == Cadence.NO) {
      throw new IllegalArgumentException(
          "early_stopping_patience counts evaluations without progress of metric_for_best_model:"
              + " give eval_strategy steps or epoch, and eval_dataset");
    }
    if (optimizer.followsEvaluations() && evaluation.evalStrategy() == Cadence.NO) {
      throw new IllegalArgumentException(
          "lr_scheduler_type reduce_lr_on_plateau follows metric_for_best_model of the evaluations:"
              + " give eval_strategy steps or epoch, and eval_dataset");
    }
  }

  /** A best model can be had only of models that are evaluated and, to be loaded, saved. */
  private static void requireComparable(
      SavingConfig saving, EvaluationConfig evaluation, double loggingSteps) {
    if (!saving.comparesModels()) {
      return;
    }
    if (evaluation.evalStrategy() == Cadence.NO) {
      throw new IllegalArgumentException(
          "load_best_model_at_end and save_strategy best compare evaluations: give eval_strategy"
              + " steps or epoch, and eval_dataset");
    }
    SaveStrategy strategy = saving.saveStrategy();
    if (strategy == SaveStrategy.BEST) {
      return;
    }
    boolean together = strategy.name().equals(evaluation.evalStrategy().name());
    double evalSteps = evaluation.evalSteps() == null ? loggingSteps : evaluation.evalSteps();
    double evaluations = saving.saveSteps() / evalSteps;
    boolean meet =
        strategy != SaveStrategy.STEPS || Math.abs(evaluations - Math.rint(evaluations)) < 1e-9;
    if (!together || !meet) {
      throw new IllegalArgumentException(
          "load_best_model_at_end needs each checkpoint to be evaluated: give save_strategy best,"
              + " or save_strategy as eval_strategy, with save_steps a multiple of eval_steps");
    }
  }

  /** Whether evaluations decide something, so that metric_for_best_model must be among them. */
  boolean comparesEvaluations() {
    return saving.comparesModels()
        || optimizer.followsEvaluations()
        || evaluation.earlyStopping().isOn();
  }

  /** Rows of an update; in GRPO completions. */
  public int batch() {
    return perDeviceTrainBatchSize * microBatches();
  }

  /** Micro-batches of an update, those of all processes. */
  public int microBatches() {
    return gradientAccumulationSteps * numProcesses;
  }

  /** Updates of the run, given those of an epoch. */
  public int updates(int stepsPerEpoch) {
    return maxSteps > 0 ? maxSteps : (int) Math.ceil(numTrainEpochs * stepsPerEpoch);
  }

  /**
   * What of a run decides how much memory it takes.
   *
   * @param maxLive sequences decoded together; 1 where none are
   * @param lengthKey max_length or max_completion_length
   * @param length its value
   */
  public MemorySettings memory(LoraConfig lora, int maxLive, String lengthKey, int length) {
    return new MemorySettings(
        maxTokensPerPass,
        gradientCheckpointing,
        optimizer.optim(),
        lora.settings(),
        lora.usePeft(),
        maxLive,
        lengthKey,
        length);
  }

  /** Files of the rows to train on. */
  public List<Path> trainFiles() throws IOException {
    return mixture.isGiven() ? mixture.files() : dataset.train(datasetName);
  }

  /** The rows of eval_dataset; empty where none is named. */
  private Optional<RowSource> evalRows() throws IOException {
    return evaluation.evalDataset() == null
        ? Optional.empty()
        : Optional.of(RowSource.of(dataset.test(evaluation.evalDataset())));
  }

  /** The rows to train and to evaluate on. */
  public RunRows rows() throws IOException {
    Optional<RowSource> eval = evalRows();
    if (!mixture.isGiven()) {
      return new RunRows(RowSource.of(trainFiles()), eval);
    }
    RunRows mixed = mixture.rows(seed);
    return eval.isPresent() ? new RunRows(mixed.train(), eval) : mixed;
  }

  /** Files and folders that are named as data. */
  List<Path> places() {
    List<String> named = new ArrayList<>(mixture.isGiven() ? mixture.places() : datasetName);
    if (evaluation.evalDataset() != null) {
      named.add(evaluation.evalDataset());
    }
    return named.stream().map(InputKind.DATA::place).toList();
  }

  /** Seed of the order of the data. */
  public long orderSeed() {
    return dataSeed == null ? seed : dataSeed;
  }
}
