package dev.terse.trainer.data;

import java.util.HashSet;
import java.util.Objects;
import java.util.Set;

/**
 * How SFT rows are read; the keys are TRL's.
 *
 * @param textField key of the text in rows of plain text
 * @param maxLength longest row in tokens
 * @param completionOnly whether only completions bear loss; null: where a row has one
 * @param assistant which turns of the assistant alone bear loss
 * @param truncation what becomes of longer rows; null: plain text is cut at its end, rows of turns
 *     are left out, since their answer and end would be lost
 * @param specialTokens whether plain text gets what the tokenizer puts around a text
 * @param tokenized whether rows must have been tokenized elsewhere: they have input_ids
 */
public record SftRules(
    String textField,
    int maxLength,
    Boolean completionOnly,
    AssistantLoss assistant,
    Truncation truncation,
    boolean specialTokens,
    boolean tokenized) {

  public SftRules {
    Objects.requireNonNull(textField, "textField");
    Objects.requireNonNull(assistant, "assistant");
  }

  /** TRL's defaults. */
  public static SftRules of(String textField, int maxLength) {
    return new SftRules(textField, maxLength, null, AssistantLoss.FALSE, null, true, false);
  }

  /** The columns that rows are read from. */
  Set<String> columns() {
    Set<String> columns =
        new HashSet<>(
            Set.of(
                "id",
                "prompt",
                "completion",
                "messages",
                "conversations",
                "tools",
                "chat_template_kwargs",
                "instruction",
                "input",
                "output",
                "system",
                "input_ids",
                "labels",
                "completion_mask",
                "assistant_masks"));
    columns.add(textField);
    return columns;
  }

  /** Values of assistant_only_loss. */
  public enum AssistantLoss {
    /** The other keys say where loss is. */
    FALSE,
    /** All turns of the assistant bear loss, and nothing else. */
    TRUE,
    /** The assistant's last turn bears loss (ours). */
    LAST
  }

  /** Values of truncation_mode. */
  public enum Truncation {
    KEEP_START,
    KEEP_END
  }

  /** The row within {@link #maxLength}, or null where it is left out. */
  SftRow fitted(SftRow row, boolean plainText) {
    int length = row.ids().length;
    if (length <= maxLength) {
      return row;
    }
    if (truncation == null && !plainText) {
      return null;
    }
    return truncation == Truncation.KEEP_END
        ? row.part(length - maxLength, length)
        : row.part(0, maxLength);
  }
}
