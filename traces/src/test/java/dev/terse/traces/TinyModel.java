package dev.terse.traces;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.terse.engine.Engine;
import dev.terse.model.chat.ChatPrompt;
import dev.terse.model.chat.ChatTemplate.Message;
import dev.terse.model.tokenizer.Tokenizer;
import dev.terse.model.tokenizer.TokenizerFiles;
import dev.terse.model.transformer.Decoder;
import dev.terse.model.weights.DecoderConfig;
import dev.terse.traces.score.TraceScorer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** A random one-layer model with a byte-level tokenizer whose merges join line feeds and text. */
public record TinyModel(Decoder decoder, Tokenizer tokenizer) implements AutoCloseable {
  public static final Function<List<Message>, ChatPrompt> PROMPT =
      turns -> ChatPrompt.plain("Q: " + turns.get(0).content() + "\nA:");

  public static TinyModel on(Engine engine) {
    return on(engine, 261, 256);
  }

  /**
   * @param vocabulary of the model; ids beyond the tokenizer's have no token
   * @param positions of the model
   */
  public static TinyModel on(Engine engine, int vocabulary, int positions) {
    DecoderConfig config = config(vocabulary, positions, 1, 2, 4);
    return new TinyModel(Decoder.random(engine, config, 3), byteTokenizer());
  }

  /** Weights of 0 in a shape that is worth measuring: two layers of 256 channels. */
  public static TinyModel blank(Engine engine, int vocabulary, int positions) {
    DecoderConfig config = config(vocabulary, positions, 2, 4, 64);
    return new TinyModel(Decoder.blank(engine, config, null), byteTokenizer());
  }

  private static DecoderConfig config(
      int vocabulary, int positions, int layers, int heads, int headDim) {
    String config =
        """
        {"model_type": "llama", "vocab_size": %d, "max_position_embeddings": %d,
         "hidden_size": %d, "intermediate_size": %d, "num_hidden_layers": %d,
         "num_attention_heads": %d, "num_key_value_heads": %d, "initializer_range": 0.5,
         "rms_norm_eps": 1e-5, "tie_word_embeddings": true, "rope_theta": 10000.0}
        """
            .formatted(
                vocabulary,
                positions,
                heads * headDim,
                heads * headDim * 3 / 2,
                layers,
                heads,
                heads / 2);
    try {
      return DecoderConfig.of(new JsonMapper().readTree(config), "tiny");
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  public TraceScorer scorer() {
    return new TraceScorer(decoder, tokenizer, PROMPT);
  }

  @Override
  public void close() {
    decoder.close();
    tokenizer.close();
  }

  /** Bytes, and the tokens {@code \n\n}, {@code .\n\n}, {@code !\n\n?}, {@code " a"}. */
  private static Tokenizer byteTokenizer() {
    ObjectNode root = new JsonMapper().createObjectNode();
    root.put("version", "1.0").putNull("truncation").putNull("padding").putNull("normalizer");
    ObjectNode pre = root.putObject("pre_tokenizer");
    pre.put("type", "ByteLevel").put("add_prefix_space", false);
    pre.put("trim_offsets", false).put("use_regex", false);
    root.putNull("post_processor");
    ObjectNode decoder = root.putObject("decoder");
    decoder.put("type", "ByteLevel").put("add_prefix_space", false);
    decoder.put("trim_offsets", false).put("use_regex", false);
    ObjectNode model = root.putObject("model");
    model.put("type", "BPE").put("byte_fallback", false).put("ignore_merges", false);
    ObjectNode vocab = model.putObject("vocab");
    for (int b = 0, spare = 256; b < 256; b++) {
      boolean printable = b >= '!' && b <= '~' || b >= 0xA1 && b <= 0xAC || b >= 0xAE;
      vocab.put(Character.toString(printable ? b : spare++), b);
    }
    ArrayNode merges = model.putArray("merges");
    String lf = "\u010A";
    String blank = "\u0120";
    for (List<String> pair :
        List.of(
            List.of(lf, lf),
            List.of(".", lf + lf),
            List.of("!", lf + lf),
            List.of("!" + lf + lf, "?"),
            List.of(blank, "a"))) {
      vocab.put(String.join("", pair), vocab.size());
      merges.addArray().add(pair.get(0)).add(pair.get(1));
    }
    root.putArray("added_tokens");
    return Tokenizer.of(
        new TokenizerFiles(
            Map.of(TokenizerFiles.TOKENIZER, root.toString().getBytes(StandardCharsets.UTF_8))));
  }
}
