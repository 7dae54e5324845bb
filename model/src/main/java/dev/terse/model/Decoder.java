package dev.terse.model;

import dev.terse.engine.Arena;
import dev.terse.engine.Engine;
import dev.terse.engine.HeadRows;
import dev.terse.engine.LogProbGradient;
import dev.terse.engine.Shapes;
import dev.terse.engine.Tensor;
import dev.terse.engine.TokenScores;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A decoder-only transformer of the Llama, Qwen2 or Qwen3 family: forward, explicit backward, and
 * decoding over a key-value cache. Owns its weights. Serves one caller at a time.
 */
public final class Decoder implements AutoCloseable {
  private final Engine engine;
  private final DecoderConfig config;
  private final Parameters weights;
  private final Layer[] layers;
  private final Tensor embedding;
  private final Tensor norm;
  private final Tensor head;
  private final Arena pool;

  /**
   * Takes ownership of the weights, not of the engine.
   *
   * @throws IllegalArgumentException if a weight is missing or has another shape
   */
  public Decoder(Engine engine, DecoderConfig config, Parameters weights) {
    for (Map.Entry<String, int[]> expected : WeightShapes.of(config).entrySet()) {
      Shapes.require(expected.getKey(), weights.get(expected.getKey()), expected.getValue());
    }
    this.engine = engine;
    this.config = config;
    this.weights = weights;
    this.layers = new Layer[config.layers()];
    for (int l = 0; l < layers.length; l++) {
      layers[l] = new Layer(engine, config, LayerWeights.of(weights, l));
    }
    this.embedding = weights.get(WeightShapes.EMBEDDING);
    this.norm = weights.get(WeightShapes.NORM);
    this.head = weights.get(WeightShapes.head(config));
    this.pool = engine.arena();
  }

  /** A decoder with random weights; see {@link RandomWeights}. */
  public static Decoder random(Engine engine, DecoderConfig config, long seed) {
    return new Decoder(engine, config, RandomWeights.of(engine, config, seed));
  }

  public Engine engine() {
    return engine;
  }

  public DecoderConfig config() {
    return config;
  }

  public Parameters weights() {
    return weights;
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
    try (Arena arena = pool.open()) {
      Tensor hidden = lastHidden(batch, packedAttention(batch), arena);
      return engine.tokenLogProbs(hidden, head, rows, temperature);
    }
  }

  /**
   * Raw logits of every token, [N, V]; for checks on small inputs, since it is the one array that
   * training never holds. Belongs to the caller.
   */
  public Tensor logits(PackedBatch batch) {
    requirePositions(batch);
    Tensor logits = engine.allocate(batch.ids().length, config.vocabSize());
    try (Arena arena = pool.open()) {
      engine.linear(lastHidden(batch, packedAttention(batch), arena), head, null, logits);
    }
    return logits;
  }

  /**
   * Forward and backward. Adds to {@code gradients} (same names and shapes as the weights; a tied
   * head adds to the embedding).
   *
   * @param loss derivative by each target's log-probability
   * @param recompute whether each layer's activations are computed again in the backward instead of
   *     being kept (TRL: gradient_checkpointing); the gradients have the same bits either way
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
    int n = batch.ids().length;
    int[] positions = batch.segments().positions();
    LayerAttention attention = packedAttention(batch);
    try (Arena arena = pool.open()) {
      Tensor[] stream = new Tensor[layers.length + 1]; // the input of each layer, the last output
      for (int l = 0; l < stream.length; l++) {
        stream[l] = arena.floats(n, config.channels());
      }
      LayerActivations[] kept = new LayerActivations[layers.length];
      engine.embed(embedding, batch.ids(), stream[0]);
      for (int l = 0; l < layers.length; l++) {
        if (recompute) {
          forward(l, stream[l], stream[l + 1], positions, attention, arena);
        } else {
          kept[l] = LayerActivations.take(arena, config, stream[l]);
          layers[l].activate(kept[l], positions, attention.of(l), arena);
          layers[l].output(kept[l], stream[l + 1], arena);
        }
      }

      Tensor d = arena.floats(n, config.channels());
      TokenScores scores =
          headBackward(stream[layers.length], rows, temperature, loss, gradients, d, arena);

      for (int l = layers.length - 1; l >= 0; l--) {
        try (Arena scratch = arena.open()) {
          LayerActivations a = kept[l];
          if (recompute) {
            a = LayerActivations.take(scratch, config, stream[l]);
            layers[l].activate(a, positions, attention.of(l), scratch);
          }
          layers[l].backwardInPlace(
              a, positions, batch.segments(), LayerWeights.of(gradients, l), d, scratch);
        }
      }
      engine.embedBackward(batch.ids(), d, gradients.get(WeightShapes.EMBEDDING));
      return scores;
    }
  }

  /**
   * Stands ready to decode; sequences join later.
   *
   * @param maxNewTokens most tokens that will be fed to a sequence
   */
  public Decoding decode(int maxNewTokens) {
    return new CachedDecoding(this, maxNewTokens);
  }

