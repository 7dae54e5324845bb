package dev.terse.model.folder;

import com.fasterxml.jackson.databind.JsonNode;
import dev.terse.model.adapter.LoraSettings;
import dev.terse.model.chat.ChatTemplate;
import dev.terse.model.tokenizer.Tokenizer;
import dev.terse.model.transformer.DecoderBuilder;
import java.nio.file.Path;

/**
 * The parts of a model before there is one: a token and adapters are added here. Owns the parts
 * until {@link #build} hands them to the model; every later call is refused.
 */
public final class ModelBuilder implements AutoCloseable {
  private final DecoderBuilder decoder;
  private JsonNode generationConfig;
  private Tokenizer tokenizer; // null once it is the model's
  private ChatTemplate template;

  /**
   * Takes ownership of decoder and tokenizer.
   *
   * @param template or null
   * @param generationConfig or null
   */
  public ModelBuilder(
      DecoderBuilder decoder,
      Tokenizer tokenizer,
      ChatTemplate template,
      JsonNode generationConfig) {
    this.decoder = decoder;
    this.tokenizer = tokenizer;
    this.template = template;
    this.generationConfig = generationConfig;
  }

  DecoderBuilder decoder() {
    return decoder;
  }

  /**
   * Adds {@code token} to the tokenizer as a token that is not special, and sets its row of
   * embedding and head to the mean of the others; nothing if the tokenizer has it already.
   */
  public ModelBuilder withToken(String token) {
    Tokenizer before = tokenizer();
    Tokenizer extended = before.withToken(token);
    if (extended == before) {
      return this;
    }
    int id = extended.id(token).orElseThrow();
    boolean known = id < before.size(); // an ordinary token has a row that was trained
    replace(extended);
    if (!known) {
      decoder.withTokenRow(id);
    }
    return this;
  }

  /**
   * Freezes the weights and puts new adapters on them.
   *
   * @param base where the model was loaded from (PEFT: base_model_name_or_path)
   * @param token whose row is trained beside the adapters, or null
   * @param seed of the adapters' first numbers
   */
  public ModelBuilder withAdapters(LoraSettings settings, String base, String token, long seed) {
    int[] ids = token == null ? new int[0] : new int[] {tokenizer().id(token).orElseThrow()};
    decoder.withAdapters(settings, base, ids, seed);
    return this;
  }

  /** Puts another chat template into the tokenizer's files. */
  public ModelBuilder withChatTemplate(String source) {
    replace(tokenizer().withChatTemplate(source));
    return withTemplateOfFiles();
  }

  /**
   * Makes {@code token} the end token; what ended a completion before ends it still.
   *
   * @throws IllegalArgumentException if it is not in the vocabulary
   */
  public ModelBuilder withEndToken(String token) {
    replace(tokenizer().withEndToken(token));
    generationConfig = tokenizer.files().generationConfig();
    return withTemplateOfFiles();
  }

  /** Adds an id that ends a completion. */
  public ModelBuilder withEndId(int id) {
    replace(tokenizer().withEndId(id));
    generationConfig = tokenizer.files().generationConfig();
    return this;
  }

  /** The special tokens that a template may name stand in the files. */
  private ModelBuilder withTemplateOfFiles() {
    template = ChatTemplate.find(tokenizer.files().files()).orElse(null);
    return this;
  }

  /** The chat template, or null. */
  public ChatTemplate template() {
    return template;
  }

  /** Puts the adapters, if there are any, into the weights. */
  ModelBuilder merged() {
    decoder.merged();
    return this;
  }

  /**
   * Takes tokenizer and template, where there is one, from another folder.
   *
   * @throws IllegalArgumentException if the model has no row for each of its tokens
   */
  public ModelBuilder withOtherTokenizer(Path folder) {
    withTokenizerOf(folder);
    int rows = decoder.config().vocabSize();
    if (tokenizer().size() > rows) {
      throw new IllegalArgumentException(
          "the tokenizer of "
              + folder
              + " has "
              + tokenizer().size()
              + " tokens, the model rows for "
              + rows
              + ": name a tokenizer of the same family");
    }
    return this;
  }

  /** Takes tokenizer and template, where there is one, from an adapter's folder. */
  ModelBuilder withTokenizerOf(Path folder) {
    template = ChatTemplate.find(folder).orElse(template);
    replace(Tokenizer.loadBeside(folder, tokenizer()));
    return this;
  }

  /** The model, which owns the parts from now on. */
  public ModelFolder build() {
    ModelFolder model = new ModelFolder(decoder.build(), tokenizer(), template, generationConfig);
    tokenizer = null;
    return model;
  }

  /** The tokenizer as it is now; owned by this. */
  public Tokenizer tokenizer() {
    if (tokenizer == null) {
      throw new IllegalStateException("this model was built: its parts are its own");
    }
    return tokenizer;
  }

  private void replace(Tokenizer other) {
    tokenizer.close();
    tokenizer = other;
  }

  /** Frees what was not built. */
  @Override
  public void close() {
    decoder.close();
    if (tokenizer != null) {
      tokenizer.close();
    }
  }
}
