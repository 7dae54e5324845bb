package dev.terse.model.transformer;

import dev.terse.engine.Arena;
import dev.terse.engine.Engine;
import dev.terse.engine.Engine.Write;
import dev.terse.engine.HeadBackward;
import dev.terse.engine.HeadRows;
import dev.terse.engine.LogProbGradient;
import dev.terse.engine.Shapes;
import dev.terse.engine.TableGradient;
import dev.terse.engine.Tensor;
import dev.terse.engine.TokenScores;
import dev.terse.model.adapter.Adapters;
import dev.terse.model.adapter.LoraSettings;
import dev.terse.model.adapter.TrainedRows;
import dev.terse.model.weights.DecoderConfig;
import dev.terse.model.weights.Linear;
import dev.terse.model.weights.PackedBatch;
import dev.terse.model.weights.Parameters;
import dev.terse.model.weights.PassTokens;
import dev.terse.model.weights.RopeScheme;
import dev.terse.model.weights.WeightShapes;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * A decoder-only transformer of a family of {@link DecoderConfig}: forward, explicit backward, and
 * decoding over a key-value cache. Owns its weights, and the adapters on them if there are any; it
 * is what it was built as ({@link DecoderBuilder}) until it is closed. Serves one caller at a time.
 */
public final class Decoder implements AutoCloseable {
  private final Engine engine;
  private final DecoderConfig config;
  private final Parameters weights;
  private final Adapters adapters; // or null
  private final Layer[] layers;
  private final Tensor embedding;
  private final Tensor norm;
  private final Tensor head;
  private final Arena pool;

  /**
   * Takes ownership of the weights and the adapters, not of the engine.
   *
   * @param adapters or null
   * @throws IllegalArgumentException if a weight is missing or has another shape
   */
  Decoder(Engine engine, DecoderConfig config, Parameters weights, Adapters adapters) {
    for (Map.Entry<String, int[]> expected : WeightShapes.of(config).entrySet()) {
      Shapes.require(expected.getKey(), weights.get(expected.getKey()), expected.getValue());
    }
    this.engine = engine;
    this.config = config;
    this.weights = weights;
    this.adapters = adapters;
    this.layers = new Layer[config.layers()];
    for (int l = 0; l < layers.length; l++) {
      LayerWeights own =
          LayerWeights.of(
              weights,
              adapters == null
                  ? module -> Linear.of(engine, weights, module)
                  : adapters::projection,
              l);
      layers[l] = new Layer(engine, config, own, l);
    }
    Function<String, Tensor> table = adapters == null ? weights::get : adapters::table;
    this.embedding = table.apply(WeightShapes.EMBEDDING);
    this.norm = weights.get(WeightShapes.NORM);
    this.head = table.apply(WeightShapes.head(config));
    this.pool = engine.arena();
  }

  /** A decoder with random weights; see {@link DecoderBuilder#random}. */
  public static Decoder random(Engine engine, DecoderConfig config, long seed) {
    return DecoderBuilder.random(engine, config, seed).build();
  }

  /**
   * A decoder whose numbers are all 0, to see what it holds and does with a shape.
   *
   * @param lora adapters on it, and on the last row of its token tables; null for none
   */
  public static Decoder blank(Engine engine, DecoderConfig config, LoraSettings lora) {
    return DecoderBuilder.blank(engine, config, lora).build();
  }

  public Engine engine() {
    return engine;
  }

  public DecoderConfig config() {
    return config;
  }

  /** The decoder's own weights: frozen where there are adapters. */
  public Parameters weights() {
    return weights;
  }

  /** The adapters on the weights, if there are any. */
  public Optional<Adapters> adapters() {
    return Optional.ofNullable(adapters);
  }

  /** What an update moves: all weights, or the adapters and the token rows beside them. */
  public Parameters trained() {
    return adapters == null ? weights : adapters.trained();
  }

  /** Numbers that are trained. */
  public long trainedParameterCount() {
    return trained().size();
  }

  /**
   * Log-probabilities and entropies of the listed rows; forward only, one layer's activations at a
   * time.
   *
   * @param temperature divides the logits
   * @throws IllegalArgumentException if a sequence is longer than the model's positions
   */
  public TokenScores score(PackedBatch batch, HeadRows rows, double temperature) {
    requirePositions(batch);
    refresh();
    try (Arena arena = pool.open()) {
      Tensor hidden = lastHidden(batch, packedAttention(batch), arena);
      return engine.tokenLogProbs(hidden, head, rows, temperature);
    }
  }

  /**
   * What the model says of every token of one sequence, at temperature 1: entry i tells of the
   * token after {@code ids[i]}, and the last has no log-probability.
   *
   * @param ids of the sequence, [N]
   * @return its scores, [N]
   * @throws IllegalArgumentException if it is longer than the model's positions
   */
  public TokenScores score(int[] ids) {
    PackedBatch batch = PackedBatch.of(List.of(ids));
    return score(batch, HeadRows.all(ids, batch.segments()), 1);
  }

