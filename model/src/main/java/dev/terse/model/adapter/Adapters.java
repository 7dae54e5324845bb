package dev.terse.model.adapter;

import dev.terse.engine.Arena;
import dev.terse.engine.Engine;
import dev.terse.engine.SeedTree;
import dev.terse.engine.Tensor;
import dev.terse.model.weights.DecoderConfig;
import dev.terse.model.weights.LayerProjection;
import dev.terse.model.weights.Linear;
import dev.terse.model.weights.Parameters;
import dev.terse.model.weights.Projection;
import dev.terse.model.weights.WeightShapes;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongToDoubleFunction;

/**
 * Low-rank adapters on the modules of a frozen decoder, with what is trained beside them: token
 * rows, and whole weights. Owns its numbers, not the decoder's.
 */
public final class Adapters implements AutoCloseable {
  private final Engine engine;
  private final LoraSettings settings;
  private final String base;
  private final Parameters weights;
  private final Set<String> replaced;
  private final Parameters own;
  private final Parameters trained;
  private final Map<String, AdaptedLinear> projections = new LinkedHashMap<>();
  private final Map<String, LoraTable> tables = new LinkedHashMap<>();
  private final Map<String, TrainedRows> rows = new LinkedHashMap<>();
  private final Set<String> whole;

  /**
   * Adapters that change nothing yet: B is 0, m the length of each row, token rows as they stand.
   *
   * @param config with a head that is not tied where one table is changed alone
   * @param weights of the decoder; not owned
   * @param base where the decoder was loaded from (PEFT: base_model_name_or_path)
   * @param tokens ids of the trained rows by name of their table; tables without any may be absent
   * @param replaced tables that are not the base's any more, so that they are a part of what is
   *     saved (PEFT: save_embedding_layers)
   * @throws IllegalArgumentException if the settings do not fit the decoder
   */
  public Adapters(
      Engine engine,
      DecoderConfig config,
      Parameters weights,
      LoraSettings settings,
      String base,
      Map<String, int[]> tokens,
      Set<String> replaced) {
    this.engine = engine;
    this.settings = settings;
    this.base = base;
    this.weights = weights;
    this.replaced = Set.copyOf(replaced);
    this.whole = new LinkedHashSet<>(settings.savedWeights(config));
    List<ModuleLora> modules = settings.modules(config);
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tokens.forEach(
        (table, ids) -> {
          TrainedRows trainedRows = TrainedRows.of(engine, weights, table, ids);
          rows.put(table, trainedRows);
          tensors.put(TrainedRows.name(table), trainedRows.rows());
        });
    Map<String, Place> places = Place.all(config);
    for (ModuleLora lora : modules) {
      if (LoraSettings.isTable(lora.module())) {
        tables.put(lora.module() + ".weight", table(lora, tensors));
      } else {
        projections.put(lora.module(), adapted(lora, places.get(lora.module()), tensors));
      }
    }
    this.own = new Parameters(tensors);
    Map<String, Tensor> all = new LinkedHashMap<>(tensors);
    whole.forEach(name -> all.put(name, weights.get(name)));
    this.trained = new Parameters(all); // closed by its owners
  }

  /** Where a projection stands, which its dropout draws from. */
  private record Place(int layer, LayerProjection projection) {

    private static Map<String, Place> all(DecoderConfig config) {
      Map<String, Place> places = new HashMap<>();
      for (int layer = 0; layer < config.layers(); layer++) {
        for (LayerProjection projection : LayerProjection.values()) {
          places.put(projection.module(layer), new Place(layer, projection));
        }
      }
      return places;
    }
  }

  private LoraTable table(ModuleLora lora, Map<String, Tensor> tensors) {
    Tensor table = weights.get(lora.module() + ".weight");
    boolean head = lora.module().equals(LoraSettings.module(WeightShapes.HEAD));
    String left = lora.module() + (head ? WeightShapes.LORA_B : WeightShapes.EMBEDDING_A);
    String right = lora.module() + (head ? WeightShapes.LORA_A : WeightShapes.EMBEDDING_B);
    Tensor ofRows = engine.allocate(lora.rank(), table.rows());
    Tensor ofChannels = engine.allocate(lora.rank(), table.rowSize());
    tensors.put(right, ofChannels);
    tensors.put(left, ofRows);
    LowRank lowRank = new LowRank(engine, lora.scale(), ofChannels, ofRows);
    return new LoraTable(engine, table, lowRank, left, right);
  }

  private AdaptedLinear adapted(ModuleLora lora, Place place, Map<String, Tensor> tensors) {
    String module = lora.module();
    Linear linear = Linear.of(engine, weights, module);
    Tensor a = engine.allocate(lora.rank(), linear.inputs());
    Tensor b = engine.allocate(lora.rank(), linear.outputs());
    tensors.put(module + WeightShapes.LORA_A, a);
    tensors.put(module + WeightShapes.LORA_B, b);
    LowRank lowRank = new LowRank(engine, lora.scale(), a, b);
    InputDropout dropout =
        new InputDropout(engine, settings.dropout(), place.layer(), place.projection());
    if (!settings.useDora()) {
      return new LoraLinear(linear, lowRank, dropout);
    }
    double[] squares = squaredRows(linear.w());
    double[] lengths = squares.clone();
    for (int o = 0; o < lengths.length; o++) {
      lengths[o] = Math.sqrt(squares[o]);
    }
    Tensor magnitude = engine.allocate(linear.outputs());
    magnitude.setDoubles(lengths);
    tensors.put(module + WeightShapes.MAGNITUDE, magnitude);
    return new DoraLinear(linear, lowRank, dropout, magnitude, squares);
  }

