package dev.terse.model.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.terse.engine.Progress;
import dev.terse.engine.Shapes;
import dev.terse.engine.Tensor;
import dev.terse.engine.numbers.Bfloat16;
import dev.terse.engine.reference.ReferenceEngine;
import dev.terse.model.chat.ChatTemplate;
import dev.terse.model.folder.ModelFolder;
import dev.terse.model.folder.StoredModel;
import dev.terse.model.gguf.GgufExport.Type;
import dev.terse.model.safetensors.DType;
import dev.terse.model.safetensors.WeightSource;
import dev.terse.model.tokenizer.Tokenizer;
import dev.terse.model.transformer.Decoder;
import dev.terse.model.transformer.Decodings;
import dev.terse.model.weights.DecoderConfig;
import dev.terse.model.weights.DecoderConfig.Family;
import dev.terse.model.weights.WeightUse;
import dev.terse.testkit.SharedData;
import dev.terse.testkit.TestSeed;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files that are written are read back; that llama.cpp reads them shows bench/gguf.py. */
class GgufExportTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long SEED = TestSeed.of("GgufExportTest");
  private static final int SPARE = 5; // rows of the embedding without a token
  private static final int CHANNELS = 64;

  @TempDir static Path folder;
  private static ReferenceEngine engine;

  @BeforeAll
  static void open() {
    engine = new ReferenceEngine();
  }

  @AfterAll
  static void close() {
    engine.close();
  }

  private static Path tokenizer(String name) {
    return SharedData.projectRoot().resolve("checkpoints").resolve(name);
  }

  /** Random weights in a folder; biases and norms are random too. */
  private static Path model(String name, Consumer<ObjectNode> changes) {
    Path made = folder.resolve(name);
    if (Files.exists(made)) {
      return made;
    }
    Tokenizer tokens = Tokenizer.load(tokenizer("tiny-reasoner"));
    ObjectNode json = JSON.createObjectNode();
    json.put("model_type", "llama").put("vocab_size", tokens.size() + SPARE);
    json.put("hidden_size", CHANNELS).put("intermediate_size", 96).put("num_hidden_layers", 2);
    json.put("num_attention_heads", 4).put("num_key_value_heads", 2).put("head_dim", 16);
    json.put("max_position_embeddings", 512).put("tie_word_embeddings", true);
    json.put("rms_norm_eps", 1e-5).put("rope_theta", 10_000).put("initializer_range", 0.2);
    changes.accept(json);
    Decoder decoder = Decoder.random(engine, DecoderConfig.of(json), SEED);
    Random random = new Random(SEED);
    for (Tensor tensor : decoder.weights().tensors().values()) {
      if (tensor.shape().length == 1) {
        float[] values = new float[(int) tensor.size()];
        for (int i = 0; i < values.length; i++) {
          values[i] = 1 + (float) random.nextGaussian() / 4;
        }
        tensor.setFloats(values);
      }
    }
    ChatTemplate template = ChatTemplate.find(tokens.files().files()).orElse(null);
    try (ModelFolder whole = new ModelFolder(decoder, tokens, template)) {
      whole.save(made);
    }
    return made;
  }

  private static Path model(Family family, boolean tied) {
    String type = family.name().toLowerCase(Locale.ROOT);
    return model(
        type + tied,
        json -> {
          json.put("model_type", type).put("tie_word_embeddings", tied);
          if (family == Family.QWEN3) {
            json.put("head_dim", 24);
          }
          if (family == Family.LLAMA && tied) {
            json.put("attention_bias", true);
            json.put("max_position_embeddings", 131072);
            json.putObject("rope_scaling")
                .put("rope_type", "llama3")
                .put("factor", 8)
                .put("low_freq_factor", 1)
                .put("high_freq_factor", 4)
                .put("original_max_position_embeddings", 8192);
          }
          if (family == Family.QWEN2 && !tied) {
            json.putObject("rope_scaling")
                .put("rope_type", "yarn")
                .put("factor", 4)
                .put("original_max_position_embeddings", 128);
          }
        });
  }

  private static GgufExport export(StoredModel model, Type type) {
    return new GgufExport(
        model.weights(), model.config(), model.tokenizer(), model.template(), "a model", type);
  }

  private static StoredModel open(Path model) {
    return StoredModel.open(
        model,
        () -> {
          throw new AssertionError("no adapter, no engine");
        });
  }

  private static Path written(Path model, Type type) {
    Path file = folder.resolve(model.getFileName() + "-" + type + ".gguf");
    try (StoredModel stored = open(model)) {
      GgufExport export = export(stored, type);
      AtomicLong numbers = new AtomicLong();
      export.write(file, numbers::addAndGet);
      assertThat(numbers).hasValue(export.numbers());
      assertThat(file).hasSize(export.bytes());
    }
    return file;
  }

  private static float[] read(WeightSource source, String name) {
    float[] values = new float[Math.toIntExact(Shapes.size(source.shape(name)))];
    source.read(name, 0, values, 0, values.length);
    return values;
  }

  @ParameterizedTest
  @CsvSource({
    "LLAMA, true",
    "LLAMA, false",
    "MISTRAL, false",
    "QWEN2, true",
    "QWEN2, false",
    "QWEN3, true",
    "QWEN3, false",
    "SMOLLM3, true"
  })
  void write_everyType_isReadBackToItsRounding(Family family, boolean tied) throws IOException {
    Path model = model(family, tied);
    for (Type type : Type.values()) {
      try (StoredModel stored = open(model);
          GgufModel back = GgufModel.open(written(model, type))) {
        assertThat(back.names()).containsExactlyElementsOf(stored.weights().names());
        for (String name : back.names()) {
          assertThat(back.shape(name)).isEqualTo(stored.weights().shape(name));
          requireRounded(type, name, read(stored.weights(), name), read(back, name), tied);
        }
      }
    }
  }

  private static void requireRounded(
      Type type, String name, float[] from, float[] to, boolean tied) {
    boolean vector = !name.matches(".*(_proj|embed_tokens|lm_head).weight");
    boolean head = name.matches("lm_head.weight") || tied && name.contains("embed_tokens");
    Type really = vector ? Type.F32 : type == Type.Q4_0 && head ? Type.Q8_0 : type;
    for (int i = 0; i < from.length; i++) {
      float largest = 0;
      for (int j = i / 32 * 32; j < Math.min(from.length, i / 32 * 32 + 32); j++) {
        largest = Math.max(largest, Math.abs(from[j]));
      }
      float wanted =
          switch (really) {
            case F16 -> DType.halfToFloat(DType.floatToHalf(from[i]));
            case BF16 -> Bfloat16.toFloat(Bfloat16.of(from[i]));
            default -> from[i];
          };
      double within =
          switch (really) {
            // Half a step, and what the scale loses as a half.
            case Q8_0 -> largest * (0.5 / 127 + 0x1.001p-11);
            // The end of the scale that is not exact is cut: a whole step.
            case Q4_0 -> largest * (1.0 / 8 + 0x1.001p-11);
            default -> 0;
          };
      if (Math.abs((double) to[i] - wanted) > within) {
        assertThat(to[i]).as("%s %s [%d]", really, name, i).isEqualTo(wanted);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"LLAMA, true", "LLAMA, false", "QWEN2, false", "QWEN3, true", "SMOLLM3, true"})
  void write_float32_saysTheSame(Family family, boolean tied) throws IOException {
    Path model = model(family, tied);
    int[] prompt = {5, 17, 101, 33, 250};
    try (Decoder one = ModelFolder.openDecoder(model, engine, WeightUse.CHANGED).build();
        Decoder two =
            ModelFolder.openDecoder(written(model, Type.F32), engine, WeightUse.CHANGED).build()) {
      assertThat(Decodings.greedy(two, prompt, 12)).isEqualTo(Decodings.greedy(one, prompt, 12));
      assertThat(two.score(prompt).logProbs()).isEqualTo(one.score(prompt).logProbs());
    }
  }

  /** Golden digests by gguf-py 0.19 (quants.quantize) of the same numbers. */
  @ParameterizedTest
  @CsvSource({
    "F32, 1bfe66eaea0b2f8fb0cb8f64d49ad33084f9ddb7e4951fd1cfcd7c1666068008",
    "Q8_0, e0445d956257d20408f55251f0ceeece1cc9e0ba085fb7d54a28a182c1b2dd98",
    "Q4_0, 2a0a5465d39a300778182fd2045442e2eda0360f7c582abf348681231be1267e",
    "F16, 15cb2ab0b5001b702b8c4b4a0009bb4f379e138ee0e2685cd1b3393af7fa08ed",
    "BF16, fc40a9a4ba1dd7f11445417e2a3f20d7e84d2684041e26f71a4a070146942a74"
  })
  void pack_givesTheBytesOfGgufPy(GgmlType type, String sha256) throws NoSuchAlgorithmException {
    float[] values = new float[96];
    for (int i = 0; i < values.length; i++) {
      values[i] = (i * 37 % 101 - 50) / 7f * (i < 64 ? 1 : 1e-3f);
    }
    int blocks = values.length / type.blockSize();
    ByteBuffer bytes =
        ByteBuffer.allocate(blocks * type.blockBytes()).order(ByteOrder.LITTLE_ENDIAN);
    type.pack(values, blocks, bytes);
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes.array());
    assertThat(HexFormat.of().formatHex(digest)).isEqualTo(sha256);
  }

  @Test
  void pack_zeros_givesZeros() {
    for (GgmlType type : List.of(GgmlType.Q8_0, GgmlType.Q4_0)) {
      ByteBuffer bytes = ByteBuffer.allocate(type.blockBytes()).order(ByteOrder.LITTLE_ENDIAN);
      type.pack(new float[32], 1, bytes);
      float[] back = new float[32];
      type.unpack(bytes, 1, back, 0);
      for (float value : back) {
        assertThat(Math.abs(value)).isZero(); // -0 with 4 bits, as in ggml
      }
    }
  }

  @Test
  void rowOrder_fileAndFolder_areInverse() {
    GgufHeader.Entry queries =
        new GgufHeader.Entry("blk.0.attn_q.weight", new int[] {48, 8}, GgmlType.F32, 0);
    RowOrder order = RowOrder.of("llama", 4, 2, queries);
    boolean[] seen = new boolean[48];
    for (int row = 0; row < 48; row++) {
      assertThat(order.inFolder(order.inFile(row))).isEqualTo(row);
      seen[order.inFile(row)] = true;
    }
    assertThat(seen).doesNotContain(false);
    assertThat(order.inFile(6)).as("the first of a head's second half").isEqualTo(1);
    assertThat(RowOrder.of("qwen2", 4, 2, queries).isPlain()).isTrue();
  }

  @Test
  void metadata_namesAndTypes_areThoseOfLlamaCpp() {
    try (GgufFile file = GgufFile.open(written(model(Family.LLAMA, true), Type.Q4_0))) {
      Map<String, Object> metadata = file.header().metadata();
      assertThat(metadata)
          .containsEntry("general.architecture", "llama")
          .containsEntry("general.name", "a model")
          .containsEntry("general.file_type", 2L)
          .containsEntry("general.quantization_version", 2L)
          .containsEntry("llama.block_count", 2L)
          .containsEntry("llama.context_length", 131072L)
          .containsEntry("llama.embedding_length", 64L)
          .containsEntry("llama.feed_forward_length", 96L)
          .containsEntry("llama.vocab_size", 808L + SPARE)
          .containsEntry("llama.attention.head_count", 4L)
          .containsEntry("llama.attention.head_count_kv", 2L)
          .containsEntry("llama.attention.key_length", 16L)
          .containsEntry("llama.attention.value_length", 16L)
          .containsEntry("llama.attention.layer_norm_rms_epsilon", 1e-5f)
          .containsEntry("llama.rope.dimension_count", 16L)
          .containsEntry("llama.rope.freq_base", 10_000f)
          .containsEntry("tokenizer.ggml.model", "gpt2")
          .containsEntry("tokenizer.ggml.pre", "qwen2")
          .containsEntry("tokenizer.ggml.eos_token_id", 804L)
          .containsEntry("tokenizer.ggml.add_bos_token", false)
          .containsEntry("tokenizer.ggml.add_eos_token", false)
          .containsKey("tokenizer.chat_template");
      assertThat(file.header().tensors().get(TensorNames.ROPE_FACTORS).shape()).containsExactly(8);
      assertThat(file.header().tensors().get("token_embd.weight").type())
          .as("a tied head has 8 bits")
          .isEqualTo(GgmlType.Q8_0);
      assertThat(file.header().dataStart() % GgufWriter.ALIGNMENT).isZero();
    }
    try (GgufFile file = GgufFile.open(written(model(Family.QWEN2, false), Type.F16))) {
      assertThat(file.header().metadata())
          .containsEntry("general.file_type", 1L)
          .containsEntry("qwen2.rope.scaling.type", "yarn")
          .containsEntry("qwen2.rope.scaling.factor", 4f)
          .containsEntry("qwen2.rope.scaling.original_context_length", 128L)
          .containsEntry("qwen2.rope.scaling.yarn_beta_fast", 32f)
          .containsEntry("qwen2.rope.scaling.yarn_beta_slow", 1f);
    }
  }

  @Test
  void tokens_addedOnes_haveTheKindThatPrintsThem() {
    try (StoredModel stored = open(model(Family.QWEN3, true));
        GgufFile file = GgufFile.open(written(model(Family.QWEN3, true), Type.F16));
        GgufModel back = GgufModel.open(file.path());
        Tokenizer tokenizer = Tokenizer.of(back.tokenizerFiles())) {
      List<?> texts = (List<?>) file.header().metadata().get("tokenizer.ggml.tokens");
      List<?> types = (List<?>) file.header().metadata().get("tokenizer.ggml.token_type");
      assertThat(types.get(texts.indexOf("[SKIP]"))).isEqualTo(4L);
      assertThat(types.get(texts.indexOf("<think>"))).isEqualTo(4L);
      assertThat(types.get(texts.indexOf("<|end|>"))).isEqualTo(3L);
      assertThat(texts.get(texts.size() - 1)).isEqualTo("[PAD" + (texts.size() - 1) + "]");
      assertThat(types.get(types.size() - 1)).isEqualTo(5L);
      assertThat(tokenizer.size()).isEqualTo(stored.tokenizer().size());
      assertThat(tokenizer.stopIds()).containsAll(stored.tokenizer().stopIds());
      for (String text : List.of("12 + 3.\n\n[SKIP]\n\nså <|end|>", " <think>a</think>  b")) {
        assertThat(tokenizer.encode(text)).isEqualTo(stored.tokenizer().encode(text));
      }
      assertThat(back.config().get("vocab_size"))
          .isEqualTo(stored.config().json().get("vocab_size"));
    }
  }

  @Test
  void write_aGgufFileAgain_keepsItsTokensAndWeights() {
    Path first = written(model(Family.LLAMA, true), Type.F16);
    Path again = folder.resolve("again.gguf");
    try (StoredModel stored = open(first)) {
      export(stored, Type.F16).write(again, Progress.NONE);
    }
    assertThat(again).hasSameBinaryContentAs(first);
  }

  private static void assertRefused(Path model, Type type, String sentence) {
    Path file = folder.resolve("refused/model.gguf");
    assertThatThrownBy(
            () -> {
              try (StoredModel stored = open(model)) {
                export(stored, type).write(file, Progress.NONE);
              }
            })
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(sentence);
    assertThat(file.getParent()).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "dynamic | llama | {'rope_type': 'dynamic', 'factor': 2} | llama.cpp knows no rope scaling",
        "odd | llama | {'rope_type': 'llama3', 'factor': 8, 'low_freq_factor': 1, 'high_freq_factor':"
            + " 4, 'original_max_position_embeddings': 64} | not those of a Llama 3 release",
        "place | qwen3 | {'rope_type': 'llama3', 'factor': 8, 'low_freq_factor': 1,"
            + " 'high_freq_factor': 4, 'original_max_position_embeddings': 8192} |"
            + " rope scaling for llama models only, this is qwen3",
        "sharp | qwen3 | {'rope_type': 'yarn', 'factor': 2, 'attention_factor': 3} | attention factor"
            + " of the rope scaling is 3.0, would be read as 1.069",
        "heads | qwen2 | {} | to have hidden_size 64 channels in all, these have 128",
      })
  void export_aDecoderThatLlamaCppLacks_isRefused(
      String name, String type, String scaling, String sentence) throws IOException {
    JsonNode rope = JSON.readTree(scaling.replace('\'', '"'));
    Path model =
        model(
            "refused-" + name,
            json -> {
              json.put("model_type", type).set("rope_scaling", rope);
              if (name.equals("heads")) {
                json.put("head_dim", 32);
              }
            });
    assertRefused(model, Type.F32, sentence);
  }

  @Test
  void export_noRopeLayersElsewhere_isRefused() {
    Path model =
        model(
            "refused-nope",
            json -> json.put("model_type", "smollm3").putArray("no_rope_layers").add(0).add(1));
    assertRefused(model, Type.F32, "layers without rotation is [0], would be read as []");
  }

  /** A copy of a model with another tokenizer.json or tokenizer_config.json. */
  private static Path retokenized(String name, String file, Consumer<ObjectNode> change)
      throws IOException {
    Path from = model(Family.LLAMA, false);
    Path copy = Files.createDirectory(folder.resolve(name));
    try (var files = Files.list(from)) {
      for (Path each : files.toList()) {
        Files.copy(each, copy.resolve(each.getFileName()));
      }
    }
    ObjectNode json = (ObjectNode) JSON.readTree(copy.resolve(file).toFile());
    change.accept(json);
    JSON.writeValue(copy.resolve(file).toFile(), json);
    return copy;
  }

  @Test
  void export_aTokenizerThatLlamaCppLacks_isRefused() throws IOException {
    assertRefused(
        retokenized(
            "words",
            "tokenizer.json",
            json -> {
              ObjectNode split = (ObjectNode) json.at("/pre_tokenizer/pretokenizers/0");
              split.putObject("pattern").put("Regex", "\\p{L}+|\\s");
            }),
        Type.F32,
        "by rules that no name in a GGUF file is known for; known are those of [gpt-2, smollm,"
            + " qwen2, llama-bpe]. tokenizer.json has normalizer null, pre_tokenizer"
            + " {\"type\":\"Sequence\"");
    assertRefused(
        retokenized(
            "normal",
            "tokenizer.json",
            json -> json.putObject("normalizer").put("type", "Lowercase")),
        Type.F32,
        "has normalizer {\"type\":\"Lowercase\"}");
    assertRefused(
        retokenized(
            "merges",
            "tokenizer.json",
            json -> ((ObjectNode) json.get("model")).put("ignore_merges", true)),
        Type.F32,
        "ignore_merges true");
    assertRefused(
        retokenized(
            "decoder", "tokenizer.json", json -> json.putObject("decoder").put("type", "Fuse")),
        Type.F32,
        "is of type 'BPE' with decoder 'Fuse'; byte-level BPE");
    Path endless =
        retokenized("endless", "tokenizer_config.json", json -> json.remove("eos_token"));
    ObjectNode config = (ObjectNode) JSON.readTree(endless.resolve("config.json").toFile());
    config.remove("eos_token_id");
    JSON.writeValue(endless.resolve("config.json").toFile(), config);
    assertRefused(endless, Type.F32, "names no token that ends a text");
  }

  @Test
  void export_whatTheFileCannotSay_isNoted() throws IOException {
    Path model =
        retokenized(
            "strips",
            "tokenizer.json",
            json -> {
              for (JsonNode token : json.get("added_tokens")) {
                if (token.get("content").asText().equals("[SKIP]")) {
                  ((ObjectNode) token).put("lstrip", true);
                }
              }
            });
    try (StoredModel stored = open(model)) {
      assertThat(export(stored, Type.F32).notes())
          .containsExactly(
              "a GGUF file cannot say lstrip of the added token '[SKIP]': texts are cut otherwise"
                  + " beside it");
    }
    Path narrow = model("narrow", json -> json.put("intermediate_size", 40));
    try (StoredModel stored = open(narrow)) {
      assertThat(export(stored, Type.Q8_0).notes())
          .containsExactly(
              "2 tensors are F16: their rows are no whole blocks of 32 numbers, the first is"
                  + " blk.0.ffn_down.weight");
      assertThat(export(stored, Type.BF16).notes()).isEmpty();
    }
  }

  @Test
  void write_numbersThatDoNotFit_writesNothing() {
    Path model = model(Family.QWEN2, true);
    try (StoredModel stored = open(model)) {
      String name = "model.layers.1.mlp.up_proj.weight";
      for (float bad : new float[] {70_000, Float.NaN, Float.NEGATIVE_INFINITY}) {
        float[] values = read(stored.weights(), name);
        Arrays.fill(values, 100, 101, bad);
        Tensor changed = engine.allocate(stored.weights().shape(name));
        changed.setFloats(values);
        WeightSource weights = with(stored.weights(), name, WeightSource.of(Map.of(name, changed)));
        GgufExport export =
            new GgufExport(weights, stored.config(), stored.tokenizer(), null, "bad", Type.F16);
        Path file = folder.resolve("bad/model.gguf");
        assertThatThrownBy(() -> export.write(file, Progress.NONE))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("'" + name + "' holds " + bad)
            .hasMessageContaining(
                bad > 0
                    ? "F16 goes to 65504.0: take bfloat16 or float32"
                    : "which is no number: the model is damaged");
        assertThat(file.getParent()).doesNotExist();
        changed.close();
      }
    }
  }

  /** A source with another array of one name. */
  private static WeightSource with(WeightSource all, String changed, WeightSource other) {
    return new WeightSource() {
      private WeightSource of(String name) {
        return name.equals(changed) ? other : all;
      }

      @Override
      public Set<String> names() {
        return all.names();
      }

      @Override
      public int[] shape(String name) {
        return all.shape(name);
      }

      @Override
      public void read(String name, long offset, float[] target, int at, int count) {
        of(name).read(name, offset, target, at, count);
      }

      @Override
      public DType dtype(String name) {
        return of(name).dtype(name);
      }

      @Override
      public String description() {
        return all.description();
      }

      @Override
      public void close() {}
    };
  }
}
