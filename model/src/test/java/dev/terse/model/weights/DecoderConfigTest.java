package dev.terse.model.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.terse.io.JsonFile;
import dev.terse.model.weights.DecoderConfig.Family;
import dev.terse.testkit.SharedData;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
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
    assertThat(config.rope().within().inverseFrequencies())
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

    assertThat(modern.rope().within().inverseFrequencies())
        .containsExactly(old.rope().within().inverseFrequencies());
    // The first wave (2π positions) is shorter than 64/4 and stays, the last is longer than 64.
    assertThat(old.rope().within().inverseFrequencies()[0]).isEqualTo(1);
    assertThat(old.rope().within().inverseFrequencies()[3])
        .isCloseTo(Math.pow(500000, -0.75) / 8, within(1e-12));
  }

  @Test
  void ropeScaling_bothForms_areTakenWhereTheySayTheSame() {
    String scaling =
        "{'rope_type':'llama3','factor':8.0,'low_freq_factor':1.0,'high_freq_factor':4.0,"
            + "'original_max_position_embeddings':64";
    String old = "{'model_type':'llama','rope_theta':500000.0,'rope_scaling':" + scaling + "},";
    String theta = ",'rope_theta':500000.0}";

    assertThat(
            read(old + "'rope_parameters':" + scaling + theta + "," + SHAPE + "}")
                .rope()
                .within()
                .inverseFrequencies())
        .containsExactly(read(old + SHAPE + "}").rope().within().inverseFrequencies());
    for (String other :
        List.of(
            "{'rope_type':'default'" + theta,
            scaling.replace("8.0", "32.0") + theta,
            scaling + ",'rope_theta':10000.0}")) {
      assertThatThrownBy(() -> read(old + "'rope_parameters':" + other + "," + SHAPE + "}"))
          .as(other)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("a problem in a.json: rope_scaling {\"rope_type\":\"llama3\",")
          .hasMessageContaining("ask for different angles (transformers takes rope_scaling")
          .hasMessageEndingWith("delete the one that is not meant");
    }
  }

  @Test
  void ropeScaling_thatCannotBeMeant_isRefused() {
    assertThatThrownBy(
            () -> read("{'model_type':'llama','rope_scaling':{'type':'linear'}," + SHAPE + "}"))
        .hasMessageContaining("linear rope scaling needs a factor of 1 or more, has {\"type\"");
    assertThatThrownBy(
            () ->
                read(
                    "{'model_type':'qwen3','rope_parameters':{'full_attention':{'rope_theta':1.0}},"
                        + SHAPE
                        + "}"))
        .hasMessageContaining("rope_parameters by layer type are not supported");
  }

  @Test
  void positions_reachAsFarAsTheScalingStretches() {
    String yarn = "'rope_scaling':{'type':'yarn','factor':4.0,";
    assertThat(
            read("{'model_type':'qwen2','num_key_value_heads':2,'max_position_embeddings':32768,"
                    + yarn
                    + "'original_max_position_embeddings':32768},"
                    + SHAPE
                    + "}")
                .maxPositions())
        .isEqualTo(131072);
    assertThat(
            read("{'model_type':'qwen2','num_key_value_heads':2,'max_position_embeddings':131072,"
                    + yarn
                    + "'original_max_position_embeddings':32768},"
                    + SHAPE
                    + "}")
                .maxPositions())
        .isEqualTo(131072);
    DecoderConfig linear =
        read(
            "{'model_type':'llama','max_position_embeddings':4096,"
                + "'rope_scaling':{'type':'linear','factor':2.5},"
                + SHAPE
                + "}");
    assertThat(linear.maxPositions()).isEqualTo(10240);
    assertThat(linear.limitedBy())
        .isEqualTo("max_position_embeddings and the factor of its rope scaling");
  }

  /** As config.json of DeepSeek-R1-0528-Qwen3-8B has it. */
  @Test
  void ropeScaling_keyThatTransformersPassesOver_isNamed() {
    DecoderConfig config =
        read(
            "{'model_type':'qwen3','num_key_value_heads':8,'max_position_embeddings':131072,"
                + "'rope_theta':1000000,'rope_scaling':{'rope_type':'yarn','factor':4.0,"
                + "'original_max_position_embeddings':32768,'attn_factor':0.8782488562869419},"
                + SHAPE
                + "}");
    assertThat(config.rope().within().scale()).isEqualTo(0.1 * Math.log(4) + 1);
    assertThat(config.unreadRopeKeys()).containsExactly("attn_factor 0.8782488562869419");
    assertThat(read("{'model_type':'llama'," + SHAPE + "}").unreadRopeKeys()).isEmpty();
  }

  @Test
  void slidingWindow_boundsTheSequencesWhereALayerHasOne() {
    DecoderConfig mistral = read("{'model_type':'mistral'," + SHAPE + "}");
    assertThat(mistral.attention().kvHeads()).isEqualTo(8);
    assertThat(mistral.maxPositions()).isEqualTo(4096);
    assertThat(mistral.limitedBy()).startsWith("sliding_window: attention here is full");
    assertThat(read("{'model_type':'mistral','sliding_window':null," + SHAPE + "}").maxPositions())
        .isEqualTo(131072);

    String qwen = "{'model_type':'qwen3','num_key_value_heads':2,'use_sliding_window':true,";
    assertThat(read(qwen + SHAPE + "}").maxPositions()).as("28 full layers").isEqualTo(32768);
    assertThat(
            read(qwen + "'max_window_layers':1,'sliding_window':512," + SHAPE + "}").maxPositions())
        .isEqualTo(512);
    assertThat(
            read(qwen
                    + "'sliding_window':512,"
                    + "'layer_types':['full_attention','sliding_attention'],"
                    + SHAPE
                    + "}")
                .maxPositions())
        .isEqualTo(512);
  }

  @Test
  void smolLm3_layersWithoutRope_areThoseListedOrEveryFourth() {
    String eight = SHAPE.replace("layers':2", "layers':8");
    DecoderConfig config = read("{'model_type':'smollm3'," + eight + "}");
    assertThat(config.unrotated()).containsExactlyInAnyOrder(3, 7);
    assertThat(config.tiedHead()).isTrue();
    assertThat(config.rope().within().inverseFrequencies()[1])
        .isCloseTo(Math.pow(2e6, -0.25), within(1e-12));
    assertThat(read("{'model_type':'smollm3','no_rope_layers':[0,1]," + SHAPE + "}").unrotated())
        .containsExactly(0);
    assertThatThrownBy(() -> read("{'model_type':'smollm3','no_rope_layers':[1]," + SHAPE + "}"))
        .hasMessageContaining("no_rope_layers must have an entry for each of 2 layers, has [1]");
  }

  @Test
  void config_manyMistakes_areAllNamedAtOnce() {
    assertThatThrownBy(
            () ->
                read(
                    "{'model_type':'mamba','hidden_act':'gelu','num_attention_heads':3,"
                        + "'num_key_value_heads':2,'hidden_size':64.5,'vocab_size':-1,"
                        + "'mlp_bias':true,'rope_scaling':{'type':'longrope','factor':4.0},"
                        + "'num_hidden_layers':2}"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("8 problems in a.json: ")
        .hasMessageContaining(
            "model_type must be llama, qwen2, qwen3, smollm3 or mistral, is 'mamba'")
        .hasMessageContaining("vocab_size must be a positive integer, is -1")
        .hasMessageContaining("hidden_size must be a positive integer, is 64.5")
        .hasMessageContaining("intermediate_size is missing")
        .hasMessageContaining("num_key_value_heads 2 must divide num_attention_heads 3")
        .hasMessageContaining("hidden_act must be silu, is 'gelu'")
        .hasMessageContaining("mlp_bias true is not supported")
        .hasMessageContaining(
            "rope_type must be default, linear, dynamic, yarn, llama3; 'longrope' is not supported");
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
    assertThat(config.rope().within().inverseFrequencies()[1])
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
