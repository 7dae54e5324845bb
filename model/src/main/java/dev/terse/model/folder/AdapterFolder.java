package dev.terse.model.folder;

import dev.terse.engine.Engine;
import dev.terse.engine.Shapes;
import dev.terse.engine.Tensor;
import dev.terse.io.AtomicFile;
import dev.terse.io.JsonFile;
import dev.terse.model.adapter.Adapters;
import dev.terse.model.adapter.LoraSettings;
import dev.terse.model.safetensors.DType;
import dev.terse.model.safetensors.SafetensorsWeights;
import dev.terse.model.safetensors.WeightFiles;
import dev.terse.model.safetensors.WeightSource;
import dev.terse.model.safetensors.WeightWriter;
import dev.terse.model.tokenizer.TokenizerFiles;
import dev.terse.model.transformer.DecoderBuilder;
import dev.terse.model.weights.Parameters;
import dev.terse.model.weights.WeightShapes;
import dev.terse.model.weights.WeightUse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The folder of a PEFT adapter, which Python's {@code peft} loads: adapter_config.json,
 * adapter_model.safetensors, and the tokenizer with the token whose row is trained.
 *
 * <pre>
 * Weights --> (A, B, Magnitude?)*, Rows*           arrays of a safetensors file, F32
 * A       --> Module ".lora_A.weight" [r, I]
 * B       --> Module ".lora_B.weight" [O, r]
 * Magnitude --> Module ".lora_magnitude_vector" [O]        with DoRA
 * Rows    --> Table ".token_adapter.trainable_tokens_delta" [K, C]
 * Module, Table --> "base_model.model.", the weight's name without ".weight"
 * </pre>
 */
public final class AdapterFolder {
  private static final String WEIGHTS = "adapter_model.safetensors";
  private static final String PREFIX = "base_model.model.";
  private static final String PEFT_B = ".lora_B.weight";

  private AdapterFolder() {}

  /**
   * Whether {@code path} is an adapter's folder.
   *
   * @throws IllegalArgumentException if it holds a whole model too: which one is meant?
   */
  public static boolean is(Path path) {
    boolean adapter = Files.isRegularFile(path.resolve(AdapterConfig.FILE));
    if (adapter && WeightFiles.in(path)) {
      throw new IllegalArgumentException(
          path
              + " holds a model (model.safetensors) and an adapter ("
              + AdapterConfig.FILE
              + "): delete or move the one that is not meant");
    }
    return adapter;
  }

  /**
   * What kind of adapter stands in {@code folder}.
   *
   * @throws IllegalArgumentException if it is not supported
   */
  public static LoraSettings settings(Path folder) {
    return AdapterConfig.read(folder).settings();
  }

  /** Where the model of an adapter stands. */
  static Path base(Path folder) {
    return base(folder, AdapterConfig.read(folder));
  }

  /** An adapter on its base model, unmerged, with the dropout that it was trained with. */
  static ModelBuilder open(Path folder, Engine engine) {
    return open(folder, engine, settings(folder).dropout(), WeightUse.CHANGED);
  }

  /**
   * An adapter on its base model to train it on, not to merge it: the base may be held for reading
   * only.
   *
   * @param dropout of further training
   * @throws IllegalArgumentException if something is missing, not supported or of another shape
   */
  public static ModelBuilder open(Path folder, Engine engine, double dropout) {
    return open(folder, engine, dropout, settings(folder).baseUse());
  }

  private static ModelBuilder open(Path folder, Engine engine, double dropout, WeightUse use) {
    AdapterConfig config = AdapterConfig.read(folder).withDropout(dropout);
    ModelBuilder model = ModelFolder.open(base(folder, config), engine, use);
    try {
      if (Files.exists(folder.resolve(TokenizerFiles.TOKENIZER))) {
        model.withTokenizerOf(folder);
      }
      adapt(model.decoder(), config, folder);
      return model;
    } catch (RuntimeException e) {
      model.close();
      throw e;
    }
  }

  /** The decoder alone, unmerged; for work on ids. */
  static DecoderBuilder openDecoder(Path folder, Engine engine) {
    AdapterConfig config = AdapterConfig.read(folder);
    DecoderBuilder decoder =
        ModelFolder.openDecoder(base(folder, config), engine, WeightUse.CHANGED);
    try {
      adapt(decoder, config, folder);
      return decoder;
    } catch (RuntimeException e) {
      decoder.close();
      throw e;
    }
  }

  /** A relative path is looked for from here, as PEFT does, then from the adapter's folder. */
  private static Path base(Path folder, AdapterConfig config) {
    Path here = Path.of(config.base());
    Path path = Files.exists(here) ? here : folder.resolve(config.base()).normalize();
    String where =
        folder + " is an adapter for '" + config.base() + "' (base_model_name_or_path), which ";
    if (!Files.exists(path)) {
      throw new IllegalArgumentException(
          where
              + "is not there: start from the folder that the path is relative to, or write the"
              + " model's place into "
              + AdapterConfig.FILE);
    }
    if (is(path)) {
      throw new IllegalArgumentException(
          where + "is an adapter itself: merge that one first (convert --model … --output …)");
    }
    return path;
  }

