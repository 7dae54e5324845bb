package dev.terse.trainer.model;

import dev.terse.engine.Engine;
import dev.terse.engine.MeasuredEngine;
import dev.terse.io.DataFingerprint;
import dev.terse.model.adapter.LoraSettings;
import dev.terse.model.adapter.ModuleLora;
import dev.terse.model.chat.ChatTemplate;
import dev.terse.model.folder.AdapterFolder;
import dev.terse.model.folder.ModelBuilder;
import dev.terse.model.folder.ModelFolder;
import dev.terse.model.tokenizer.Tokenizer;
import dev.terse.model.transformer.DecoderBuilder;
import dev.terse.model.weights.DecoderConfig;
import dev.terse.model.weights.WeightShapes;
import dev.terse.model.weights.WeightUse;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Function;

/** The model that a run begins with. */
public final class RunModels {
  private RunModels() {}

  /**
   * Loads it, or draws its weights, takes the tokenizer of tokenizer_path, adds the skip token
   * where it is missing, and puts adapters on it where they are to be trained. An adapter's folder
   * is the model with the adapter merged; where adapters are to be trained, it is the adapter to
   * train on.
   *
   * @param seed of random weights and of fresh adapters
   * @param learnsTurns whether the model learns to end its turns as its chat template does
   * @throws IllegalArgumentException if the adapter to train on is not as the configuration says
   */
  public static ModelFolder open(
      ModelArguments arguments, Engine engine, long seed, boolean learnsTurns) {
    String name = arguments.modelNameOrPath();
    boolean adapters = arguments.lora().usePeft();
    if (adapters && AdapterFolder.is(arguments.modelPlace())) {
      return adapter(arguments, arguments.modelPlace(), engine, learnsTurns);
    }
    String token = arguments.skipToken();
    try (ModelBuilder model =
        arguments.modelInit() == null
            ? ModelFolder.open(arguments.modelPlace(), engine, use(arguments))
            : fresh(arguments, config -> DecoderBuilder.random(engine, config, seed))) {
      prepare(model, arguments, learnsTurns);
      if (adapters) {
        LoraSettings settings = arguments.lora().settings();
        requireNoDropoutOfTheHead(settings, config(arguments));
        model.withAdapters(settings, name, token, seed);
      }
      return model.build();
    }
  }

  /**
   * The same but for its numbers and adapters: shape, tokenizer and template, without a weight
   * read.
   *
   * @param counting {@link MeasuredEngine#counting}; not owned
   * @throws IllegalArgumentException as {@link #open}
   */
  public static ModelFolder outline(
      ModelArguments arguments, MeasuredEngine counting, boolean learnsTurns) {
    try (ModelBuilder model =
        arguments.modelInit() == null
            ? ModelFolder.outline(arguments.modelPlace(), counting)
            : fresh(arguments, config -> DecoderBuilder.blank(counting, config, null))) {
      prepare(model, arguments, learnsTurns);
      return model.build();
    }
  }

  /** Takes the tokenizer of tokenizer_path, template and end token, and adds the skip token. */
  private static void prepare(ModelBuilder model, ModelArguments arguments, boolean learnsTurns) {
    if (arguments.modelInit() == null && arguments.tokenizerPath() != null) {
      model.withOtherTokenizer(arguments.tokenizerPlace());
    }
    arguments.chat().setup().apply(model, learnsTurns);
    if (arguments.skipToken() != null) {
      model.withToken(arguments.skipToken());
    }
  }

  /**
   * The model with the run's variables and date for its chat template.
   *
   * @param started when the run began
   */
  public static ModelFolder complete(
      ModelArguments arguments, ModelFolder model, LocalDateTime started) {
    return arguments.chat().setup().complete(model, started);
  }

  private static WeightUse use(ModelArguments arguments) {
    return arguments.lora().usePeft() ? arguments.lora().settings().baseUse() : WeightUse.CHANGED;
  }

