package dev.terse.trainer.sft;

import dev.terse.trainer.config.Default;
import dev.terse.trainer.config.Range;
import dev.terse.trainer.loop.RunConfig;
import dev.terse.trainer.loop.TrainingConfig;
import dev.terse.trainer.model.ModelArguments;

/**
 * Configuration of the sft command: TRL's SFTConfig, flat. docs/commands/sft.md lists every key.
 *
 * @param learningRate peak learning rate
 * @param maxLength longest row in tokens; longer ones are dropped and counted (TRL cuts them, which
 *     loses the answer and the end token); unset takes the model's positions
 * @param packing whether rows are filled up to max_length with several examples; every micro-batch
 *     is packed without padding in any case
 * @param completionOnlyLoss whether only completions bear loss; unset means wherever a row has one
 * @param datasetTextField key of the text in rows that have no prompt
 * @param trainSamplingStrategy order within an epoch
 * @param lossType nll, or chunked_nll, its other name: the head always works in chunks
 */
public record SftConfig(
    ModelArguments model,
    TrainingConfig training,
    @Default("2e-5") @Range("[0, inf)") double learningRate,
    @Default("1024") @Range("[2, inf)") Integer maxLength,
    @Default("false") boolean packing,
    @Default(Default.UNSET) Boolean completionOnlyLoss,
    @Default("text") String datasetTextField,
    @Default("random") Sampling trainSamplingStrategy,
    @Default("nll") SftLossType lossType)
    implements RunConfig {
  @Override
  public String lengthKey() {
    return "max_length";
  }

  /** Order of the rows within an epoch. */
  public enum Sampling {
    RANDOM,
    SEQUENTIAL
  }

  /** TRL's names of the loss. */
  public enum SftLossType {
    NLL,
    CHUNKED_NLL
  }
}
