package dev.terse.model.folder;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.terse.engine.Engine;
import dev.terse.engine.MeasuredEngine;
import dev.terse.io.AtomicFile;
import dev.terse.io.JsonFile;
import dev.terse.model.chat.ChatTemplate;
import dev.terse.model.gguf.GgufModel;
import dev.terse.model.safetensors.DType;
import dev.terse.model.safetensors.WeightFiles;
import dev.terse.model.safetensors.WeightSource;
import dev.terse.model.tokenizer.Tokenizer;
import dev.terse.model.tokenizer.TokenizerFiles;
import dev.terse.model.transformer.Decoder;
import dev.terse.model.transformer.DecoderBuilder;
import dev.terse.model.weights.DecoderConfig;
import dev.terse.model.weights.WeightUse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Hugging Face folder: config.json, weights, generation config, tokenizer, chat template.
 *
 * <pre>
 * Folder    --> config.json, Weights, generation_config.json?, Tokenizer
 * Weights   --> model.safetensors | model.safetensors.index.json, Shard*
 * Shard     --> model-NNNNN-of-NNNNN.safetensors, at most 5 GB of data
 * Tokenizer --> tokenizer.json, tokenizer_config.json?, chat_template.jinja?, …
 * </pre>
 *
 * @param decoder the model; owned
 * @param tokenizer the tokenizer; owned
 * @param template the chat template, or null where the folder has none
 * @param generationConfig generation_config.json, or null; not to be changed
 */
