package dev.terse.model;

import java.nio.file.Path;
import java.util.Locale;

/** One model of each of the first families, with a tokenizer. */
public enum TinyModel implements GoldenModel {
  LLAMA,
  LLAMA_BIAS,
  QWEN2,
  QWEN3;

  @Override
  public Path folder() {
    return GoldenModel.resource("/tiny/" + name().toLowerCase(Locale.ROOT));
  }
}
