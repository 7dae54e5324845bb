package dev.terse.model.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.terse.model.weights.DecoderConfig;
import dev.terse.model.weights.DecoderConfig.Family;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What becomes of a file's metadata. */
class GgufConfigTest {

  private static ObjectNode config(String architecture, Map<String, Object> scaling) {
    Map<String, Object> metadata = new HashMap<>();
    metadata.put("general.architecture", architecture);
    metadata.put(architecture + ".block_count", 8L);
    metadata.put(architecture + ".attention.head_count", 4L);
    metadata.put(architecture + ".attention.head_count_kv", 2L);
    metadata.put(architecture + ".feed_forward_length", 48L);
    metadata.put(architecture + ".context_length", 131072L);
    metadata.put(architecture + ".rope.freq_base", 1e6f);
    scaling.forEach((key, value) -> metadata.put(architecture + ".rope.scaling." + key, value));
    Map<String, GgufHeader.Entry> tensors =
        Map.of(
            TensorNames.EMBEDDING,
            new GgufHeader.Entry(TensorNames.EMBEDDING, new int[] {100, 32}, GgmlType.F32, 0));
    return new GgufConfig(new Metadata(metadata, "m.gguf"), tensors).config(null);
  }

  @Test
  void yarn_isThatOfAConfigJson() {
    DecoderConfig read =
        DecoderConfig.of(
            config(
                "qwen3", Map.of("type", "yarn", "factor", 4f, "original_context_length", 32768L)));
    ObjectNode json = config("qwen3", Map.of());
    json.putObject("rope_scaling")
        .put("rope_type", "yarn")
        .put("factor", 4.0)
        .put("original_max_position_embeddings", 32768);
    DecoderConfig expected = DecoderConfig.of(json);
    assertThat(read.rope().within().inverseFrequencies())
        .containsExactly(expected.rope().within().inverseFrequencies());
    assertThat(read.rope().within().scale())
        .isEqualTo(expected.rope().within().scale())
        .isEqualTo(0.1 * Math.log(4) + 1);
    assertThat(read.maxPositions()).isEqualTo(131072);
  }

  @Test
  void linear_slowsEveryWave() {
    double[] read =
        DecoderConfig.of(config("llama", Map.of("type", "linear", "factor", 2f)))
            .rope()
            .within()
            .inverseFrequencies();
    double[] plain =
        DecoderConfig.of(config("llama", Map.of())).rope().within().inverseFrequencies();
    for (int i = 0; i < plain.length; i++) {
      assertThat(read[i]).isEqualTo(plain[i] / 2);
    }
  }

  @Test
  void scaling_thatIsNotRead_isRefusedByName() {
    assertThatThrownBy(() -> config("llama", Map.of("type", "longrope")))
        .hasMessage(
            "m.gguf: llama.rope.scaling.type 'longrope' is not supported; supported are none,"
                + " linear, yarn and the factors of Llama 3");
    assertThatThrownBy(
            () -> config("llama", Map.of("type", "yarn", "factor", 4f, "attn_factor", 1.2f)))
        .hasMessage("m.gguf: llama.rope.scaling.attn_factor 1.2 is not supported");
    assertThatThrownBy(() -> config("mamba", Map.of()))
        .hasMessageEndingWith("supported are llama (Mistral too), qwen2, qwen3 and smollm3");
  }

  @Test
  void smolLm3_leavesEveryFourthLayerUnturned() {
    DecoderConfig read = DecoderConfig.of(config("smollm3", Map.of()));
    assertThat(read.family()).isEqualTo(Family.SMOLLM3);
    assertThat(read.unrotated()).containsExactlyInAnyOrder(3, 7);
  }
}
