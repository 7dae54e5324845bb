package dev.terse.model.weights;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.terse.engine.AttentionShape;
import dev.terse.engine.Shapes;
import dev.terse.io.JsonFile;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Shape of a decoder, as {@code config.json} of a Hugging Face folder tells it.
 *
 * @param family model_type
 * @param vocabSize V, rows of the embedding (vocab_size)
 * @param channels C (hidden_size)
 * @param ffn F (intermediate_size)
 * @param layers num_hidden_layers
 * @param attention head layout (num_attention_heads, num_key_value_heads, head_dim)
 * @param qkvBias whether q, k and v have a bias (qwen2, or attention_bias)
 * @param outputBias whether the attention's output projection has a bias (attention_bias)
 * @param qkNorm whether q and k are normed per head (qwen3)
 * @param tiedHead whether the head is the embedding (tie_word_embeddings)
 * @param normEpsilon rms_norm_eps
 * @param rope how positions turn queries and keys, with rope_scaling applied
 * @param unrotated layers where they do not (smollm3: no_rope_layers)
 * @param maxPositions tokens of the longest sequence: max_position_embeddings, as far as its
 *     scaling stretches it, and no more than a sliding window holds
 * @param limitedBy where that comes from, for error sentences
 * @param initializerRange standard deviation of random weights (initializer_range)
 * @param json the file itself, keys that are not ours included; not to be changed
 */
public record DecoderConfig(
    Family family,
    int vocabSize,
    int channels,
    int ffn,
    int layers,
    AttentionShape attention,
    boolean qkvBias,
    boolean outputBias,
    boolean qkNorm,
    boolean tiedHead,
    double normEpsilon,
    RopeScheme rope,
    Set<Integer> unrotated,
    int maxPositions,
    String limitedBy,
    double initializerRange,
    JsonNode json) {

  /** The supported families; a name in small letters is model_type, and GGUF's architecture. */
  public enum Family {
    LLAMA("LlamaForCausalLM"),
    QWEN2("Qwen2ForCausalLM"),
    QWEN3("Qwen3ForCausalLM"),
    SMOLLM3("SmolLM3ForCausalLM"),
    MISTRAL("MistralForCausalLM");

    private final String architecture;

    Family(String architecture) {
      this.architecture = architecture;
    }

    /** The family of a model_type, if it is supported. */
    public static Optional<Family> of(String modelType) {
      return Arrays.stream(values())
          .filter(family -> family.name().toLowerCase(Locale.ROOT).equals(modelType))
          .findFirst();
    }

    /** The model_types in words: "llama, qwen2, … or …". */
    public static String list() {
      List<String> types =
          Arrays.stream(values()).map(family -> family.name().toLowerCase(Locale.ROOT)).toList();
      int last = types.size() - 1;
      return String.join(", ", types.subList(0, last)) + " or " + types.get(last);
    }

    /** The class of transformers. */
    public String architecture() {
      return architecture;
    }
  }

  /**
   * Reads the text of a config.json, with the defaults of transformers.
   *
   * @param where what error sentences call it, such as the path
   * @throws IllegalArgumentException naming all problems at once
   */
  public static DecoderConfig of(JsonNode json, String where) {
    return new DecoderConfigReader(json, where).read();
  }

  /** {@link #of(JsonNode, String)} of a config that has no file. */
  public static DecoderConfig of(JsonNode json) {
    return of(json, "model config");
  }

  /**
   * Reads a config.json.
   *
   * @throws IllegalArgumentException naming all problems at once
   * @throws java.io.UncheckedIOException if the file cannot be read
   */
  public static DecoderConfig of(Path file) {
    return of(JsonFile.read(file), file.toString());
  }

  public DecoderConfig {
    unrotated = Set.copyOf(unrotated);
  }

  /**
   * Keys of the rotary scaling that have no meaning here, with their values; transformers passes
   * over them too.
   */
  public List<String> unreadRopeKeys() {
    return RopeReader.unread(json);
  }

  /** The same decoder with another number of token rows. */
  public DecoderConfig withVocabSize(int size) {
    ObjectNode changed = json.deepCopy();
    changed.put("vocab_size", size);
    return of(changed);
  }

  /** The same decoder with a head of its own. */
  public DecoderConfig untied() {
    ObjectNode changed = json.deepCopy();
    changed.put("tie_word_embeddings", false);
    return of(changed);
  }

  /** Channels of all query heads, H*D. */
  public int queryChannels() {
    return attention.heads() * attention.headDim();
  }

  /** Channels of all key heads (or value heads), K*D. */
  public int keyChannels() {
    return attention.kvHeads() * attention.headDim();
  }

  /** Number of weights; a tied head counts once. */
  public long parameterCount() {
    return WeightShapes.of(this).values().stream().mapToLong(Shapes::size).sum();
  }
}
