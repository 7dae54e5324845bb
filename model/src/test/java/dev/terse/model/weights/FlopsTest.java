package dev.terse.model.weights;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.terse.engine.Segments;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class FlopsTest {
  /** C 4, two heads of 2, one key head, F 3, V 5, one layer: W = 4 · (2·4 + 2·2 + 3·3) = 84. */
  private static final String SMALL =
      "{\"model_type\":\"llama\",\"vocab_size\":5,\"hidden_size\":4,\"intermediate_size\":3,"
          + "\"num_hidden_layers\":LAYERS,\"num_attention_heads\":2,\"num_key_value_heads\":1,"
          + "\"head_dim\":2,\"max_position_embeddings\":64,\"rms_norm_eps\":1e-6}";

  private static DecoderConfig layers(int count) throws IOException {
    return DecoderConfig.of(new ObjectMapper().readTree(SMALL.replace("LAYERS", "" + count)));
  }

  @Test
  void forward_threeTokens_areCountedByHand() throws IOException {
    Segments three = Segments.ofLengths(3); // see 1 + 2 + 3 keys
    double projections = 2 * 3 * 84;
    double attention = 4 * 4 * 6;
    double head = 2 * 2 * 5 * 4;
    assertThat(Flops.forward(layers(1), three, 2)).isEqualTo(projections + attention + head);
    assertThat(Flops.forward(layers(2), three, 2))
        .isEqualTo(2 * projections + 2 * attention + head);
    assertThat(Flops.forward(layers(1), three, 0)).isEqualTo(projections + attention);
  }

  /** A prefix of 3 is computed once; two that continue it see it: 2·3 + 3 and 1·3 + 1 keys more. */
  @Test
  void forward_sharedPrefix_isComputedOnceAndSeenByAll() throws IOException {
    Segments shared = Segments.continuing(new int[] {3, 2, 1}, new int[] {Segments.NONE, 0, 0});
    assertThat(Flops.forward(layers(1), shared, 0)).isEqualTo(2 * 6 * 84 + 4 * 4 * (6 + 9 + 4));
    Segments apart = Segments.ofLengths(5, 4);
    assertThat(Flops.forward(layers(1), apart, 0)).isEqualTo(2 * 9 * 84 + 4 * 4 * (15 + 10));
  }

  @Test
  void training_countsBackwards() {
    assertThat(Flops.training(false)).isEqualTo(3);
    assertThat(Flops.training(true)).isEqualTo(2);
  }
}
