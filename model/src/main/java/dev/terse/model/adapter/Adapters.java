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
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Low-rank adapters on the projections of a frozen decoder, with the token rows that are trained
 * beside them. Owns its numbers, not the decoder's.
 */
public final class Adapters implements AutoCloseable {
  private final Engine engine;
  private final LoraSettings settings;
  private final String base;
  private final Parameters weights;
  private final Parameters trained;
  private final Map<String, AdaptedLinear> projections = new LinkedHashMap<>();
  private final Map<String, TrainedRows> rows = new LinkedHashMap<>();

  /**
   * Adapters that change nothing yet: B is 0, m the length of each row, token rows as they stand.
   *
   * @param weights of the decoder; not owned
   * @param base where the decoder was loaded from (PEFT: base_model_name_or_path)
   * @param tokens ids of the trained rows by name of their table; tables without any may be absent
   */
  public Adapters(
      Engine engine,
      DecoderConfig config,
      Parameters weights,
      LoraSettings settings,
      String base,
      Map<String, int[]> tokens) {
    this.engine = engine;
    this.settings = settings;
    this.base = base;
    this.weights = weights;
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tokens.forEach(
        (table, ids) -> {
          TrainedRows own = TrainedRows.of(engine, weights, table, ids);
          rows.put(table, own);
          tensors.put(TrainedRows.name(table), own.rows());
        });
    for (int layer = 0; layer < config.layers(); layer++) {
      for (LayerProjection target : settings.targets()) {
        String module = target.module(layer);
        projections.put(module, adapted(layer, target, tensors));
      }
    }
    this.trained = new Parameters(tensors);
  }

  private AdaptedLinear adapted(int layer, LayerProjection target, Map<String, Tensor> tensors) {
    String module = target.module(layer);
    Linear linear = Linear.of(engine, weights, module);
    Tensor a = engine.allocate(settings.rank(), linear.inputs());
    Tensor b = engine.allocate(settings.rank(), linear.outputs());
    tensors.put(module + WeightShapes.LORA_A, a);
    tensors.put(module + WeightShapes.LORA_B, b);
    LowRank lowRank = new LowRank(engine, settings.scale(), a, b);
    InputDropout dropout = new InputDropout(engine, settings.dropout(), layer, target);
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
   * Draws A as PEFT does, uniform in ±1/√I (Kaiming with a = √5). An element is a function of the
   * seed, its module and its own index.
   */
  public void draw(long seed) {
    for (String module : projections.keySet()) {
      Tensor a = trained.get(module + WeightShapes.LORA_A);
      double bound = 1 / Math.sqrt(a.rowSize());
      long own = SeedTree.at(seed, "lora/" + module);
      float[] values = new float[Math.toIntExact(a.size())];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) (bound * (2 * SeedTree.uniform(SeedTree.child(own, i)) - 1));
      }
      a.setFloats(values);
    }
  }

  public LoraSettings settings() {
    return settings;
  }

  /** Where the frozen decoder was loaded from (PEFT: base_model_name_or_path). */
  public String base() {
    return base;
  }

  /** Everything that is trained: A, Bᵀ, m and token rows. */
  public Parameters trained() {
    return trained;
  }

  /** Ids of the trained token rows by name of their table. */
  public Map<String, int[]> tokens() {
    Map<String, int[]> tokens = new LinkedHashMap<>();
    rows.forEach((table, own) -> tokens.put(table, own.ids()));
    return tokens;
  }

  /** Whether row {@code id} of every token table is trained. */
  public boolean trainsToken(int id) {
    boolean all = !rows.isEmpty();
    for (TrainedRows own : rows.values()) {
      boolean found = false;
      for (int trainedId : own.ids()) {
        found |= trainedId == id;
      }
      all &= found;
    }
    return all;
  }

  /** Names of the modules with an adapter, such as {@code model.layers.0.self_attn.q_proj}. */
  List<String> modules() {
    return new ArrayList<>(projections.keySet());
  }

  /** The projection called {@code module}: with its adapter, or without one. */
  public Projection projection(String module) {
    AdaptedLinear adapted = projections.get(module);
    return adapted == null ? Linear.of(engine, weights, module) : adapted;
  }

  /** The trained rows of a table, or null. */
  public TrainedRows rows(String table) {
    return rows.get(table);
  }

  /** Takes in what the numbers are now; before every pass, since training changes them. */
  public void refresh(Arena arena) {
    projections.values().forEach(projection -> projection.refresh(arena));
    rows.values().forEach(own -> own.refresh(engine, weights));
  }

  /** Puts the adapters into the decoder's weights, in place. */
  public void merge(Arena arena) {
    refresh(arena);
    projections.values().forEach(AdaptedLinear::merge);
  }

  @Override
  public void close() {
    projections.values().forEach(AdaptedLinear::close);
    trained.close();
  }
}