  /**
   * Raw logits of every token, [N, V]; for checks on small inputs, since it is the one array that
   * training never holds. Belongs to the caller.
   */
  public Tensor logits(PackedBatch batch) {
    requirePositions(batch);
    refresh();
    Tensor logits = engine.allocate(batch.ids().length, config.vocabSize());
    try (Arena arena = pool.open()) {
      engine.linear(lastHidden(batch, packedAttention(batch), arena), head, null, logits);
    }
    return logits;
  }

  /** Hears the raw logits of neighbouring rows. */
  @FunctionalInterface
  public interface LogitsReader {
    /**
     * @param first index of the first row
     * @param logits [R, V]; lent until this call returns
     */
    void read(int first, Tensor logits);
  }

  /**
   * Tells the raw logits of every token, a block of rows at a time, in order.
   *
   * @param blockRows most rows of a block
   * @throws IllegalArgumentException if a sequence is longer than the model's positions
   */
  public void logits(PackedBatch batch, int blockRows, LogitsReader reader) {
    requirePositions(batch);
    refresh();
    int rows = batch.ids().length;
    try (Arena arena = pool.open()) {
      Tensor hidden = lastHidden(batch, packedAttention(batch), arena);
      for (int from = 0; from < rows; from += blockRows) {
        int to = Math.min(from + blockRows, rows);
        try (Arena scratch = arena.open()) {
          Tensor logits = scratch.floats(to - from, config.vocabSize());
          engine.linear(hidden.rowsView(from, to), head, null, logits);
          reader.read(from, logits);
        }
      }
    }
  }

  /**
   * Forward and backward. Adds to {@code gradients}: names and shapes are those of {@link
   * #trained}, or of some of them; what has no gradient there is frozen and costs nothing. A tied
   * head adds to the embedding.
   *
   * @param loss derivative by each target's log-probability
   * @param recompute whether each layer's activations are computed again in the backward instead of
   *     being retained (TRL: gradient_checkpointing); the gradients have the same bits either way
   * @throws IllegalArgumentException if a sequence is longer than the model's positions
   */
  public TokenScores accumulate(
      PackedBatch batch,
      HeadRows rows,
      double temperature,
      LogProbGradient loss,
      Parameters gradients,
      boolean recompute) {
    requirePositions(batch);
    refresh();
    int n = batch.ids().length;
    PassTokens tokens = PassTokens.of(batch);
    LayerAttention attention = packedAttention(batch);
    try (Arena arena = pool.open()) {
      Tensor[] stream = new Tensor[layers.length + 1]; // the input of each layer, the last output
      for (int l = 0; l < stream.length; l++) {
        stream[l] = arena.floats(n, config.channels());
      }
      LayerActivations[] retained = new LayerActivations[layers.length];
      engine.embed(embedding, batch.ids(), stream[0]);
      addNoise(batch, stream[0], arena);
      for (int l = 0; l < layers.length; l++) {
        if (recompute) {
          layers[l].forward(stream[l], tokens, attention.of(l), stream[l + 1], arena);
        } else {
          retained[l] = LayerActivations.take(arena, config, stream[l]);
          layers[l].activate(retained[l], tokens, attention.of(l), arena);
          layers[l].output(retained[l], tokens, stream[l + 1], arena);
        }
      }

      Tensor d = arena.floats(n, config.channels());
      TokenScores scores =
          headBackward(stream[layers.length], rows, temperature, loss, gradients, d, arena);

      for (int l = layers.length - 1; l >= 0; l--) {
        try (Arena scratch = arena.open()) {
          LayerActivations a = retained[l];
          if (recompute) {
            a = LayerActivations.take(scratch, config, stream[l]);
            layers[l].activate(a, tokens, attention.of(l), scratch);
          }
          layers[l].backwardInPlace(
              a, tokens, batch.segments(), LayerGradients.of(gradients, l), d, scratch);
        }
      }
      embedBackward(batch.ids(), d, gradients, arena);
      return scores;
    }
  }

  /** Adds the noise of a batch to its embeddings {@code x} [N, C]; its gradient is theirs. */
  private void addNoise(PackedBatch batch, Tensor x, Arena arena) {
    if (batch.noise() == null) {
      return;
    }
    try (Arena scratch = arena.open()) {
      Tensor noise = scratch.floats(x.shape());
      float[] row = new float[config.channels()];
      for (int s = 0; s < batch.segments().count(); s++) {
        int start = batch.segments().start(s);
        int length = batch.segments().end(s) - start;
        for (int t = 0; t < length; t++) {
          batch.noise().fill(s, length, t, row);
          noise.write((long) (start + t) * row.length, row, 0, row.length);
        }
      }
      engine.add(noise, 1, x);
    }
  }

  /**
   * Stands ready to decode; sequences join later.
   *
   * @param maxNewTokens most tokens that will be fed to a sequence
   */
  public Decoding decode(int maxNewTokens) {
    refresh();
    return new CachedDecoding(this, maxNewTokens);
  }

  /** Takes in what training has changed in the adapters. */
  private void refresh() {
    if (adapters != null) {
      adapters.refresh(pool);
    }
  }

