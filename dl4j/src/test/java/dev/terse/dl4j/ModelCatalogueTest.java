package dev.terse.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.deeplearning4j.zoo.PretrainedType;
import org.deeplearning4j.zoo.ZooModel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelCatalogueTest {

  /** Numbers of weights as the models' publishers state them. */
  @ParameterizedTest
  @CsvSource({
    "SmolLM2-135M-Instruct, 134515008",
    "DeepSeek-R1-Distill-Qwen-1.5B, 1777088000",
    "DeepSeek-R1-Distill-Qwen-7B, 7615616512",
    "Qwen3-8B, 8190735360",
    "DeepSeek-R1-Distill-Qwen-14B, 14770033664"
  })
  void shape_ofAKnownModel_hasThePublishedNumberOfWeights(String name, long weights) {
    assertThat(ModelCatalogue.named(name).config().parameterCount()).isEqualTo(weights);
  }

  @Test
  void entries_areZooModels_thatDl4jDoesNotHost() {
    for (ZooModel<?> model : ModelCatalogue.all()) {
      assertThat(model.pretrainedAvailable(PretrainedType.IMAGENET)).isFalse();
      assertThatThrownBy(model::init)
          .isInstanceOf(UnsupportedOperationException.class)
          .hasMessageContaining("load it with ModelFolder.load");
    }
  }

  @Test
  void checksum_isASha256OrSaidToBeUnknown() {
    assertThat(ModelCatalogue.all())
        .allSatisfy(model -> assertThat(model.sha256()).matches("unknown|[0-9a-f]{64}"));
  }

  @Test
  void name_thatIsUnknown_isRefusedWithTheKnownOnes() {
    assertThatThrownBy(() -> ModelCatalogue.named("gpt2"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("no model 'gpt2' in the catalogue, only [SmolLM2-135M-Instruct, ");
  }
}
