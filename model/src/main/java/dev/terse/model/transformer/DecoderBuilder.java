package dev.terse.model.transformer;

import dev.terse.engine.Arena;
import dev.terse.engine.Engine;
import dev.terse.engine.Tensor;
import dev.terse.model.adapter.Adapters;
import dev.terse.model.adapter.LoraSettings;
import dev.terse.model.weights.DecoderConfig;
import dev.terse.model.weights.Parameters;
import dev.terse.model.weights.RandomWeights;
import dev.terse.model.weights.TokenRows;
import dev.terse.model.weights.WeightShapes;
import dev.terse.model.weights.WeightUse;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The weights of a decoder before there is one: rows and adapters are added here, so that no
 * decoder ever loses what it is made of. Owns the weights until {@link #build} hands them to the
 * decoder; every later call is refused.
 */
public final class DecoderBuilder implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DecoderBuilder.class);

  private final Engine engine;
  private DecoderConfig config;
  private Parameters weights; // null once they are the decoder's
  private Adapters adapters; // or null

  /** Takes ownership of the weights, not of the engine. */
  public DecoderBuilder(Engine engine, DecoderConfig config, Parameters weights) {
    this.engine = engine;
    this.config = config;
    this.weights = weights;
  }

  /** Random weights; see {@link RandomWeights}. */
  public static DecoderBuilder random(Engine engine, DecoderConfig config, long seed) {
    return new DecoderBuilder(engine, config, RandomWeights.of(engine, config, seed));
  }

  /**
   * Numbers that are all 0, to see what a decoder holds and does with a shape.
   *
   * @param lora adapters on it, and on the last row of its token tables; null for none
   */
  public static DecoderBuilder blank(Engine engine, DecoderConfig config, LoraSettings lora) {
    Map<String, Tensor> zeros = new LinkedHashMap<>();
    WeightUse use = lora == null ? WeightUse.CHANGED : lora.baseUse();
    WeightShapes.of(config)
        .forEach(
            (name, shape) -> zeros.put(name, engine.allocate(use.storage(engine, name), shape)));
    DecoderBuilder blank = new DecoderBuilder(engine, config, new Parameters(zeros));
    return lora == null
        ? blank
        : blank.withAdapters(lora, "", new int[] {config.vocabSize() - 1}, Set.of());
  }

  /** The shape of the decoder, with the rows that were added. */
  public DecoderConfig config() {
    return config;
  }

  /** The adapters that were added, if there are any. */
  public Optional<Adapters> adapters() {
    return Optional.ofNullable(adapters);
  }

  /**
   * Gives token {@code id} the mean of the rows before it, in the embedding and in an untied head:
   * the start of a token that the model was not trained on. Where the tables have a row for the id
   * already (Qwen keeps spare ones), it is overwritten; where the id is one past the last row, they
   * grow.
   *
   * @throws IllegalArgumentException if the id lies further outside
   * @throws IllegalStateException if there are adapters, which were made for the tables as they are
   */
  public DecoderBuilder withTokenRow(int id) {
    requireNoAdapters();
    if (id < 1 || id > config.vocabSize()) {
      throw new IllegalArgumentException(
          "token row " + id + " must be within 1 and " + config.vocabSize() + " (vocab_size)");
    }
    DecoderConfig grown = config.withVocabSize(Math.max(config.vocabSize(), id + 1));
    Map<String, Tensor> tensors = new LinkedHashMap<>(weights().tensors());
    for (String table : tables()) {
      Tensor rows = TokenRows.atLeast(engine, tensors.get(table), grown.vocabSize());
      TokenRows.setToMean(rows, id);
      tensors.put(table, rows);
    }
    config = grown;
    weights = new Parameters(tensors);
    return this;
  }

  /**
   * Makes the token tables at least {@code rows} long; new rows are 0.
   *
   * @throws IllegalStateException if there are adapters
   */
  public DecoderBuilder withRows(int rows) {
    requireNoAdapters();
    if (rows > config.vocabSize()) {
      Map<String, Tensor> tensors = new LinkedHashMap<>(weights().tensors());
      for (String table : tables()) {
        tensors.put(table, TokenRows.atLeast(engine, tensors.get(table), rows));
      }
      config = config.withVocabSize(rows);
      weights = new Parameters(tensors);
    }
    return this;
  }

  /** The table called {@code name}, to be written: the embedding, or the head. */
  public Tensor table(String name) {
    requireNoAdapters();
    return weights().get(name);
  }

  /**
   * Freezes the weights and puts new adapters on them, which change nothing until they are trained.
   *
   * @param base where the weights were loaded from (PEFT: base_model_name_or_path)
   * @param tokens rows of the embedding and of an untied head that are trained beside the adapters,
   *     where the table is not trained anyway
   * @param seed of A
   * @throws IllegalArgumentException if the settings do not fit the decoder
   */
  public DecoderBuilder withAdapters(LoraSettings settings, String base, int[] tokens, long seed) {
    // The row of a new token is no part of the base: its table is saved where the row is not.
    Set<String> replaced = new LinkedHashSet<>();
    if (tokens.length > 0) {
      settings.modules(config).stream()
          .map(lora -> lora.module() + ".weight")
          .filter(table -> table.equals(WeightShapes.EMBEDDING) || table.equals(WeightShapes.HEAD))
          .forEach(replaced::add);
    }
    withAdapters(settings, base, tokens, replaced);
    adapters.draw(seed);
    return this;
  }

  private DecoderBuilder withAdapters(
      LoraSettings settings, String base, int[] tokens, Set<String> replaced) {
    untie(settings);
    Map<String, int[]> byTable = new LinkedHashMap<>();
    for (String table : tables()) {
      if (tokens.length > 0 && !settings.trains(config, table)) {
        byTable.put(table, tokens);
      }
    }
    return withAdapters(settings, base, byTable, replaced);
  }

  /**
   * The same with A of 0, and trained rows by name of their table.
   *
   * @param replaced tables that are saved with the adapters, though they are not trained
   */
  public DecoderBuilder withAdapters(
      LoraSettings settings, String base, Map<String, int[]> tokens, Set<String> replaced) {
    requireNoAdapters();
    untie(settings);
    adapters = new Adapters(engine, config, weights(), settings, base, tokens, replaced);
    return this;
  }

  /**
   * Gives a tied head a table of its own where the adapters change one of the two alone, as PEFT's
   * do.
   */
  private void untie(LoraSettings settings) {
    if (!config.tiedHead() || !settings.changesATable(config)) {
      return;
    }
    LOG.info(
        "embedding and head were one table; the adapters change one of them alone, so the head has"
            + " a table of its own from here on");
    Map<String, Tensor> tensors = new LinkedHashMap<>(weights().tensors());
    Tensor embedding = tensors.get(WeightShapes.EMBEDDING);
    Tensor head = engine.allocate(embedding.shape());
    engine.copy(embedding, head);
    tensors.put(WeightShapes.HEAD, head);
    config = config.untied();
    weights = new Parameters(tensors);
  }

  /**
   * Puts the adapters, if there are any, into the weights: {@code w + s·B·A}, with DoRA row by row
   * {@code m / |w + s·B·A|} times that.
   */
  public DecoderBuilder merged() {
    if (adapters != null) {
      try (Arena arena = engine.arena()) {
        adapters.merge(arena);
      }
      adapters.close();
      adapters = null;
    }
    return this;
  }

  /**
   * The decoder, which owns the weights and the adapters from now on.
   *
   * @throws IllegalArgumentException if a weight is missing or has another shape
   */
  public Decoder build() {
    Decoder decoder = new Decoder(engine, config, weights(), adapters);
    weights = null;
    adapters = null;
    return decoder;
  }

  private Parameters weights() {
    if (weights == null) {
      throw new IllegalStateException("this decoder was built: its weights are its own");
    }
    return weights;
  }

  private void requireNoAdapters() {
    if (adapters != null) {
      throw new IllegalStateException("this decoder has adapters already");
    }
  }

  /** Names of the embedding and of an untied head. */
  private List<String> tables() {
    return Stream.of(WeightShapes.EMBEDDING, WeightShapes.head(config)).distinct().toList();
  }

  /** Frees what was not built. */
  @Override
  public void close() {
    if (adapters != null) {
      adapters.close();
    }
    if (weights != null) {
      weights.close();
    }
  }
}