  /** Which attention each layer uses. */
  @FunctionalInterface
  interface LayerAttention {
    Layer.Attention of(int layer);
  }

  /** Attention inside the sequences of a batch, the same in every layer. */
  LayerAttention packedAttention(PackedBatch batch) {
    return l -> layers[l].packed(batch.segments());
  }

  /** The normed residual stream of {@code batch} after the last layer, [N, C]. */
  Tensor lastHidden(PackedBatch batch, LayerAttention attention, Arena arena) {
    return lastHidden(PassTokens.of(batch), attention, arena);
  }

  /** The normed residual stream of {@code tokens} after the last layer, [N, C]. */
  Tensor lastHidden(PassTokens tokens, LayerAttention attention, Arena arena) {
    Tensor x = arena.floats(tokens.ids().length, config.channels());
    Tensor y = arena.floats(tokens.ids().length, config.channels());
    engine.embed(embedding, tokens.ids(), x);
    for (int l = 0; l < layers.length; l++) {
      layers[l].forward(x, tokens, attention.of(l), y, arena);
      Tensor swap = x;
      x = y;
      y = swap;
    }
    engine.rmsNorm(x, norm, config.normEpsilon(), y);
    return y;
  }

  Tensor head() {
    return head;
  }

  /** Log-probabilities, and the gradient of the stream {@code x} after the last layer into d. */
  private TokenScores headBackward(
      Tensor x,
      HeadRows rows,
      double temperature,
      LogProbGradient loss,
      Parameters gradients,
      Tensor d,
      Arena arena) {
    try (Arena scratch = arena.open()) {
      Tensor hidden = scratch.floats(x.shape());
      Tensor dHidden = scratch.floats(x.shape());
      String table = WeightShapes.head(config);
      TableGradient<Tensor> dTable = tableGradient(table, gradients, scratch);
      engine.rmsNorm(x, norm, config.normEpsilon(), hidden);
      TokenScores scores =
          engine.tokenLogProbs(
              hidden, head, rows, temperature, new HeadBackward<>(loss, dHidden, dTable));
      adapterBackward(table, dTable, gradients, scratch);
      Tensor dNorm = gradients.getOrNull(WeightShapes.NORM);
      Tensor sums = dNorm == null ? scratch.zeros(norm.shape()) : dNorm;
      engine.rmsNormBackward(x, norm, config.normEpsilon(), dHidden, d, Write.OVERWRITE, sums);
      return scores;
    }
  }

  /**
   * What is wanted of the gradient of a token table.
   *
   * @param arena where the gradient of an adapter's table lies until it is handed to the adapter
   */
  private TableGradient<Tensor> tableGradient(String table, Parameters gradients, Arena arena) {
    if (gradients.has(table)) {
      return TableGradient.whole(gradients.get(table));
    }
    if (adapters != null && adapters.adapts(table, gradients)) {
      return TableGradient.whole(arena.zeros(adapters.table(table).shape()));
    }
    Tensor ofRows = gradients.getOrNull(TrainedRows.name(table));
    return ofRows == null
        ? TableGradient.NONE
        : new TableGradient<>(adapters.rows(table).ids(), ofRows);
  }

  /** Hands the gradient of an adapter's table to the adapter. */
  private void adapterBackward(
      String table, TableGradient<Tensor> dTable, Parameters gradients, Arena arena) {
    if (adapters != null && adapters.adapts(table, gradients) && !gradients.has(table)) {
      adapters.tableBackward(table, dTable.sums(), gradients, arena);
    }
  }

  private void embedBackward(int[] ids, Tensor d, Parameters gradients, Arena arena) {
    String table = WeightShapes.EMBEDDING;
    TableGradient<Tensor> gradient = tableGradient(table, gradients, arena);
    if (gradient.isWhole()) {
      engine.embedBackward(ids, d, gradient.sums());
      adapterBackward(table, gradient, gradients, arena);
    } else if (gradient.sums() != null) {
      adapters.rows(WeightShapes.EMBEDDING).embedBackward(engine, ids, d, gradient.sums(), arena);
    }
  }

  private void requirePositions(PackedBatch batch) {
    for (int s = 0; s < batch.segments().count(); s++) {
      int tokens = batch.segments().seenLength(s);
      requirePositions(s, tokens);
      RopeScheme rope = config.rope();
      if (batch.segments().sharesPrefixes()
          && rope.decidingLength(tokens) != rope.decidingLength(0)) {
        throw new IllegalStateException(
            "sequence "
                + s
                + " has "
                + tokens
                + " tokens: beyond the window of dynamic rope scaling a token is turned as the"
                + " length of its sequence says, so none may share a prefix");
      }
    }
  }

  void requirePositions(int sequence, int tokens) {
    if (tokens > config.maxPositions()) {
      throw new IllegalArgumentException(
          "sequence "
              + sequence
              + " needs "
              + tokens
              + " positions, the model has "
              + config.maxPositions()
              + " ("
              + config.limitedBy()
              + "): shorten or drop it");
    }
  }

  @Override
  public void close() {
    if (adapters != null) {
      adapters.close();
    }
    pool.close();
    weights.close();
  }
}
