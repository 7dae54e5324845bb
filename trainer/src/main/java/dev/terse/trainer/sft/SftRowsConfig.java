package dev.terse.trainer.sft;

import dev.terse.trainer.config.Default;
import dev.terse.trainer.data.Packing;
import dev.terse.trainer.data.SftRules;
import dev.terse.trainer.data.SftRules.AssistantLoss;
import dev.terse.trainer.data.SftRules.Truncation;
import java.util.List;
import java.util.Map;

/**
 * How the rows of SFT are read, cut and packed; keys and defaults are TRL's but where told.
 *
 * @param packing whether rows are filled up to max_length with several examples; every micro-batch
 *     is packed without padding in any case
 * @param packingStrategy bfd: whole rows, best fit decreasing; bfd_split: longer ones are split
 *     first; wrapped: all rows one after another, cut at max_length, borders forgotten
 * @param truncationMode keep_start or keep_end of rows longer than max_length; unset cuts the end
 *     of plain text and drops rows of turns, which would lose their answer (TRL: keep_start)
 * @param completionOnlyLoss whether only completions bear loss; unset means wherever a row has one
 * @param assistantOnlyLoss true: all turns of the assistant bear loss and nothing else; last: its
 *     last turn (ours)
 * @param datasetTextField key of the text in rows of plain text
 * @param datasetKwargs skip_prepare_dataset: rows have input_ids; add_special_tokens: false leaves
 *     the begin token out of plain text
 */
public record SftRowsConfig(
    @Default("false") boolean packing,
    @Default("bfd") Strategy packingStrategy,
    @Default(Default.UNSET) Truncation truncationMode,
    @Default(Default.UNSET) Boolean completionOnlyLoss,
    @Default("false") AssistantLoss assistantOnlyLoss,
    @Default("text") String datasetTextField,
    @Default(Default.UNSET) Map<String, String> datasetKwargs) {
  private static final String SPECIAL = "add_special_tokens";
  private static final String SKIP = "skip_prepare_dataset";

  /** Of older releases; every row ends with its end token here, whatever it says. */
  private static final String CONCAT = "append_concat_token";

  /** TRL's names of the ways to pack. */
  public enum Strategy {
    BFD,
    BFD_SPLIT,
    WRAPPED
  }

  public SftRowsConfig {
    for (Map.Entry<String, String> entry : datasetKwargs.entrySet()) {
      if (!List.of(SPECIAL, SKIP, CONCAT).contains(entry.getKey())) {
        throw new IllegalArgumentException(
            "dataset_kwargs has the unknown key '"
                + entry.getKey()
                + "'; known: "
                + SPECIAL
                + ", "
                + SKIP);
      }
      if (!List.of("true", "false").contains(entry.getValue())) {
        throw new IllegalArgumentException(
            "dataset_kwargs: "
                + entry.getKey()
                + " must be true or false, was '"
                + entry.getValue()
                + "'");
      }
    }
  }

  /** How training rows become units. */
  Packing packs() {
    return packing ? Packing.valueOf(packingStrategy.name()) : Packing.NONE;
  }

  /**
   * How rows are read.
   *
   * @param maxLength longest row in tokens
   */
  SftRules rules(int maxLength) {
    return new SftRules(
        datasetTextField,
        maxLength,
        completionOnlyLoss,
        assistantOnlyLoss,
        truncationMode,
        !"false".equals(datasetKwargs.get(SPECIAL)),
        "true".equals(datasetKwargs.get(SKIP)));
  }
}
