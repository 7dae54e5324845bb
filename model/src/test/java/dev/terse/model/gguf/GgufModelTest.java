package dev.terse.model.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.terse.engine.Shapes;
import dev.terse.model.chat.ChatTemplate;
import dev.terse.model.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GgufModelTest {
  @TempDir Path folder;

  private GgufModel open(String name) throws IOException {
    return GgufModel.open(GgufFixtures.file(name + ".gguf", folder));
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama", "llama3", "qwen2", "qwen3"})
  void read_everyWeight_hasTheBitsThatTransformersReads(String name)
      throws IOException, NoSuchAlgorithmException {
    JsonNode golden = GgufFixtures.golden(name).get("tensors");
    try (GgufModel model = open(name)) {
      List<String> expected = new ArrayList<>();
      golden.fieldNames().forEachRemaining(expected::add);
      assertThat(model.names()).containsExactlyInAnyOrderElementsOf(expected);
      for (String weight : expected) {
        List<Integer> shape = new ArrayList<>();
        golden.get(weight).get("shape").forEach(axis -> shape.add(axis.asInt()));
        assertThat(model.shape(weight)).containsExactly(shape.toArray(Integer[]::new));
        assertThat(sha256(model, weight))
            .as(weight)
            .isEqualTo(golden.get(weight).get("sha256").asText());
      }
    }
  }

  /** Reads in odd pieces, so that rows and blocks are cut. */
  private static String sha256(GgufModel model, String weight) throws NoSuchAlgorithmException {
    int size = (int) Shapes.size(model.shape(weight));
    float[] values = new float[size];
    for (int at = 0; at < size; at += 37) {
      model.read(weight, at, values, at, Math.min(37, size - at));
    }
    ByteBuffer bytes = ByteBuffer.allocate(4 * size).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes.array()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama", "llama3", "qwen2", "qwen3"})
  void tokenizer_trickyTexts_givesTheIdsOfLlamaCpp(String name) throws IOException {
    try (GgufModel model = open(name);
        Tokenizer tokenizer = Tokenizer.of(model.tokenizerFiles())) {
      for (JsonNode text : GgufFixtures.golden(name).get("texts")) {
        List<Integer> ids = new ArrayList<>();
        text.get("ids").forEach(id -> ids.add(id.asInt()));
        assertThat(tokenizer.encode(text.get("text").asText()))
            .as("%s", text.get("text"))
            .containsExactly(ids.toArray(Integer[]::new));
      }
    }
  }

  @Test
  void tokenizer_tokenKinds_becomeSpecialOrNotAndPaddingRowsAreFree() throws IOException {
    int end = GgufFixtures.golden("llama").get("end").asInt();
    try (GgufModel model = open("llama");
        Tokenizer tokenizer = Tokenizer.of(model.tokenizerFiles());
        Tokenizer skip = tokenizer.withToken("[SKIP]")) {
      assertThat(tokenizer.stopIds()).containsExactly(end);
      assertThat(tokenizer.size()).isEqualTo(end + 4);
      assertThat(skip.id("[SKIP]")).hasValue(end + 4);
      assertThat(model.config().get("vocab_size").asInt()).isEqualTo(end + 6);
      int[] ids = tokenizer.encode("<think>1</think><|end|>");
      assertThat(tokenizer.decode(ids, true)).isEqualTo("<think>1</think>");
      assertThat(tokenizer.encodeData("a<|end|>")).doesNotContain(end);
      assertThat(
              ChatTemplate.find(model.tokenizerFiles().files())
                  .orElseThrow()
                  .render(List.of(new ChatTemplate.Message("user", "hi")), false))
          .isEqualTo("user: hi<|end|>");
    }
  }

  @Test
  void config_llama3Factors_becomeRopeScaling() throws IOException {
    try (GgufModel model = open("llama3")) {
      JsonNode scaling = model.config().get("rope_scaling");
      assertThat(scaling.get("rope_type").asText()).isEqualTo("llama3");
      assertThat(scaling.get("factor").asDouble()).isEqualTo(8);
      assertThat(model.config().get("tie_word_embeddings").asBoolean()).isFalse();
      assertThat(model.config().get("rope_theta").asDouble()).isEqualTo(500_000);
      assertThat(model.names()).contains("lm_head.weight").doesNotContain("rope_freqs.weight");
    }
  }

  @Test
  void config_qwen3_takesTheHeadSizeFromTheFile() throws IOException {
    try (GgufModel model = open("qwen3")) {
      assertThat(model.config().get("head_dim").asInt()).isEqualTo(16);
      assertThat(model.config().get("rms_norm_eps").asDouble()).isEqualTo(1e-5);
    }
  }

  @Test
  void open_transformersChoice_ignoresTheDeclaredWords() throws IOException {
    Path file = GgufFixtures.file("llama.gguf", folder);
    try (GgufModel declared = GgufModel.open(file);
        GgufModel other = GgufModel.open(file, PreTokenizerChoice.TRANSFORMERS);
        Tokenizer a = Tokenizer.of(declared.tokenizerFiles());
        Tokenizer b = Tokenizer.of(other.tokenizerFiles())) {
      assertThat(a.encode("x.\n\n12")).isNotEqualTo(b.encode("x.\n\n12"));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '@',
      value = {
        "gpt2 @ blub @ has a tokenizer of kind 'blub' (tokenizer.ggml.model); supported is gpt2",
        "smollm @ nosuch @ tokenizer.ggml.pre 'nosuch' is not supported, texts would be cut wrongly",
        "attn_output @ attn_outpux @ tensors that a decoder of 2 layers does not",
        "llama.block_count @ llama.block_counx @ llama.block_count must be a positive whole number,",
      })
  void open_somethingUnknown_saysWhat(String old, String changed, String sentence)
      throws IOException {
    byte[] bytes = GgufFixtures.bytes("llama.gguf");
    Path file = folder.resolve("changed.gguf");
    Files.write(file, replaced(bytes, old, changed));
    assertThatThrownBy(() -> GgufModel.open(file).close())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(sentence);
  }

  @Test
  void open_moreLayersThanTensors_isRefusedBeforeTheyAreNamed() throws IOException {
    byte[] bytes = GgufFixtures.bytes("llama.gguf");
    String key = "llama.block_count";
    int at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf(key) + key.length();
    // The type of the value (4 bytes), then the value, little-endian.
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(at + 4, Integer.MAX_VALUE);
    Path file = folder.resolve("deep.gguf");
    Files.write(file, bytes);
    assertThatThrownBy(() -> GgufModel.open(file).close())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("claims 2147483647 layers but holds");
  }

  /** The first text, replaced by one of the same length. */
  private static byte[] replaced(byte[] bytes, String old, String changed) {
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    assertThat(changed).hasSameSizeAs(old);
    return text.replaceFirst(java.util.regex.Pattern.quote(old), changed)
        .getBytes(StandardCharsets.ISO_8859_1);
  }
}