  /** Puts the adapter on its base. */
  private static void adapt(DecoderBuilder decoder, AdapterConfig config, Path folder) {
    for (int id : ids(config)) {
      if (id >= decoder.config().vocabSize()) {
        decoder.withTokenRow(id);
      }
    }
    Map<String, int[]> tokens = new LinkedHashMap<>(config.tokens());
    if (decoder.config().tiedHead()) {
      tokens.remove(WeightShapes.HEAD); // the same table
    }
    decoder.withAdapters(config.settings(), config.base(), tokens);
    read(folder, decoder.adapters().orElseThrow().trained());
  }

  /** Ids of all trained rows, rising. */
  private static int[] ids(AdapterConfig config) {
    return config.tokens().values().stream().flatMapToInt(Arrays::stream).sorted().toArray();
  }

  /**
   * Gives adapters the numbers that stand in {@code folder}.
   *
   * @param adapters what is trained of a decoder that has some
   * @throws IllegalArgumentException naming what is missing, unexpected or of another shape
   */
  public static void read(Path folder, Parameters adapters) {
    Path file = folder.resolve(WEIGHTS);
    if (!Files.exists(file)) {
      throw new IllegalArgumentException(
          folder
              + " has no "
              + WEIGHTS
              + (Files.exists(folder.resolve("adapter_model.bin"))
                  ? " (adapter_model.bin is not read: it can run code; save as safetensors)"
                  : ""));
    }
    try (WeightSource source = SafetensorsWeights.open(file)) {
      Map<String, Tensor> trained = adapters.tensors();
      requireAgreement(source, trained);
      trained.forEach(
          (name, tensor) -> {
            if (name.endsWith(WeightShapes.LORA_B)) {
              readTransposed(source, peftName(name), tensor);
            } else {
              source.readInto(peftName(name), tensor);
            }
          });
    }
  }

  private static void requireAgreement(WeightSource source, Map<String, Tensor> trained) {
    List<String> problems = new ArrayList<>();
    List<String> expected = new ArrayList<>();
    trained.forEach(
        (name, tensor) -> {
          int[] shape = tensor.shape();
          if (name.endsWith(WeightShapes.LORA_B)) {
            shape = new int[] {shape[1], shape[0]};
          }
          String peftName = peftName(name);
          expected.add(peftName);
          if (!source.names().contains(peftName)) {
            problems.add("'" + peftName + "' " + Shapes.text(shape) + " is missing");
          } else if (!Arrays.equals(source.shape(peftName), shape)) {
            problems.add(
                "'"
                    + peftName
                    + "' must have shape "
                    + Shapes.text(shape)
                    + ", has "
                    + Shapes.text(source.shape(peftName)));
          }
        });
    source.names().stream()
        .filter(name -> !expected.contains(name))
        .forEach(name -> problems.add("'" + name + "' is unexpected"));
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(
          source.description()
              + " does not fit its base model and "
              + AdapterConfig.FILE
              + " ("
              + problems.size()
              + (problems.size() == 1 ? " problem): " : " problems): ")
              + String.join("; ", problems.subList(0, Math.min(4, problems.size())))
              + (problems.size() > 4 ? "; …" : ""));
    }
  }

  /**
   * Writes the adapters of a model and its tokenizer, each file replaced whole.
   *
   * @throws java.io.UncheckedIOException naming the file that cannot be written
   */
  static void save(Path folder, ModelFolder model) {
    Adapters adapters = model.decoder().adapters().orElseThrow();
    model.tokenizer().save(folder);
    write(folder.resolve(WEIGHTS), adapters.trained(), model.decoder().engine());
    AdapterConfig config =
        new AdapterConfig(adapters.settings(), adapters.base(), adapters.tokens());
    AtomicFile.write(folder.resolve(AdapterConfig.FILE), JsonFile.text(config.json()));
  }

  /** Writes the numbers of adapters under PEFT's names and in its shapes. */
  private static void write(Path file, Parameters trained, Engine engine) {
    Map<String, Tensor> written = new LinkedHashMap<>();
    Map<String, Tensor> turned = new LinkedHashMap<>();
    try {
      trained
          .tensors()
          .forEach(
              (name, tensor) -> {
                if (name.endsWith(WeightShapes.LORA_B)) {
                  turned.put(name, transposed(tensor, engine));
                }
                written.put(peftName(name), turned.getOrDefault(name, tensor));
              });
      WeightWriter.write(file, written, DType.F32);
    } finally {
      turned.values().forEach(Tensor::close);
    }
  }

  static String peftName(String name) {
    return PREFIX
        + (name.endsWith(WeightShapes.LORA_B)
            ? name.substring(0, name.length() - WeightShapes.LORA_B.length()) + PEFT_B
            : name);
  }

  /** Bᵀ [r, O] as B [O, r]; belongs to the caller. */
  private static Tensor transposed(Tensor b, Engine engine) {
    Tensor turned = engine.allocate(b.rowSize(), b.rows());
    turned.setFloats(transposed(b.toFloats(), b.rows()));
    return turned;
  }

  private static void readTransposed(WeightSource source, String name, Tensor b) {
    float[] values = new float[Math.toIntExact(b.size())];
    source.read(name, 0, values, 0, values.length);
    b.setFloats(transposed(values, b.rowSize()));
  }

  /** A matrix of {@code rows} rows with rows and columns exchanged. */
  static float[] transposed(float[] matrix, int rows) {
    int columns = matrix.length / rows;
    float[] turned = new float[matrix.length];
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < columns; c++) {
        turned[c * rows + r] = matrix[r * columns + c];
      }
    }
    return turned;
  }
}
