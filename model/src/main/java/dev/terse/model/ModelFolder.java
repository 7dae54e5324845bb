package dev.terse.model;

import dev.terse.engine.Engine;
import dev.terse.model.chat.ChatTemplate;
import dev.terse.model.tokenizer.Tokenizer;
import java.nio.file.Path;

/**
 * A Hugging Face folder: config.json, weights, generation config, tokenizer, chat template.
 *
 * @param decoder the model; owned
 * @param tokenizer the tokenizer; owned
 * @param template the chat template, or null where the folder has none
 */
public record ModelFolder(Decoder decoder, Tokenizer tokenizer, ChatTemplate template)
    implements AutoCloseable {

  /** Loads a folder (safetensors, single or sharded) or a GGUF file. */
  public static ModelFolder load(Path path, Engine engine) {
    throw new IllegalStateException("being built");
  }

  /** Writes a folder that transformers loads. */
  public void save(Path folder) {
    throw new IllegalStateException("being built");
  }

  @Override
  public void close() {
    decoder.close();
    tokenizer.close();
  }
}
