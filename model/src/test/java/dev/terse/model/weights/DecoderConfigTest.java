package dev.terse.model.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.terse.io.JsonFile;
import dev.terse.model.weights.DecoderConfig.Family;
import dev.terse.testkit.SharedData;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class DecoderConfigTest {
  private static final String SHAPE =
      "'hidden_size':64,'intermediate_size':96,'num_hidden_layers':2,'num_attention_heads':8,"
          + "'vocab_size':100";

  @Test
  void config_llamaWithDefaults_isThatOfTransformers() {
    DecoderConfig config = read("{'model_type':'llama'," + SHAPE + "}");

    assertThat(config.family()).isEqualTo(Family.LLAMA);
    assertThat(config.attention().kvHeads()).isEqualTo(8);
    assertThat(config.attention().headDim()).isEqualTo(8);
    assertThat(config.qkvBias()).isFalse();
    assertThat(config.outputBias()).isFalse();
    assertThat(config.qkNorm()).isFalse();
    assertThat(config.tiedHead()).isFalse();
    assertThat(config.normEpsilon()).isEqualTo(1e-6);
    assertThat(config.maxPositions()).isEqualTo(2048);
    assertThat(config.rotary().inverseFrequencies())
        .containsExactly(new double[] {1, 0.1, 0.01, 0.001}, within(1e-15));
  }

  @Test
  void config_qwenFamilies_haveTheirBiasNormAndHeadDefaults() {
    DecoderConfig qwen2 =
        read("{'model_type':'qwen2','num_key_value_heads':2,'attention_bias':true," + SHAPE + "}");
    DecoderConfig qwen3 = read("{'model_type':'qwen3','num_key_value_heads':2," + SHAPE + "}");

    assertThat(qwen2.qkvBias()).isTrue();
    assertThat(qwen2.outputBias()).isFalse();
    assertThat(qwen2.attention().headDim()).isEqualTo(8);
    assertThat(qwen2.maxPositions()).isEqualTo(32768);
    assertThat(qwen3.qkvBias()).isFalse();
    assertThat(qwen3.qkNorm()).isTrue();
    assertThat(qwen3.attention().headDim()).isEqualTo(128);
  }

  @Test
  void ropeScaling_oldAndNewForm_giveTheSameFrequencies() {
    String scaling =
        "'factor':8.0,'low_freq_factor':1.0,'high_freq_factor':4.0,"
            + "'original_max_position_embeddings':64";
    DecoderConfig old =
        read(
            "{'model_type':'llama','rope_theta':500000.0,'rope_scaling':{'rope_type':'llama3',"
                + scaling
                + "},"
                + SHAPE
                + "}");
    DecoderConfig modern =
        read(
            "{'model_type':'llama','rope_parameters':{'rope_type':'llama3','rope_theta':500000.0,"
                + scaling
                + "},"
                + SHAPE
                + "}");

    assertThat(modern.rotary().inverseFrequencies())
        .containsExactly(old.rotary().inverseFrequencies());
    // The first wave (2π positions) is shorter than 64/4 and stays, the last is longer than 64.
    assertThat(old.rotary().inverseFrequencies()[0]).isEqualTo(1);
    assertThat(old.rotary().inverseFrequencies()[3])
        .isCloseTo(Math.pow(500000, -0.75) / 8, within(1e-12));
  }

  @Test
  void config_manyMistakes_areAllNamedAtOnce() {
    assertThatThrownBy(
            () ->
                read(
                    "{'model_type':'mamba','hidden_act':'gelu','num_attention_heads':3,"
                        + "'num_key_value_heads':2,'hidden_size':64.5,'vocab_size':-1,"
                        + "'use_sliding_window':true,'rope_scaling':{'type':'yarn','factor':4.0},"
                        + "'num_hidden_layers':2}"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("8 problems in a.json: ")
        .hasMessageContaining("model_type must be llama, qwen2 or qwen3, is 'mamba'")
        .hasMessageContaining("vocab_size must be a positive integer, is -1")
        .hasMessageContaining("hidden_size must be a positive integer, is 64.5")
        .hasMessageContaining("intermediate_size is missing")
        .hasMessageContaining("num_key_value_heads 2 must divide num_attention_heads 3")
        .hasMessageContaining("hidden_act must be silu, is 'gelu'")
        .hasMessageContaining("use_sliding_window true is not supported")
        .hasMessageContaining("rope_type must be default or llama3, 'yarn' is not supported");
  }

  @Test
  void config_notJson_isRefusedWithItsName() {
    assertThatThrownBy(() -> JsonFile.parse("{\"a\":1,\"a\":2}", "config.json"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("config.json is not valid JSON: Duplicate field 'a'");
    assertThatThrownBy(() -> DecoderConfig.of(Path.of("nowhere/config.json")))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageEndingWith("config.json does not exist");
  }

  @Test
  void config_r1DistillQwen32b_isRead() {
    DecoderConfig config =
        DecoderConfig.of(
            SharedData.assumePresent("tokenizers/deepseek-r1-distill-qwen/config-32b.json"));

    assertThat(config.family()).isEqualTo(Family.QWEN2);
    assertThat(config.attention().group()).isEqualTo(5);
    assertThat(config.attention().headDim()).isEqualTo(128);
    assertThat(config.vocabSize()).isEqualTo(152064);
    assertThat(config.tiedHead()).isFalse();
    assertThat(config.rotary().inverseFrequencies()[1])
        .isCloseTo(Math.pow(1e6, -1.0 / 64), within(1e-15));
  }

  @Test
  void vocabSize_changed_keepsTheOtherKeys() {
    DecoderConfig config = read("{'model_type':'llama','my_key':[1,2]," + SHAPE + "}");
    DecoderConfig grown = config.withVocabSize(101);

    assertThat(grown.vocabSize()).isEqualTo(101);
    assertThat(grown.json().get("my_key")).isEqualTo(config.json().get("my_key"));
    assertThat(config.json().get("vocab_size").intValue()).isEqualTo(100);
  }

  private static DecoderConfig read(String json) {
    return DecoderConfig.of(JsonFile.parse(json.replace('\'', '"'), "a.json"), "a.json");
  }
}
