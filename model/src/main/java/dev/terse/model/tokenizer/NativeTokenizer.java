package dev.terse.model.tokenizer;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;

/** The Rust tokenizer made from one tokenizer.json, kept offline. */
final class NativeTokenizer implements AutoCloseable {
  static {
    // DJL otherwise asks the network: for a CUDA build of the library where it sees a GPU, for the
    // kind of cloud machine, and for usage tracking. A value the user has set is left alone.
    setIfAbsent("ai.djl.offline", "true");
    setIfAbsent("RUST_FLAVOR", "cpu");
    setIfAbsent("OPT_OUT_TRACKING", "true");
  }

  private static final Map<String, String> OPTIONS =
      Map.of("addSpecialTokens", "false", "padding", "false", "truncation", "false");

  private final HuggingFaceTokenizer rust;

  /** Reads the JSON; {@code json} is changed. */
  NativeTokenizer(ObjectNode json) {
    TextBounds.requirePatterns(json);
    // Token ids do not depend on it, but with trimming a token of blanks covers no character.
    setTrimOffsets(json.path("post_processor"));
    json.putNull("truncation");
    json.putNull("padding");
    try {
      rust =
          HuggingFaceTokenizer.newInstance(
              new ByteArrayInputStream(TokenizerFiles.bytes(json)), OPTIONS);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot hand tokenizer.json to the native library", e);
    } catch (RuntimeException e) { // the border to the native library: its errors are of any type
      throw new IllegalArgumentException(
          "tokenizer.json is not one that Hugging Face tokenizers 0.21 reads: " + e.getMessage(),
          e);
    }
  }

  Encoding encode(String text) {
    return rust.encode(text, false, false);
  }

  /** With what the post-processor puts around a text. */
  Encoding encodeWithSpecial(String text) {
    return rust.encode(text, true, false);
  }

  String decode(long[] ids, boolean skipSpecial) {
    return rust.decode(ids, skipSpecial);
  }

  @Override
  public void close() {
    rust.close();
  }

  private static void setIfAbsent(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }

  private static void setTrimOffsets(JsonNode processor) {
    if (processor instanceof ObjectNode object) {
      if (object.has("trim_offsets")) {
        object.put("trim_offsets", false);
      }
      object.path("processors").forEach(NativeTokenizer::setTrimOffsets);
    }
  }
}
