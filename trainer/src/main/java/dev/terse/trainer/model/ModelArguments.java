package dev.terse.trainer.model;

import dev.terse.io.hub.InputKind;
import dev.terse.traces.segment.SkipCounts;
import dev.terse.trainer.config.Default;
import dev.terse.trainer.config.places.Reads;
import java.nio.file.Path;

/**
 * Which model is trained, on which engine.
 *
 * @param modelNameOrPath a Hugging Face folder, a GGUF file, the folder of a PEFT adapter, or a
 *     name of the hub whose files are here (TRL)
 * @param modelInit a config.json to start from random weights instead; needs tokenizer_path
 * @param tokenizerPath folder of the tokenizer of a model_init, or of one that takes the place of
 *     the model's, with its chat template
 * @param skipToken the mark that replaces a pruned step: added to tokenizer and model where they
 *     lack it, as a token that is not special; null adds none
 * @param chat template and end token, where they are not the folder's
 * @param lora adapters, if they are trained instead of all weights
 * @param engine what computes
 */
public record ModelArguments(
    @Default(Default.UNSET) @Reads(InputKind.MODEL) String modelNameOrPath,
    @Default(Default.UNSET) @Reads(InputKind.FILE) String modelInit,
    @Default(Default.UNSET) @Reads(InputKind.TOKENIZER) String tokenizerPath,
    @Default(value = "[SKIP]", orNull = true) String skipToken,
    ChatConfig chat,
    LoraConfig lora,
    EngineConfig engine) {

  public ModelArguments {
    if ((modelNameOrPath == null) == (modelInit == null)) {
      throw new IllegalArgumentException(
          "give model_name_or_path (a model folder) or model_init (a config.json to start from"
              + " random weights), one of the two");
    }
    if (modelInit != null && tokenizerPath == null) {
      throw new IllegalArgumentException(
          "model_init needs tokenizer_path, the folder with tokenizer.json");
    }
    if (modelInit != null && lora.usePeft()) {
      throw new IllegalArgumentException(
          "use_peft needs model_name_or_path: random weights of a model_init stand nowhere, and an"
              + " adapter is nothing without its base");
    }
  }

  /** Where the model is; null with model_init. */
  public Path modelPlace() {
    return modelNameOrPath == null ? null : InputKind.MODEL.place(modelNameOrPath);
  }

  /** Where the config.json of model_init is; null without. */
  public Path initPlace() {
    return modelInit == null ? null : InputKind.FILE.place(modelInit);
  }

  /** Where tokenizer_path is; null without. */
  public Path tokenizerPlace() {
    return tokenizerPath == null ? null : InputKind.TOKENIZER.place(tokenizerPath);
  }

  /** The mark that skips are counted by, whether or not a token is added for it. */
  public String skipMark() {
    return skipToken == null ? SkipCounts.SKIP : skipToken;
  }
}
