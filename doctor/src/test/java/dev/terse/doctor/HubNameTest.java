package dev.terse.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HubNameTest {
  @ParameterizedTest
  @ValueSource(strings = {"Qwen/Qwen2.5-0.5B", "openai/gsm8k", "deepseek-ai/DeepSeek-R1"})
  void name_ofTwoWords_isOfAHub(String name) {
    assertThat(HubName.of(name)).contains(new HubName(name));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"gsm8k", "/data/gsm8k", "./a/b", "runs/sft", "some/rows.jsonl", "a/b/c", "src/x"})
  void path_ofThisMachine_isNone(String place) {
    assertThat(HubName.of(place)).isEmpty();
  }

  @Test
  void fetch_isACommandAndWhatToNameThen() {
    assertThat(new HubName("a/b").fetchModel("model_name_or_path"))
        .isEqualTo("hf download a/b --local-dir models/b, then model_name_or_path: models/b");
  }
}
