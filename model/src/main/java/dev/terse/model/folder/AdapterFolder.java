package dev.terse.model.folder;

import dev.terse.engine.Engine;
import dev.terse.engine.Shapes;
import dev.terse.engine.Tensor;
import dev.terse.io.AtomicFile;
import dev.terse.io.JsonFile;
import dev.terse.io.hub.InputKind;
import dev.terse.model.adapter.Adapters;
import dev.terse.model.adapter.LoraSettings;
import dev.terse.model.safetensors.DType;
import dev.terse.model.safetensors.SafetensorsWeights;
import dev.terse.model.safetensors.WeightFiles;
import dev.terse.model.safetensors.WeightSource;
import dev.terse.model.safetensors.WeightWriter;
import dev.terse.model.tokenizer.TokenizerFiles;
import dev.terse.model.transformer.Decoder;
import dev.terse.model.transformer.DecoderBuilder;
import dev.terse.model.weights.DecoderConfig;
import dev.terse.model.weights.Parameters;
import dev.terse.model.weights.WeightShapes;
import dev.terse.model.weights.WeightUse;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The folder of a PEFT adapter, which Python's {@code peft} loads: adapter_config.json,
 * adapter_model.safetensors, and the tokenizer with the token whose row is trained.
 *
 * <pre>
 * Weights --> (A, B, Magnitude?)*, Rows*, Whole*, Table*     arrays of a safetensors file, F32
 * A       --> Module ".lora_A.weight" [r, I]
 * B       --> Module ".lora_B.weight" [O, r]
 * Magnitude --> Module ".lora_magnitude_vector" [O]        with DoRA
 * Rows    --> Module ".token_adapter.trainable_tokens_delta" [K, C]
 * Whole   --> Module ".weight" or ".bias"                  of modules_to_save
 * Table   --> Module (".base_layer")? ".weight" [V, C]     that is not the base's any more
 * Module  --> "base_model.model.", the weight's name without ".weight"
 *
 * The embedding's A is ".lora_embedding_A" [r, V], its B ".lora_embedding_B" [C, r].
 * </pre>
 */
public final class AdapterFolder {
  private static final String WEIGHTS = "adapter_model.safetensors";
  private static final String PREFIX = "base_model.model.";
  private static final String BASE_LAYER = ".base_layer.weight";
  private static final String WEIGHT = ".weight";

  /** What our transposed arrays are called there, by what they are called here. */
  private static final Map<String, String> TRANSPOSED =
      Map.of(WeightShapes.LORA_B, ".lora_B.weight", WeightShapes.EMBEDDING_B, ".lora_embedding_B");

  /** What PEFT saves of a whole module beside its weight, after a resize. */
  private static final List<String> COPIES =
      List.of(".modules_to_save.weight", ".original_module.weight");

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

  /** The shape of an adapter's model, on the shape of its base. */
  static DecoderConfig config(Path folder, DecoderConfig base) {
    LoraSettings settings = settings(folder);
    return base.tiedHead() && settings.changesATable(base) ? base.untied() : base;
  }

