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
          json.putArray("target_parameters").add("experts");
          json.putObject("rank_pattern").put("q_proj", 0);
        });
    refuses(
        folder.resolve("adapter_config.json")
            + " cannot be used: peft_type must be LORA, is \"IA3\"",
        "target_parameters [\"experts\"] is not supported",
        "rank_pattern must hold ranks from 1 to 65536, is {\"q_proj\":0}",
        "bias must be none, is \"all\"",
        "init_lora_weights \"pissa\" changes the base model's weights",
        "r must be from 1 to 65536, is 0");
  }

  /** Refused by the number, before anything of that size is made. */
  @Test
  void config_withARankOfTheLargestInteger_isRefused() throws IOException {
    write(json -> json.put("r", Integer.MAX_VALUE));
    refuses("r must be from 1 to 65536, is 2147483647");
    write(json -> json.put("r", 1L << 32)); // as an int it would be 0
    refuses("r must be from 1 to 65536, is 4294967296");
    write(json -> json.putObject("rank_pattern").put("q_proj", Integer.MAX_VALUE));
    refuses("rank_pattern must hold ranks from 1 to 65536, is {\"q_proj\":2147483647}");
  }

  @Test
  void config_thatChoosesWhatIsNotThere_isRefused() throws IOException {
    write(json -> json.putArray("target_modules").add("c_attn"));
    refuses(
        "target_modules choose no module of the model: c_attn; it has model.layers.0.self_attn");
    write(json -> json.put("target_modules", "(q_proj"));
    refuses("'(q_proj' is no regular expression: Unclosed group");
    write(json -> json.putArray("modules_to_save").add("score"));
    refuses("modules_to_save names 'score', which is no module of the model");
    write(json -> json.put("target_modules", ".*q_proj").putArray("layers_to_transform").add(0));
    refuses("layers_to_transform needs target_modules as a list of names, not as a pattern");
    write(
        json -> {
          json.putArray("modules_to_save").add("proj");
          json.putArray("target_modules").add("q_proj");
        });
    refuses("q_proj is trained whole (modules_to_save) and has an adapter: choose one");
    write(json -> json.put("ensure_weight_tying", true).putArray("modules_to_save").add("lm_head"));
    refuses("ensure_weight_tying is not supported where embed_tokens or lm_head is changed");
  }

  /** As adapters of 2023 have it, and as PEFT reads them. */
  @Test
  void config_ofAnOldAdapter_takesPeftsDefaults() throws IOException {
    write(
        json -> {
          json.removeAll();
          json.put("base_model_name_or_path", TinyModel.LLAMA.folder().toString())
              .put("peft_type", "LORA")
              .put("bias", "none")
              .putNull("enable_lora")
              .put("fan_in_fan_out", true)
              .put("merge_weights", false)
              .putNull("modules_to_save")
              .putNull("target_modules");
        });
    assertThat(AdapterConfig.read(folder).settings().describe())
        .isEqualTo("rank 8, alpha 8 on q_proj, v_proj");
  }

  @Test
  void trainedRows_ofATiedTable_areOneOrRefused() throws IOException {
    write(
        json -> {
          ObjectNode byTable = json.putObject("trainable_token_indices");
          byTable.putArray("embed_tokens").add(5).add(6);
          byTable.putArray("lm_head").add(6).add(7);
        });
    refuses(
        "adapter_config.json: trainable_token_indices must name the same rows for lm_head as for"
            + " embed_tokens, since the base model ties the two: embed_tokens [5, 6], lm_head"
            + " [6, 7]");
    write(json -> json.putObject("trainable_token_indices").putArray("lm_head").add(5));
    refuses("embed_tokens null, lm_head [5]");
  }

  @Test
  void base_missing_isToldWithWhereItWasLookedFor() throws IOException {
    write(json -> json.put("base_model_name_or_path", "no/such/model"));
    refuses(
        folder
            + " is an adapter for 'no/such/model' (base_model_name_or_path), which is not there");
    write(json -> json.put("base_model_name_or_path", "Qwen/Qwen3-0.6B"));
    refuses("'hf download Qwen/Qwen3-0.6B --local-dir models/Qwen/Qwen3-0.6B'");
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