public record ModelFolder(
    Decoder decoder, Tokenizer tokenizer, ChatTemplate template, JsonNode generationConfig)
    implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ModelFolder.class);
  private static final String CONFIG = "config.json";
  private static final String GENERATION_CONFIG = "generation_config.json";

  /** A folder without generation config. */
  public ModelFolder(Decoder decoder, Tokenizer tokenizer, ChatTemplate template) {
    this(decoder, tokenizer, template, null);
  }

  /**
   * Loads a folder (safetensors, single or sharded), a GGUF file, or the folder of a PEFT adapter
   * with its base model, merged.
   *
   * @throws IllegalArgumentException if something in it is missing, damaged or not supported
   * @throws java.io.UncheckedIOException if a file cannot be read
   */
  public static ModelFolder load(Path path, Engine engine) {
    return load(path, engine, WeightUse.CHANGED);
  }

  /**
   * The same for a use that is known. A merged adapter has full numbers in any case.
   *
   * @throws IllegalArgumentException as above
   * @throws java.io.UncheckedIOException as above
   */
  public static ModelFolder load(Path path, Engine engine, WeightUse use) {
    return open(path, engine, use).build();
  }

  /**
   * The parts of the model that {@link #load} gives, for a model that something is added to.
   *
   * @throws IllegalArgumentException as above
   * @throws java.io.UncheckedIOException as above
   */
  public static ModelBuilder open(Path path, Engine engine, WeightUse use) {
    if (Files.isRegularFile(path)) {
      return openGguf(path, engine, use);
    }
    requireFolder(path);
    if (AdapterFolder.is(path)) {
      return AdapterFolder.open(path, engine).merged();
    }
    Tokenizer tokenizer = Tokenizer.load(path);
    try {
      ChatTemplate template = ChatTemplate.find(path).orElse(null);
      Path generation = path.resolve(GENERATION_CONFIG);
      JsonNode generationConfig = Files.exists(generation) ? JsonFile.read(generation) : null;
      return new ModelBuilder(
          openDecoder(path, engine, use), tokenizer, template, generationConfig);
    } catch (RuntimeException e) {
      tokenizer.close();
      throw e;
    }
  }

  /**
   * The parts without the numbers of the weights, which are not read: shape, tokenizer, template.
   *
   * @param counting an engine that computes nothing; not owned
   * @throws IllegalArgumentException as above
   * @throws java.io.UncheckedIOException as above
   */
  public static ModelBuilder outline(Path path, MeasuredEngine counting) {
    DecoderConfig config = config(path);
    Tokenizer tokenizer = openTokenizer(path);
    try {
      return new ModelBuilder(
          DecoderBuilder.blank(counting, config, null),
          tokenizer,
          ChatTemplate.find(tokenizer.files().files()).orElse(null),
          tokenizer.files().generationConfig());
    } catch (RuntimeException e) {
      tokenizer.close();
      throw e;
    }
  }

  private static ModelBuilder openGguf(Path path, Engine engine, WeightUse use) {
    try (GgufModel model = GgufModel.open(path)) {
      Tokenizer tokenizer = Tokenizer.of(model.tokenizerFiles());
      try {
        ChatTemplate template = ChatTemplate.find(model.tokenizerFiles().files()).orElse(null);
        return new ModelBuilder(
            openDecoder(model, engine, use), tokenizer, template, model.generationConfig());
      } catch (RuntimeException e) {
        tokenizer.close();
        throw e;
      }
    }
  }

  private static DecoderBuilder openDecoder(GgufModel model, Engine engine, WeightUse use) {
    DecoderConfig config = DecoderConfig.of(model.config(), model.description());
    return new DecoderBuilder(engine, config, WeightLoading.load(model, config, engine, use));
  }

  /**
   * The decoder's shape, without its weights.
   *
   * @param path a folder, a GGUF file, or the folder of an adapter, whose base is meant
   * @throws IllegalArgumentException as {@link #load}
   */
  public static DecoderConfig config(Path path) {
    if (Files.isRegularFile(path)) {
      try (GgufModel model = GgufModel.open(path)) {
        return DecoderConfig.of(model.config(), model.description());
      }
    }
    requireFolder(path);
    if (AdapterFolder.is(path)) {
      return AdapterFolder.config(path, config(AdapterFolder.base(path)));
    }
    return DecoderConfig.of(path.resolve(CONFIG));
  }

  /**
   * The decoder's shape, of a model that has all its files; what is in weights and tokenizer is not
   * looked at.
   *
   * @param path as for {@link #config}
   * @throws IllegalArgumentException as {@link #load}, naming what is missing
   */
  public static DecoderConfig requireWhole(Path path) {
    if (Files.isDirectory(path) && AdapterFolder.is(path)) {
      requireWhole(AdapterFolder.base(path));
    } else if (Files.isDirectory(path)) {
      requireParts(path);
    }
    return config(path);
  }

  /**
   * The number type of a model's files: that of most of its weights, bfloat16 for quantized ones;
   * an adapter has that of its base.
   *
   * @param path as for {@link #config}
   * @throws IllegalArgumentException as {@link #load}
   */
  public static DType dtype(Path path) {
    if (Files.isRegularFile(path)) {
      try (GgufModel model = GgufModel.open(path)) {
        return model.prevailingType();
      }
    }
    requireFolder(path);
    if (AdapterFolder.is(path)) {
      return dtype(AdapterFolder.base(path));
    }
    try (WeightSource source = WeightFiles.open(path)) {
      return source.prevailingType();
    }
  }

  private static void requireParts(Path folder) {
    if (!WeightFiles.in(folder)) {
      requireFolder(folder);
      throw WeightFiles.none(folder);
    }
    WeightFiles.refuseForeign(folder);
    List<String> missing =
        Stream.of(CONFIG, TokenizerFiles.TOKENIZER)
            .filter(name -> !Files.exists(folder.resolve(name)))
            .toList();
    if (!missing.isEmpty()) {
      throw new IllegalArgumentException(
          folder
              + " is no whole model: "
              + String.join(" and ", missing)
              + (missing.size() == 1 ? " is" : " are")
              + " missing; download the whole repository again");
    }
  }

  /**
   * Opens config.json and weights only; for work on ids, where no tokenizer is needed. An adapter
   * is merged.
   */
  public static DecoderBuilder openDecoder(Path folder, Engine engine, WeightUse use) {
    if (Files.isRegularFile(folder)) {
      try (GgufModel model = GgufModel.open(folder)) {
        return openDecoder(model, engine, use);
      }
    }
    requireFolder(folder);
    if (AdapterFolder.is(folder)) {
      return AdapterFolder.openDecoder(folder, engine).merged();
    }
    DecoderConfig config = DecoderConfig.of(folder.resolve(CONFIG));
    if (!config.unreadRopeKeys().isEmpty()) {
      LOG.warn(
          "{}: the rotary scaling has keys that transformers does not read, so neither does Terse:"
              + " {} (vLLM multiplies by attn_factor; transformers' key is attention_factor)",
          folder.resolve(CONFIG),
          String.join(", ", config.unreadRopeKeys()));
    }
    try (WeightSource source = WeightFiles.open(folder)) {
      return new DecoderBuilder(engine, config, WeightLoading.load(source, config, engine, use));
    }
  }

  /**
   * The tokenizer alone: of a folder, a GGUF file, or an adapter's folder, else that of its base.
   *
   * @throws IllegalArgumentException if there is none or it cannot be understood
   */
  public static Tokenizer openTokenizer(Path path) {
    if (Files.isRegularFile(path)) {
      try (GgufModel model = GgufModel.open(path)) {
        return Tokenizer.of(model.tokenizerFiles());
      }
    }
    requireFolder(path);
    boolean ofBase =
        AdapterFolder.is(path) && !Files.exists(path.resolve(TokenizerFiles.TOKENIZER));
    return ofBase ? openTokenizer(AdapterFolder.base(path)) : Tokenizer.load(path);
  }

  private static void requireFolder(Path path) {
    if (!Files.isDirectory(path)) {
      throw new IllegalArgumentException(
          path
              + (Files.exists(path) ? " is neither a folder nor a GGUF file" : " does not exist")
              + ": a model is a Hugging Face folder with config.json and model.safetensors");
    }
    Path snapshots = path.resolve("snapshots");
    if (Files.isDirectory(snapshots) && !Files.exists(path.resolve(CONFIG))) {
      throw new IllegalArgumentException(
          path
              + " is a model's folder in a cache of the hub: give a folder of "
              + snapshots
              + ", where its files are");
    }
  }

  /**
   * Writes a folder that transformers loads, with 32-bit weights; of a model with adapters a folder
   * that PEFT loads, with the adapters alone.
   */
  public void save(Path folder) {
    save(folder, DType.F32);
  }

  /**
   * Writes a folder that transformers loads. Each file is replaced whole, config.json last: a
   * folder that has it has weights.
   *
   * @param dtype what the weights are rounded to; adapters are written in 32 bits always
   * @throws java.io.UncheckedIOException naming the file that cannot be written
   */
  public void save(Path folder, DType dtype) {
    if (decoder.adapters().isPresent()) {
      AdapterFolder.save(folder, this);
      return;
    }
    tokenizer.save(folder);
    WeightFiles.write(folder, decoder.weights().tensors(), dtype, WeightFiles.MAX_SHARD_BYTES);
    if (generationConfig != null) {
      AtomicFile.write(folder.resolve(GENERATION_CONFIG), JsonFile.text(generationConfig));
    }
    AtomicFile.write(folder.resolve(CONFIG), JsonFile.text(savedConfig(dtype)));
  }

  /** The config as it was read, with the number type of the weights beside it. */
  private JsonNode savedConfig(DType dtype) {
    ObjectNode config = decoder.config().json().deepCopy();
    // transformers casts the weights to what stands there; the key was renamed in 4.56.
    config.remove("dtype");
    config.put("torch_dtype", dtype.torchName());
    if (!config.has("architectures")) {
      config.putArray("architectures").add(decoder.config().family().architecture());
    }
    return config;
  }

  @Override
  public void close() {
    decoder.close();
    tokenizer.close();
  }
}
