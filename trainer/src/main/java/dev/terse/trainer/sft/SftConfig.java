package dev.terse.trainer.sft;

import dev.terse.trainer.config.CheckedBy;
import dev.terse.trainer.config.Default;
import dev.terse.trainer.config.Range;
import dev.terse.trainer.data.mixture.MixtureRule;
import dev.terse.trainer.loop.RunConfig;
import dev.terse.trainer.loop.TrainingConfig;
import dev.terse.trainer.loss.SftLoss;
import dev.terse.trainer.model.ModelArguments;

/**
 * Configuration of the sft command: TRL's SFTConfig, flat. docs/commands/sft.md lists every key.
 *
 * @param learningRate peak learning rate
 * @param maxLength longest row in tokens; truncation_mode says what becomes of longer ones; null
 *     takes the model's positions
 * @param trainSamplingStrategy order within an epoch
 * @param lossType nll, or chunked_nll, its other name: the head always works in chunks; or dft,
 *     which weights each token by its own probability
 * @param labelSmoothingFactor share of each target that is spread evenly over the vocabulary
 * @param neftuneNoiseAlpha how far embeddings are moved by noise in training; unset for none
 */
@CheckedBy(MixtureRule.class)
public record SftConfig(
    ModelArguments model,
    TrainingConfig training,
    @Default("2e-5") @Range("[0, inf)") double learningRate,
    @Default(value = "1024", orNull = true) @Range("[2, inf)") Integer maxLength,
    SftRowsConfig rows,
    @Default("random") Sampling trainSamplingStrategy,
    @Default("nll") SftLossType lossType,
    @Default("0") @Range("[0, 1]") double labelSmoothingFactor,
    @Default(Default.UNSET) @Range("[0, inf)") Double neftuneNoiseAlpha)
    implements RunConfig {

  public SftConfig {
    if (labelSmoothingFactor > 0 && lossType != null && lossType != SftLossType.NLL) {
      throw new IllegalArgumentException(
          "label_smoothing_factor needs loss_type nll (TRL forgets it elsewhere): leave one out");
    }
    // A part is null where it has problems of its own, which are told beside this one.
    boolean whole =
        rows != null && rows.packing() || trainSamplingStrategy == Sampling.GROUP_BY_LENGTH;
    if (training != null && training.dataset().datasetStreaming() && whole) {
      throw new IllegalArgumentException(
          "packing and group_by_length need all rows at once, and dataset_streaming reads them one"
              + " by one: switch it or them off (batches are packed without padding in any case)");
    }
  }

  @Override
  public String lengthKey() {
    return "max_length";
  }

  @Override
  public boolean learnsTurns() {
    return true;
  }

  /** Order of the rows within an epoch. */
  public enum Sampling {
    RANDOM,
    SEQUENTIAL,
    /** Drawn, and then rows of like length together. */
    GROUP_BY_LENGTH
  }

  /** TRL's names of the loss. */
  public enum SftLossType {
    NLL,
    CHUNKED_NLL,
    DFT
  }

  /** The loss of {@code targets} supervised tokens. */
  SftLoss loss(long targets) {
    boolean dynamic = lossType == SftLossType.DFT;
    return new SftLoss(
        targets,
        dynamic ? SftLoss.Weight.OWN_PROBABILITY : SftLoss.Weight.ONE,
        labelSmoothingFactor);
  }
}
