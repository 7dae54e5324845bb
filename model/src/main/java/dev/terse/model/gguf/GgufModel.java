package dev.terse.model.gguf;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.terse.model.safetensors.DType;
import dev.terse.model.safetensors.WeightSource;
import dev.terse.model.tokenizer.TokenizerFiles;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.Set;

/**
 * A model in one GGUF file, seen as a Hugging Face folder: config, weights under their Hugging Face
 * names as floats, tokenizer files, chat template.
 */
public final class GgufModel implements WeightSource {
  private final GgufFile file;
  private final Map<String, String> names;
  private final GgufConfig config;
  private final ObjectNode configJson;
  private final TokenizerFiles tokenizerFiles;

  private GgufModel(GgufFile file, PreTokenizerChoice choice) {
    this.file = file;
    Metadata metadata = new Metadata(file.header().metadata(), file.path().toString());
    Map<String, GgufHeader.Entry> tensors = file.header().tensors();
    this.config = new GgufConfig(metadata, tensors);
    this.names = TensorNames.byHuggingFaceName(tensors.keySet(), config.layers(), metadata.where());
    this.configJson = config.config(ropeFactors());
    this.tokenizerFiles =
        new GgufTokenizer(metadata, choice).files(configJson, config.generationConfig());
  }

  /**
   * Opens a file with the tokenizer that it declares.
   *
   * @throws IllegalArgumentException if it is damaged or holds something that is not supported
   * @throws java.io.UncheckedIOException if it cannot be read
   */
  public static GgufModel open(Path path) {
    return open(path, PreTokenizerChoice.DECLARED);
  }

  /** As {@link #open(Path)}, with a choice of the tokenizer's word rules. */
  public static GgufModel open(Path path, PreTokenizerChoice choice) {
    GgufFile file = GgufFile.open(path);
    try {
      return new GgufModel(file, choice);
    } catch (RuntimeException e) {
      file.close();
      throw e;
    }
  }

  /** config.json; a fresh copy. */
  public ObjectNode config() {
    return configJson.deepCopy();
  }

  /** generation_config.json; a fresh copy. */
  public ObjectNode generationConfig() {
    return config.generationConfig();
  }

  /** tokenizer.json, tokenizer_config.json and the chat template. */
  public TokenizerFiles tokenizerFiles() {
    return tokenizerFiles;
  }

  @Override
  public Set<String> names() {
    return Collections.unmodifiableSet(names.keySet());
  }

  @Override
  public int[] shape(String name) {
    return entry(name).shape().clone();
  }

  @Override
  public DType dtype(String name) {
    return switch (entry(name).type()) {
      case F32 -> DType.F32;
      case F16 -> DType.F16;
      default -> DType.BF16;
    };
  }

  /** Unpacked numbers, in the order of the Hugging Face layout. */
  @Override
  public void read(String name, long offset, float[] target, int at, int count) {
    GgufHeader.Entry entry = entry(name);
    RowOrder order = RowOrder.of(config.family(), config.heads(), config.kvHeads(), entry);
    if (order.isPlain()) {
      file.read(entry, offset, target, at, count);
      return;
    }
    int rowSize = (int) (entry.elements() / entry.shape()[0]);
    int done = 0;
    while (done < count) {
      int row = (int) ((offset + done) / rowSize);
      int column = (int) ((offset + done) % rowSize);
      int piece = Math.min(count - done, rowSize - column);
      long from = (long) order.inFile(row) * rowSize + column;
      file.read(entry, from, target, at + done, piece);
      done += piece;
    }
  }

  private float[] ropeFactors() {
    GgufHeader.Entry factors = file.header().tensors().get(TensorNames.ROPE_FACTORS);
    if (factors == null) {
      return null;
    }
    float[] values = new float[Math.toIntExact(factors.elements())];
    file.read(factors, 0, values, 0, values.length);
    return values;
  }

  private GgufHeader.Entry entry(String name) {
    String inFile = names.get(name);
    if (inFile == null) {
      throw new IllegalArgumentException(description() + " has no tensor for '" + name + "'");
    }
    return file.header().tensors().get(inFile);
  }

  @Override
  public String description() {
    return file.path().toString();
  }

  @Override
  public void close() {
    file.close();
  }
}
