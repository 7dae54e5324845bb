package dev.terse.model.folder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terse.engine.Engine;
import dev.terse.engine.HeadRows;
import dev.terse.engine.nd4j.Nd4jEngine;
import dev.terse.engine.numbers.NumberType;
import dev.terse.engine.numbers.Storage;
import dev.terse.engine.reference.ReferenceEngine;
import dev.terse.model.TinyModel;
import dev.terse.model.adapter.LoraSettings;
import dev.terse.model.safetensors.DType;
import dev.terse.model.transformer.Decoder;
import dev.terse.model.transformer.DecoderBuilder;
import dev.terse.model.transformer.Decodings;
import dev.terse.model.weights.LayerProjection;
import dev.terse.model.weights.PackedBatch;
import dev.terse.model.weights.Parameters;
import dev.terse.model.weights.WeightUse;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Weights that are only read take less memory where matmuls round them, and no bit is lost. */
class WeightUseTest {
  private static final int[] IDS = {5, 17, 280, 3, 99, 42, 7, 7, 120};
  private static final LoraSettings LORA =
      new LoraSettings(3, 5, 0.3, EnumSet.allOf(LayerProjection.class), false, false);

  @ParameterizedTest
  @EnumSource
  void read_whereProductsRound_scoresDecodesAndTrainsAdaptersWithTheSameBits(TinyModel tiny) {
    try (Engine engine = rounding();
        Decoder full = ModelFolder.openDecoder(tiny.folder(), engine, WeightUse.CHANGED).build();
        Decoder read = ModelFolder.openDecoder(tiny.folder(), engine, WeightUse.READ).build()) {
      assertThat(scores(read)).isEqualTo(scores(full));
      assertThat(Decodings.greedy(read, IDS, 12)).isEqualTo(Decodings.greedy(full, IDS, 12));
      assertThat(bytes(read)).isLessThan(bytes(full));
    }
    try (Engine engine = rounding();
        Decoder full = adapted(tiny, engine, WeightUse.CHANGED).build();
        Decoder read = adapted(tiny, engine, WeightUse.READ).build()) {
      Map<String, double[]> expected = gradients(full);
      gradients(read)
          .forEach((name, found) -> assertThat(found).as(name).isEqualTo(expected.get(name)));
    }
  }

  @Test
  void read_ofABfloat16File_holdsItsNumbersExactly(@TempDir Path folder) {
    try (Engine engine = rounding();
        ModelFolder model = ModelFolder.load(TinyModel.QWEN3.folder(), engine)) {
      model.save(folder, DType.BF16);
      try (Decoder full = ModelFolder.openDecoder(folder, engine, WeightUse.CHANGED).build();
          Decoder read = ModelFolder.openDecoder(folder, engine, WeightUse.READ).build()) {
        read.weights()
            .tensors()
            .forEach(
                (name, tensor) ->
                    assertThat(tensor.toFloats())
                        .as(name)
                        .isEqualTo(full.weights().get(name).toFloats()));
        assertThat(bytes(read)).isLessThan(bytes(full));
      }
    }
  }

  @Test
  void read_whereProductsDoNotRound_staysFull() {
    try (Engine engine = new ReferenceEngine();
        Decoder read =
            ModelFolder.openDecoder(TinyModel.QWEN2.folder(), engine, WeightUse.READ).build()) {
      assertThat(read.weights().tensors().values())
          .allMatch(tensor -> tensor.storage() == Storage.FULL);
    }
  }

  @Test
  void read_changedNevertheless_isRefused() {
    try (Engine engine = rounding()) {
      DecoderBuilder read = adapted(TinyModel.QWEN2, engine, WeightUse.READ);
      assertThatThrownBy(read::merged)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("may be compact, got a BFLOAT16 tensor");
      read.close();
    }
  }

  @Test
  void baseUse_dora_isChanged() {
    LoraSettings dora = new LoraSettings(3, 5, 0, EnumSet.of(LayerProjection.Q_PROJ), false, true);
    assertThat(dora.baseUse()).isEqualTo(WeightUse.CHANGED);
    assertThat(LORA.baseUse()).isEqualTo(WeightUse.READ);
  }

  private static Engine rounding() {
    try {
      return new Nd4jEngine(NumberType.BFLOAT16);
    } catch (IllegalArgumentException e) {
      return Assumptions.abort(e.getMessage());
    }
  }

  private static DecoderBuilder adapted(TinyModel tiny, Engine engine, WeightUse use) {
    return ModelFolder.openDecoder(tiny.folder(), engine, use)
        .withAdapters(LORA, "base", new int[] {9}, 11);
  }

  private static double[] scores(Decoder decoder) {
    PackedBatch batch = PackedBatch.of(List.of(IDS));
    HeadRows rows = HeadRows.all(batch.ids(), batch.segments());
    return decoder.score(batch, rows, 0.9).entropies();
  }

  private static Map<String, double[]> gradients(Decoder decoder) {
    Map<String, double[]> out = new LinkedHashMap<>();
    PackedBatch batch = PackedBatch.of(List.of(IDS)).withDropout(3, new int[] {1});
    HeadRows rows = HeadRows.all(batch.ids(), batch.segments());
    try (Parameters gradients = decoder.trained().zerosLike(decoder.engine())) {
      decoder.accumulate(batch, rows, 1, (row, logProb) -> -0.1, gradients, true);
      gradients.tensors().forEach((name, tensor) -> out.put(name, tensor.toDoubles()));
    }
    return out;
  }

  private static long bytes(Decoder decoder) {
    return decoder.weights().tensors().values().stream().mapToLong(t -> t.byteSize()).sum();
  }
}
