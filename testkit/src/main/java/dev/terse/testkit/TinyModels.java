package dev.terse.testkit;

import java.nio.file.Path;

/** The tiny models of the model module's tests, whole Hugging Face folders of 290 tokens. */
public final class TinyModels {
  private TinyModels() {}

  /** The folder of a family: llama, qwen2 or qwen3. */
  public static Path folder(String family) {
    return SharedData.projectRoot().resolve("model/src/test/resources/tiny").resolve(family);
  }
}