  /** Where the model of an adapter stands. */
  public static Path base(Path folder) {
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
    String where =
        folder + " is an adapter for '" + config.base() + "' (base_model_name_or_path), which ";
    Path path;
    try {
      Path here = InputKind.MODEL.place(config.base());
      path = Files.exists(here) ? here : folder.resolve(config.base()).normalize();
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException(where + "is no path: " + e.getReason(), e);
    }
    if (!Files.exists(path)) {
      throw new IllegalArgumentException(
          where
              + "is not there: "
              + InputKind.MODEL.missing(config.base()).orElseThrow()
              + "; or write the model's place into "
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
    try (WeightSource source = open(folder)) {
      Set<String> replaced = readTables(source, decoder, config.settings());
      for (int id : ids(config)) {
        if (id >= decoder.config().vocabSize()) {
          decoder.withTokenRow(id);
        }
      }
      decoder.withAdapters(
          config.settings(), config.base(), tokens(config, decoder.config(), folder), replaced);
      readNumbers(source, decoder.adapters().orElseThrow());
    }
  }

  /**
   * Trained rows by table. Those of a tied head are the embedding's: one row, not two.
   *
   * @throws IllegalArgumentException if a tied table should have different rows at its two ends, or
   *     a table is trained in two ways
   */
  private static Map<String, int[]> tokens(
      AdapterConfig config, DecoderConfig decoder, Path folder) {
    Map<String, int[]> tokens = new LinkedHashMap<>(config.tokens());
    LoraSettings settings = config.settings();
    String where = folder.resolve(AdapterConfig.FILE) + ": trainable_token_indices ";
    for (String table : tokens.keySet()) {
      if (settings.trains(decoder, table)) {
        throw new IllegalArgumentException(
            where + "names rows of " + table + ", which is trained wholly or by an adapter too");
      }
    }
    if (decoder.tiedHead()
        && !settings.changesATable(decoder)
        && tokens.containsKey(WeightShapes.HEAD)) {
      int[] ofHead = tokens.remove(WeightShapes.HEAD);
      if (!Arrays.equals(ofHead, tokens.get(WeightShapes.EMBEDDING))) {
        throw new IllegalArgumentException(
            where
                + "must name the same rows for lm_head as for embed_tokens, since the base model"
                + " ties the two: embed_tokens "
                + Arrays.toString(tokens.get(WeightShapes.EMBEDDING))
                + ", lm_head "
                + Arrays.toString(ofHead));
      }
    }
    return tokens;
  }

  /**
   * Takes token tables that the adapter brings along in place of the base's: PEFT saves them where
   * the base was resized, and where an adapter sits on them.
   *
   * @return their names
   */
  private static Set<String> readTables(
      WeightSource source, DecoderBuilder decoder, LoraSettings settings) {
    boolean tied = decoder.config().tiedHead();
    Set<String> whole = new HashSet<>(settings.savedWeights(decoder.config()));
    Map<String, String> found = new LinkedHashMap<>(); // table by its name in the file
    int rows = 0;
    for (String table : List.of(WeightShapes.EMBEDDING, WeightShapes.HEAD)) {
      for (String name : List.of(PREFIX + table, PREFIX + module(table) + BASE_LAYER)) {
        if (source.names().contains(name)) {
          int[] shape = source.shape(name);
          if (shape.length != 2 || shape[1] != decoder.config().channels()) {
            throw new IllegalArgumentException(
                source.description()
                    + ": '"
                    + name
                    + "' must have "
                    + decoder.config().channels()
                    + " columns as the base model, has shape "
                    + Shapes.text(shape));
          }
          rows = Math.max(rows, shape[0]);
          if (!whole.contains(table)) {
            found.put(name, table);
          }
        }
      }
    }
    decoder.withRows(rows);
    found.forEach(
        (name, table) -> {
          Tensor target = decoder.table(tied ? WeightShapes.EMBEDDING : table);
          if (!Arrays.equals(source.shape(name), target.shape())) {
            throw new IllegalArgumentException(
                source.description()
                    + ": '"
                    + name
                    + "' must have shape "
                    + Shapes.text(target.shape())
                    + " as the other table, has "
                    + Shapes.text(source.shape(name)));
          }
          source.readInto(name, target);
        });
    if (tied && found.size() > 1 && !sameTable(source, found.keySet())) {
      throw new IllegalArgumentException(
          source.description()
              + " holds two different tables for embedding and head, which its base model ties");
    }
    return new LinkedHashSet<>(found.values());
  }

  private static boolean sameTable(WeightSource source, Set<String> names) {
    List<String> both = List.copyOf(names);
    return WeightLoading.sameNumbers(source, both.get(0), both.get(1));
  }

  /** Ids of all trained rows, rising. */
  private static int[] ids(AdapterConfig config) {
    return config.tokens().values().stream().flatMapToInt(Arrays::stream).sorted().toArray();
  }

  /**
   * Gives adapters the numbers that stand in {@code folder}.
   *
   * @throws IllegalArgumentException naming what is missing, unexpected or of another shape
   */
  public static void read(Path folder, Adapters adapters) {
    try (WeightSource source = open(folder)) {
      readNumbers(source, adapters);
    }
  }

  private static WeightSource open(Path folder) {
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
    return SafetensorsWeights.open(file);
  }

  private static void readNumbers(WeightSource source, Adapters adapters) {
    Map<String, Tensor> trained = adapters.trained().tensors();
    requireAgreement(source, trained);
    trained.forEach(
        (name, tensor) -> {
          if (isTransposed(name)) {
            readTransposed(source, peftName(name), tensor);
          } else {
            source.readInto(peftName(name), tensor);
          }
        });
  }

  private static void requireAgreement(WeightSource source, Map<String, Tensor> trained) {
    List<String> problems = new ArrayList<>();
    List<String> expected = new ArrayList<>();
    trained.forEach(
        (name, tensor) -> {
          int[] shape = tensor.shape();
          if (isTransposed(name)) {
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
        .filter(name -> !expected.contains(name) && !isTable(name))
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
    model.tokenizer().save(folder);
    save(folder, model.decoder());
  }

  /** The same of a decoder alone. */
  static void save(Path folder, Decoder decoder) {
    Adapters adapters = decoder.adapters().orElseThrow();
    write(folder.resolve(WEIGHTS), adapters, decoder);
    AdapterConfig config =
        new AdapterConfig(adapters.settings(), adapters.base(), adapters.tokens());
    AtomicFile.write(folder.resolve(AdapterConfig.FILE), JsonFile.text(config.json()));
  }

  /** Writes the numbers of adapters under PEFT's names and in its shapes. */
  private static void write(Path file, Adapters adapters, Decoder decoder) {
    Map<String, Tensor> written = new LinkedHashMap<>();
    Map<String, Tensor> turned = new LinkedHashMap<>();
    Parameters trained = adapters.trained();
    try {
      trained
          .tensors()
          .forEach(
              (name, tensor) -> {
                if (isTransposed(name)) {
                  turned.put(name, transposed(tensor, decoder.engine()));
                }
                written.put(peftName(name), turned.getOrDefault(name, tensor));
              });
      for (String table : adapters.replaced()) {
        boolean adapted = adapters.adapts(table, trained);
        boolean tied = decoder.config().tiedHead();
        Tensor numbers = decoder.weights().get(tied ? WeightShapes.EMBEDDING : table);
        written.put(PREFIX + (adapted ? module(table) + BASE_LAYER : table), numbers);
      }
      WeightWriter.write(file, written, DType.F32);
    } finally {
      turned.values().forEach(Tensor::close);
    }
  }

  static boolean isTransposed(String name) {
    return TRANSPOSED.keySet().stream().anyMatch(name::endsWith);
  }

  /** Whether an array of the file is a token table, or a copy of one, whatever is trained. */
  private static boolean isTable(String name) {
    return Stream.of(WeightShapes.EMBEDDING, WeightShapes.HEAD)
        .map(table -> PREFIX + module(table))
        .anyMatch(
            module ->
                name.equals(module + WEIGHT)
                    || name.equals(module + BASE_LAYER)
                    || COPIES.stream().anyMatch(copy -> name.equals(module + copy)));
  }

  private static String module(String weight) {
    return weight.substring(0, weight.length() - WEIGHT.length());
  }

  static String peftName(String name) {
    for (Map.Entry<String, String> part : TRANSPOSED.entrySet()) {
      if (name.endsWith(part.getKey())) {
        return PREFIX + name.substring(0, name.length() - part.getKey().length()) + part.getValue();
      }
    }
    return PREFIX + name;
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
