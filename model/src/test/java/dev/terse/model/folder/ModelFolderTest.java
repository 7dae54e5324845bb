package dev.terse.model.folder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.terse.engine.Engine;
import dev.terse.engine.Tensor;
import dev.terse.engine.reference.ReferenceEngine;
import dev.terse.model.TinyModel;
import dev.terse.model.chat.ChatTemplate.Message;
import dev.terse.model.safetensors.DType;
import dev.terse.model.safetensors.WeightFiles;
import dev.terse.model.transformer.Decoder;
import dev.terse.model.weights.PackedBatch;
import dev.terse.model.weights.WeightShapes;
import dev.terse.model.weights.WeightUse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ModelFolderTest {
  private static final int[] IDS = {5, 17, 280, 3, 99, 42};

  @TempDir Path folder;

  private final Engine engine = new ReferenceEngine();

  @AfterEach
  void close() {
    engine.close();
  }

  @ParameterizedTest
  @EnumSource
  void folder_savedAndLoaded_isTheSameModel(TinyModel tiny) {
    try (ModelFolder model = ModelFolder.load(tiny.folder(), engine)) {
      model.save(folder);
      try (ModelFolder again = ModelFolder.load(folder, engine)) {
        assertThat(logits(again.decoder())).containsExactly(logits(model.decoder()));
        assertThat(again.tokenizer().encode("The answer is 12.\n\n"))
            .containsExactly(model.tokenizer().encode("The answer is 12.\n\n"));
        assertThat(again.tokenizer().stopIds()).isEqualTo(model.tokenizer().stopIds());
        assertThat(again.generationConfig()).isEqualTo(model.generationConfig());
        List<Message> chat = List.of(new Message("user", "2 + 2?"));
        assertThat(again.template().render(chat, true))
            .isEqualTo("<|user|>2 + 2?\n<|assistant|>")
            .isEqualTo(model.template().render(chat, true));
        assertThat(withoutType(again.decoder().config().json()))
            .isEqualTo(withoutType(model.decoder().config().json()));
      }
    }
  }

  @Test
  void folder_savedAsBfloat16_saysSoAndHoldsRoundedWeights() {
    try (ModelFolder model = ModelFolder.load(TinyModel.QWEN3.folder(), engine)) {
      model.save(folder, DType.BF16);
      try (ModelFolder again = ModelFolder.load(folder, engine)) {
        assertThat(again.decoder().config().json().get("torch_dtype").asText())
            .isEqualTo("bfloat16");
        for (String name : model.decoder().weights().names()) {
          float[] exact = model.decoder().weights().get(name).toFloats();
          float[] rounded = again.decoder().weights().get(name).toFloats();
          for (int i = 0; i < exact.length; i++) {
            // 8 bits of fraction: half a unit in the last place is 2^-9 of the value.
            assertThat(rounded[i]).isCloseTo(exact[i], within(Math.abs(exact[i]) * 0x1.0p-8f));
          }
        }
      }
    }
  }

  @Test
  void weights_inShards_giveTheSameLogitsAsInOneFile() throws IOException {
    try (Decoder single = TinyModel.LLAMA.open(engine)) {
      Files.copy(TinyModel.LLAMA.folder().resolve("config.json"), folder.resolve("config.json"));
      WeightFiles.write(folder, single.weights().tensors(), DType.F32, 30_000);
      assertThat(folder.resolve("model.safetensors")).doesNotExist();

      try (Decoder sharded = ModelFolder.openDecoder(folder, engine, WeightUse.CHANGED).build()) {
        assertThat(logits(sharded)).containsExactly(logits(single));
      }
    }
  }

  @Test
  void skipToken_tableWithSpareRows_takesTheFirstSpareRow() {
    try (ModelFolder model = ModelFolder.load(TinyModel.QWEN2.folder(), engine)) {
      double[] before = logits(model.decoder());
      try (ModelFolder grown = open(TinyModel.QWEN2.folder()).withToken("[SKIP]").build()) {
        assertThat(grown.tokenizer().encode("a[SKIP]b")).hasSize(3).contains(290);
        assertThat(grown.decoder().config().vocabSize()).isEqualTo(300);
        assertMeanRow(grown.decoder(), WeightShapes.EMBEDDING, 290);
        assertMeanRow(grown.decoder(), WeightShapes.HEAD, 290);
        double[] after = logits(grown.decoder());
        for (int i = 0; i < before.length; i++) {
          if (i % 300 != 290) {
            assertThat(after[i]).isEqualTo(before[i]);
          }
        }
      }
    }
  }

  @Test
  void skipToken_fullTable_growsItAndSurvivesSaving() {
    try (ModelFolder grown =
        open(TinyModel.LLAMA.folder()).withToken("[SKIP]").withToken("[SKIP]").build()) {
      assertThat(grown.decoder().config().vocabSize()).isEqualTo(291);
      assertMeanRow(grown.decoder(), WeightShapes.EMBEDDING, 290);

      grown.save(folder);
      try (ModelFolder again = ModelFolder.load(folder, engine)) {
        assertThat(again.decoder().config().json().get("vocab_size").intValue()).isEqualTo(291);
        assertThat(again.tokenizer().id("[SKIP]")).hasValue(290);
        assertThat(logits(again.decoder())).containsExactly(logits(grown.decoder()));
      }
    }
  }

  @Test
  void skipToken_thatIsAnOrdinaryToken_keepsItsTrainedRow() {
    try (ModelFolder model = ModelFolder.load(TinyModel.QWEN3.folder(), engine);
        ModelFolder same = open(TinyModel.QWEN3.folder()).withToken("we").build()) {
      assertThat(model.tokenizer().id("we")).isPresent();
      assertThat(logits(same.decoder())).containsExactly(logits(model.decoder()));
    }
  }

  @Test
  void builder_thatWasBuilt_isRefusedAndClosesNothing() {
    ModelBuilder builder = open(TinyModel.QWEN3.folder());
    try (ModelFolder model = builder.build()) {
      builder.close();
      assertThat(logits(model.decoder()))
          .hasSize(IDS.length * model.decoder().config().vocabSize());
      assertThatThrownBy(builder::build)
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("this decoder was built: its weights are its own");
      assertThatThrownBy(() -> builder.withToken("[SKIP]"))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("this model was built: its parts are its own");
    }
  }

  @Test
  void skipToken_thatIsSpecial_isRefused() {
    try (ModelBuilder model = open(TinyModel.QWEN3.folder())) {
      assertThatThrownBy(() -> model.withToken("<|end|>"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("'<|end|>' is a special token (id 0)");
    }
  }

  @Test
  void weights_thatDoNotFitTheConfig_areAllNamedAtOnce() throws IOException {
    Files.copy(TinyModel.LLAMA.folder().resolve("config.json"), folder.resolve("config.json"));
    try (Decoder decoder = TinyModel.LLAMA.open(engine);
        Tensor other = engine.allocate(7, 3)) {
      Map<String, Tensor> tensors = new LinkedHashMap<>(decoder.weights().tensors());
      tensors.remove("model.layers.1.mlp.up_proj.weight");
      tensors.put("model.norm.weight", other);
      tensors.put("model.layers.2.self_attn.rotary_emb.inv_freq", other);
      tensors.put("model.layers.0.self_attn.q_norm.weight", other);
      tensors.put("lm_head.weight", other);
      WeightFiles.write(folder, tensors, DType.F32, WeightFiles.MAX_SHARD_BYTES);
    }

    assertThatThrownBy(() -> ModelFolder.openDecoder(folder, engine, WeightUse.CHANGED).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(folder.resolve("model.safetensors").toString())
        .hasMessageContaining("does not fit its config (4 problems)")
        .hasMessageContaining("'model.layers.1.mlp.up_proj.weight' [56, 36] is missing")
        .hasMessageContaining("'model.norm.weight' must have shape [36], has [7, 3]")
        .hasMessageContaining("'model.layers.0.self_attn.q_norm.weight' is unexpected")
        .hasMessageContaining(
            "'lm_head.weight' is not the embedding, though tie_word_embeddings is true");
  }

  @Test
  void path_withoutModel_isRefusedInOneSentence() throws IOException {
    assertThatThrownBy(() -> ModelFolder.load(folder.resolve("nowhere"), engine))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("nowhere does not exist: a model is a Hugging Face folder");
    assertThatThrownBy(() -> ModelFolder.openDecoder(folder, engine, WeightUse.CHANGED).build())
        .hasMessageEndingWith("config.json does not exist");
    Files.createDirectories(folder.resolve("snapshots/0a1b"));
    assertThatThrownBy(() -> ModelFolder.load(folder, engine))
        .hasMessage(
            folder
                + " is a model's folder in a cache of the hub: give a folder of "
                + folder.resolve("snapshots")
                + ", where its files are");
  }

  private ModelBuilder open(Path path) {
    return ModelFolder.open(path, engine, WeightUse.CHANGED);
  }

  private static void assertMeanRow(Decoder decoder, String table, int id) {
    Tensor rows = decoder.weights().get(table);
    double[] values = rows.toDoubles();
    int channels = rows.rowSize();
    for (int c = 0; c < channels; c++) {
      double sum = 0;
      for (int r = 0; r < id; r++) {
        sum += values[r * channels + c];
      }
      assertThat(values[id * channels + c]).isCloseTo(sum / id, within(1e-7));
    }
  }

  private static double[] logits(Decoder decoder) {
    try (Tensor logits = decoder.logits(PackedBatch.of(List.of(IDS)))) {
      return logits.toDoubles();
    }
  }

  private static JsonNode withoutType(JsonNode config) {
    ObjectNode copy = config.deepCopy();
    copy.remove(List.of("dtype", "torch_dtype"));
    return copy;
  }
}
