package dev.terse.model.folder;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.terse.engine.Progress;
import dev.terse.io.AtomicFile;
import dev.terse.io.JsonFile;
import dev.terse.model.gguf.GgufModel;
import dev.terse.model.gguf.PreTokenizerChoice;
import dev.terse.model.safetensors.DType;
import dev.terse.model.safetensors.WeightFiles;
import dev.terse.model.weights.DecoderConfig;
import java.nio.file.Path;

/** Writes a GGUF model as a Hugging Face folder that transformers loads. */
public final class HuggingFaceExport {
  private HuggingFaceExport() {}

  /**
   * {@link #fromGguf(Path, Path, DType, PreTokenizerChoice, Progress)} with the file's own words.
   */
  public static void fromGguf(Path gguf, Path outFolder, String dtype, Progress progress) {
    fromGguf(gguf, outFolder, DType.of(dtype), PreTokenizerChoice.DECLARED, progress);
  }

  /**
   * Converts a file: config.json, generation_config.json, model.safetensors (sharded above 5 GB),
   * tokenizer.json, tokenizer_config.json, chat_template.jinja. Weights are unpacked and written
   * piece by piece; no tensor is held whole.
   *
   * @param dtype what the unpacked weights are rounded to; F32 keeps their bits
   * @param progress hears of numbers written
   * @throws IllegalArgumentException if the file is damaged or holds something not supported; then
   *     nothing is written
   * @throws java.io.UncheckedIOException naming the file that cannot be read or written
   */
  public static void fromGguf(
      Path gguf, Path outFolder, DType dtype, PreTokenizerChoice words, Progress progress) {
    try (GgufModel model = GgufModel.open(gguf, words)) {
      ObjectNode config = model.config();
      WeightLoading.requireAgreement(model, DecoderConfig.of(config, gguf.toString()));
      config.put("torch_dtype", dtype.torchName());
      WeightFiles.write(outFolder, model, dtype, WeightFiles.MAX_SHARD_BYTES, progress);
      model.tokenizerFiles().write(outFolder);
      AtomicFile.write(
          outFolder.resolve("generation_config.json"), JsonFile.text(model.generationConfig()));
      AtomicFile.write(outFolder.resolve("config.json"), JsonFile.text(config));
    }
  }
}