  private static double[] squaredRows(Tensor w) {
    double[] squares = new double[w.rows()];
    for (int o = 0; o < squares.length; o++) {
      for (double value : w.rowsView(o, o + 1).toDoubles()) {
        squares[o] += value * value;
      }
    }
    return squares;
  }

  /**
   * Draws what is not 0 at first, as PEFT does: A uniform in ±1/√I (Kaiming with a = √5), the
   * embedding's B standard normal. An element is a function of the seed, its module and its own
   * index.
   */
  public void draw(long seed) {
    for (String name : own.names()) {
      if (name.endsWith(WeightShapes.LORA_A)) {
        double bound = 1 / Math.sqrt(own.get(name).rowSize());
        draw(seed, name, WeightShapes.LORA_A, at -> bound * (2 * SeedTree.uniform(at) - 1));
      } else if (name.endsWith(WeightShapes.EMBEDDING_B)) {
        draw(seed, name, WeightShapes.EMBEDDING_B, SeedTree::gaussian);
      }
    }
  }

  private void draw(long seed, String name, String part, LongToDoubleFunction number) {
    String module = name.substring(0, name.length() - part.length());
    long ofModule = SeedTree.at(seed, "lora/" + module);
    Tensor tensor = own.get(name);
    float[] values = new float[Math.toIntExact(tensor.size())];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) number.applyAsDouble(SeedTree.child(ofModule, i));
    }
    tensor.setFloats(values);
  }

  public LoraSettings settings() {
    return settings;
  }

  /** Where the frozen decoder was loaded from (PEFT: base_model_name_or_path). */
  public String base() {
    return base;
  }

  /** Everything that is trained: token rows, A, Bᵀ, m, and whole weights. */
  public Parameters trained() {
    return trained;
  }

  /** Ids of the trained token rows by name of their table. */
  public Map<String, int[]> tokens() {
    Map<String, int[]> tokens = new LinkedHashMap<>();
    rows.forEach((table, trainedRows) -> tokens.put(table, trainedRows.ids()));
    return tokens;
  }

  /** Tables that are saved with the adapters, though they are not trained. */
  public Set<String> replaced() {
    return replaced;
  }

  /** Whether row {@code id} of every token table is trained: alone, or with the whole table. */
  public boolean trainsToken(int id) {
    boolean all = true;
    boolean any = false;
    for (String table : List.of(WeightShapes.EMBEDDING, WeightShapes.HEAD)) {
      if (weights.has(table)) {
        boolean trains = whole.contains(table) || tables.containsKey(table) || ofRow(table, id);
        all &= trains;
        any |= trains;
      }
    }
    return all && any;
  }

  private boolean ofRow(String table, int id) {
    TrainedRows own = rows.get(table);
    return own != null && Arrays.stream(own.ids()).anyMatch(other -> other == id);
  }

  /** The projection called {@code module}: with its adapter, or without one. */
  public Projection projection(String module) {
    AdaptedLinear adapted = projections.get(module);
    return adapted == null ? Linear.of(engine, weights, module) : adapted;
  }

  /** A token table as it is read, [V, C]: with its adapter, or as it stands. */
  public Tensor table(String table) {
    LoraTable adapted = tables.get(table);
    return adapted == null ? weights.get(table) : adapted.sum();
  }

  /** Whether a low-rank adapter of a token table is among what gradients are wanted of. */
  public boolean adapts(String table, Parameters gradients) {
    return tables.containsKey(table) && tables.get(table).isTrainedBy(gradients);
  }

  /**
   * Adds to the gradients of the adapter of a table.
   *
   * @param d gradient of {@link #table}, [V, C]
   */
  public void tableBackward(String table, Tensor d, Parameters gradients, Arena arena) {
    tables.get(table).backward(d, gradients, arena);
  }

  /** The trained rows of a table, or null. */
  public TrainedRows rows(String table) {
    return rows.get(table);
  }

  /** Takes in what the numbers are now; before every pass, since training changes them. */
  public void refresh(Arena arena) {
    projections.values().forEach(projection -> projection.refresh(arena));
    rows.values().forEach(trainedRows -> trainedRows.refresh(engine, weights));
    tables.values().forEach(LoraTable::refresh);
  }

  /** Puts the adapters into the decoder's weights, in place. */
  public void merge(Arena arena) {
    refresh(arena);
    projections.values().forEach(AdaptedLinear::merge);
    tables.values().forEach(LoraTable::merge);
  }

  @Override
  public void close() {
    projections.values().forEach(AdaptedLinear::close);
    tables.values().forEach(LoraTable::close);
    own.close();
  }
}