  /**
   * Gives token {@code id} the mean of the rows before it, in the embedding and in an untied head:
   * the start of a token that the model was not trained on. Where the tables have a row for the id
   * already (Qwen keeps spare ones), it is overwritten; where the id is one past the last row, they
   * grow. The result takes over the weights: use it in place of this decoder.
   *
   * @throws IllegalArgumentException if the id lies further outside
   */
  public Decoder withTokenRow(int id) {
    if (id < 1 || id > config.vocabSize()) {
      throw new IllegalArgumentException(
          "token row " + id + " must be within 1 and " + config.vocabSize() + " (vocab_size)");
    }
    DecoderConfig grown = config.withVocabSize(Math.max(config.vocabSize(), id + 1));
    Map<String, Tensor> tensors = new LinkedHashMap<>(weights.tensors());
    for (String table :
        Stream.of(WeightShapes.EMBEDDING, WeightShapes.head(config)).distinct().toList()) {
      Tensor rows = TokenRows.atLeast(engine, tensors.get(table), grown.vocabSize());
      TokenRows.setToMean(rows, id);
      tensors.put(table, rows);
    }
    pool.close();
    return new Decoder(engine, grown, new Parameters(tensors));
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
    return lastHidden(batch.ids(), batch.segments().positions(), attention, arena);
  }

  /** The normed residual stream of tokens at {@code positions} after the last layer, [N, C]. */
  Tensor lastHidden(int[] ids, int[] positions, LayerAttention attention, Arena arena) {
    Tensor x = arena.floats(ids.length, config.channels());
    Tensor y = arena.floats(ids.length, config.channels());
    engine.embed(embedding, ids, x);
    for (int l = 0; l < layers.length; l++) {
      forward(l, x, y, positions, attention, arena);
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

  private void forward(
      int l, Tensor x, Tensor y, int[] positions, LayerAttention attention, Arena arena) {
    try (Arena scratch = arena.open()) {
      LayerActivations a = LayerActivations.take(scratch, config, x);
      layers[l].activate(a, positions, attention.of(l), scratch);
      layers[l].output(a, y, scratch);
    }
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
      engine.rmsNorm(x, norm, config.normEpsilon(), hidden);
      TokenScores scores =
          engine.tokenLogProbs(
              hidden,
              head,
              rows,
              temperature,
              loss,
              dHidden,
              gradients.get(WeightShapes.head(config)));
      engine.rmsNormBackward(
          x, norm, config.normEpsilon(), dHidden, d, false, gradients.get(WeightShapes.NORM));
      return scores;
    }
  }

  private void requirePositions(PackedBatch batch) {
    for (int s = 0; s < batch.segments().count(); s++) {
      requirePositions(s, batch.segments().length(s));
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
              + " (max_position_embeddings): shorten or drop it");
    }
  }

  @Override
  public void close() {
    pool.close();
    weights.close();
  }
}
