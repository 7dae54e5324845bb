package dev.terse.trainer.loop;

import dev.terse.engine.Engine;
import dev.terse.model.Decoder;
import dev.terse.model.DecoderConfig;
import dev.terse.model.ModelFolder;
import dev.terse.model.chat.ChatTemplate;
import dev.terse.model.tokenizer.Tokenizer;
import dev.terse.trainer.config.ModelArguments;
import java.nio.file.Path;

/** The model that a run begins with. */
public final class RunModels {
  private RunModels() {}

  /**
   * Loads it, or draws its weights, and adds the skip token where it is missing.
   *
   * @param seed of random weights
   */
  public static ModelFolder open(ModelArguments arguments, Engine engine, long seed) {
    ModelFolder model =
        arguments.modelInit() == null
            ? ModelFolder.load(Path.of(arguments.modelNameOrPath()), engine)
            : random(arguments, engine, seed);
    return arguments.skipToken() == null ? model : model.withToken(arguments.skipToken());
  }

  /** The embedding has a row for every token of the tokenizer, whatever config.json says. */
  private static ModelFolder random(ModelArguments arguments, Engine engine, long seed) {
    Path folder = Path.of(arguments.tokenizerPath());
    Tokenizer tokenizer = Tokenizer.load(folder);
    DecoderConfig config = DecoderConfig.of(Path.of(arguments.modelInit()));
    if (config.vocabSize() < tokenizer.size()) {
      config = config.withVocabSize(tokenizer.size());
    }
    return new ModelFolder(
        Decoder.random(engine, config, seed), tokenizer, ChatTemplate.load(folder));
  }
}
