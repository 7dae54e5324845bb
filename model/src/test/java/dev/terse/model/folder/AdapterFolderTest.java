package dev.terse.model.folder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.terse.engine.Engine;
import dev.terse.engine.reference.ReferenceEngine;
import dev.terse.io.JsonFile;
import dev.terse.model.TinyModel;
import dev.terse.model.adapter.LoraSettings;
import dev.terse.model.adapter.TrainedRows;
import dev.terse.model.weights.LayerProjection;
import dev.terse.model.weights.Parameters;
import dev.terse.model.weights.WeightShapes;
import dev.terse.model.weights.WeightUse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an adapter's folder says when something is wrong with it, and new tokens. */
class AdapterFolderTest {
  @TempDir private Path folder;
  private final Engine engine = new ReferenceEngine();

  private void write(Consumer<ObjectNode> change) throws IOException {
    Path from = PeftAdapter.LLAMA_LORA.folder();
    ObjectNode json = (ObjectNode) JsonFile.read(from.resolve(AdapterConfig.FILE));
    json.put("base_model_name_or_path", TinyModel.LLAMA.folder().toString());
    change.accept(json);
    Files.writeString(folder.resolve(AdapterConfig.FILE), JsonFile.text(json));
    Path weights = folder.resolve("adapter_model.safetensors");
    if (!Files.exists(weights)) {
      Files.copy(from.resolve("adapter_model.safetensors"), weights);
    }
  }

  private void refuses(String... parts) {
    assertThatThrownBy(() -> ModelFolder.load(folder, engine))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(parts);
  }

  @Test
  void config_withWhatIsNotSupported_isRefusedAllAtOnce() throws IOException {
    write(
        json -> {
          json.put("peft_type", "IA3")
              .put("bias", "all")
              .put("init_lora_weights", "pissa")
              .put("r", 0);
          json.putArray("modules_to_save").add("lm_head");
          json.putObject("rank_pattern").put("q_proj", 4);
          json.putArray("target_modules").add("q_proj").add("lm_head");
        });
    refuses(
        folder.resolve("adapter_config.json")
            + " cannot be used: peft_type must be LORA, is \"IA3\"",
        "modules_to_save [\"lm_head\"] is not supported",
        "rank_pattern {\"q_proj\":4} is not supported",
        "bias must be none, is \"all\"",
        "init_lora_weights \"pissa\" changes the base model's weights",
        "target_modules may name [q_proj, k_proj, v_proj, o_proj, gate_proj, up_proj, down_proj],"
            + " not [lm_head]",
        "r must be 1 or more, is 0");
  }

  @Test
  void base_missing_isToldWithWhereItWasLookedFor() throws IOException {
    write(json -> json.put("base_model_name_or_path", "no/such/model"));
    refuses(
        folder
            + " is an adapter for 'no/such/model' (base_model_name_or_path), which is not there");
  }

  @Test
  void base_thatIsAnAdapter_isRefused() throws IOException {
    write(json -> json.put("base_model_name_or_path", PeftAdapter.LLAMA_LORA.folder().toString()));
    refuses("which is an adapter itself: merge that one first");
  }

  @Test
  void base_ofAnotherShape_isRefusedWithTheFirstDifferences() throws IOException {
    write(json -> json.put("base_model_name_or_path", TinyModel.QWEN3.folder().toString()));
    refuses(
        "adapter_model.safetensors does not fit its base model and adapter_config.json",
        "trainable_tokens_delta' must have shape [1, 32], has [1, 36]");
  }

  @Test
  void weights_missingOrUnexpected_areNamed() throws IOException {
    write(
        json -> {
          json.putArray("target_modules").add("q_proj");
          json.put("use_dora", true);
        });
    refuses(
        "'base_model.model.model.layers.0.self_attn.q_proj.lora_magnitude_vector' [96] is missing");
    Files.delete(folder.resolve("adapter_model.safetensors"));
    Files.createFile(folder.resolve("adapter_model.bin"));
    refuses("has no adapter_model.safetensors (adapter_model.bin is not read: it can run code");
  }

  @Test
  void folder_withAModelToo_isRefused() throws IOException {
    write(json -> {});
    Files.createFile(folder.resolve("model.safetensors"));
    refuses("holds a model (model.safetensors) and an adapter (adapter_config.json)");
  }

  @Test
  void newToken_beyondTheTables_survivesSavingAndLoading() {
    LoraSettings settings =
        new LoraSettings(2, 4, 0, EnumSet.of(LayerProjection.Q_PROJ), false, false);
    String base = TinyModel.LLAMA.folder().toString();
    int id;
    double[] row;
    try (ModelFolder model =
        ModelFolder.open(TinyModel.LLAMA.folder(), engine, WeightUse.CHANGED)
            .withToken("[SKIP]")
            .withAdapters(settings, base, "[SKIP]", 1)
            .build()) {
      id = model.tokenizer().id("[SKIP]").orElseThrow();
      assertThat(id).isEqualTo(290);
      Parameters trained = model.decoder().trained();
      String name = TrainedRows.name(WeightShapes.EMBEDDING);
      row = new double[trained.get(name).rowSize()];
      for (int c = 0; c < row.length; c++) {
        row[c] = c / 64.0;
      }
      trained.get(name).setDoubles(row);
      model.save(folder);
    }
    assertThat(folder.resolve("model.safetensors")).doesNotExist();
    try (ModelFolder merged = ModelFolder.load(folder, engine)) {
      assertThat(merged.tokenizer().id("[SKIP]")).hasValue(id);
      assertThat(merged.tokenizer().stopIds()).isNotEmpty();
      assertThat(merged.template()).isNotNull();
      assertThat(merged.decoder().config().vocabSize()).isEqualTo(291);
      assertThat(
              merged
                  .decoder()
                  .weights()
                  .get(WeightShapes.EMBEDDING)
                  .rowsView(id, id + 1)
                  .toDoubles())
          .containsExactly(row);
    }
    try (ModelFolder adapter = AdapterFolder.open(folder, engine).build()) {
      assertThat(adapter.decoder().adapters().orElseThrow().trainsToken(id)).isTrue();
      assertThat(adapter.decoder().adapters().orElseThrow().trainsToken(3)).isFalse();
    }
  }
}