  private static ModelFolder adapter(
      ModelArguments arguments, Path folder, Engine engine, boolean learnsTurns) {
    LoraSettings wanted = arguments.lora().settings();
    LoraSettings found = AdapterFolder.settings(folder);
    if (!asWanted(found, arguments.lora(), ModelFolder.config(folder))) {
      throw new IllegalArgumentException(
          folder
              + " is an adapter of "
              + found.describe()
              + ", but the run is to train one of "
              + wanted.describe()
              + ": give lora_r, lora_alpha, lora_target_modules, use_rslora and use_dora as the"
              + " adapter has them to train it on, or merge it first (convert --model "
              + folder
              + " --output FOLDER) and start from there");
    }
    requireNoDropoutOfTheHead(found.withDropout(wanted.dropout()), ModelFolder.config(folder));
    ModelFolder model;
    try (ModelBuilder builder = AdapterFolder.open(folder, engine, wanted.dropout())) {
      arguments.chat().setup().apply(builder, learnsTurns);
      model = builder.build();
    }
    String token = arguments.skipToken();
    if (token != null && !trains(model, token)) {
      model.close();
      throw new IllegalArgumentException(
          folder
              + " is an adapter that does not train the row of "
              + token
              + ": set skip_token to null, or merge it first (convert)");
    }
    return model;
  }

  /** The head's matmul is one with its adapter: nothing can be left out of the adapter's input. */
  private static void requireNoDropoutOfTheHead(LoraSettings settings, DecoderConfig config) {
    boolean adapted =
        settings.trains(config, WeightShapes.HEAD)
            && !settings.savedWeights(config).contains(WeightShapes.HEAD);
    if (adapted && settings.dropout() > 0) {
      throw new IllegalArgumentException(
          "lora_dropout "
              + settings.dropout()
              + " cannot be had where lm_head has an adapter, since nothing is left out of the"
              + " input of the head: set lora_dropout to 0");
    }
  }

  /**
   * Whether an adapter is what the keys say: those that are left out, and patterns, are its own.
   */
  private static boolean asWanted(LoraSettings found, LoraConfig keys, DecoderConfig config) {
    LoraSettings wanted = keys.settings();
    return found.rank() == wanted.rank()
        && found.alpha() == wanted.alpha()
        && found.useRslora() == wanted.useRslora()
        && found.useDora() == wanted.useDora()
        && (keys.loraTargetModules().isEmpty()
            || names(found, config).equals(names(wanted, config)))
        && (keys.loraModulesToSave().isEmpty()
            || found.savedWeights(config).equals(wanted.savedWeights(config)));
  }

  private static List<String> names(LoraSettings settings, DecoderConfig config) {
    return settings.modules(config).stream().map(ModuleLora::module).toList();
  }

  private static boolean trains(ModelFolder model, String token) {
    OptionalInt id = model.tokenizer().id(token);
    return id.isPresent() && model.decoder().adapters().orElseThrow().trainsToken(id.getAsInt());
  }

  /** The shape of that model, without its weights. */
  public static DecoderConfig config(ModelArguments arguments) {
    return arguments.modelInit() == null
        ? ModelFolder.config(arguments.modelPlace())
        : DecoderConfig.of(arguments.initPlace());
  }

  /**
   * The identity of that model's weights: of its files and, where it is an adapter, of those of its
   * base model.
   */
  public static String fingerprint(ModelArguments arguments) throws IOException {
    if (arguments.modelInit() != null) {
      return DataFingerprint.of(arguments.initPlace());
    }
    return ModelFingerprint.ofWeights(arguments.modelPlace());
  }

  /** The embedding has a row for every token of the tokenizer, whatever config.json says. */
  private static ModelBuilder fresh(
      ModelArguments arguments, Function<DecoderConfig, DecoderBuilder> weights) {
    Path folder = arguments.tokenizerPlace();
    Tokenizer tokenizer = Tokenizer.load(folder);
    DecoderConfig config = DecoderConfig.of(arguments.initPlace());
    if (config.vocabSize() < tokenizer.size()) {
      config = config.withVocabSize(tokenizer.size());
    }
    return new ModelBuilder(weights.apply(config), tokenizer, ChatTemplate.load(folder), null);
  }
}
