package dev.terse.model.folder;

import com.fasterxml.jackson.databind.JsonNode;
import dev.terse.engine.Engine;
import dev.terse.model.chat.ChatTemplate;
import dev.terse.model.gguf.GgufModel;
import dev.terse.model.safetensors.WeightFiles;
import dev.terse.model.safetensors.WeightSource;
import dev.terse.model.tokenizer.Tokenizer;
import dev.terse.model.weights.DecoderConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Supplier;

/**
 * A model as it lies on the disk, its weights read piece by piece and never held whole. Only an
 * adapter's base is loaded, since merging needs it in memory.
 */
public final class StoredModel implements AutoCloseable {
  private final Deque<Runnable> closing = new ArrayDeque<>();
  private WeightSource weights;
  private DecoderConfig config;
  private Tokenizer tokenizer;
  private ChatTemplate template;
  private JsonNode generationConfig;

  private StoredModel() {}

  /**
   * Opens a Hugging Face folder, a GGUF file, or the folder of a PEFT adapter, merged.
   *
   * @param engine merges an adapter; is not asked for anything else. Closed with the model
   * @throws IllegalArgumentException if something in it is missing, damaged or not supported
   * @throws java.io.UncheckedIOException if a file cannot be read
   */
  public static StoredModel open(Path path, Supplier<Engine> engine) {
    StoredModel model = new StoredModel();
    try {
      model.read(path, engine);
      WeightLoading.requireAgreement(model.weights, model.config);
      return model;
    } catch (RuntimeException e) {
      model.close();
      throw e;
    }
  }

  private void read(Path path, Supplier<Engine> engine) {
    if (Files.isDirectory(path) && AdapterFolder.is(path)) {
      Engine merging = engine.get();
      closing.push(merging::close);
      ModelFolder merged = ModelFolder.load(path, merging);
      closing.push(merged::close);
      weights = WeightSource.of(merged.decoder().weights().tensors());
      config = merged.decoder().config();
      tokenizer = merged.tokenizer();
      template = merged.template();
      generationConfig = merged.generationConfig();
      return;
    }
    config = ModelFolder.requireWhole(path);
    weights = Files.isRegularFile(path) ? GgufModel.open(path) : WeightFiles.open(path);
    closing.push(weights::close);
    tokenizer = ModelFolder.openTokenizer(path);
    closing.push(tokenizer::close);
    template = ChatTemplate.find(tokenizer.files().files()).orElse(null);
    generationConfig = tokenizer.files().generationConfig();
  }

  public WeightSource weights() {
    return weights;
  }

  public DecoderConfig config() {
    return config;
  }

  public Tokenizer tokenizer() {
    return tokenizer;
  }

  /** The chat template, or null. */
  public ChatTemplate template() {
    return template;
  }

  /** generation_config.json, or null. */
  public JsonNode generationConfig() {
    return generationConfig;
  }

  @Override
  public void close() {
    while (!closing.isEmpty()) {
      closing.pop().run();
    }
  }
}
