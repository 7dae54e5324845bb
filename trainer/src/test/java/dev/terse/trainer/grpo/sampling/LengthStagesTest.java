package dev.terse.trainer.grpo.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class LengthStagesTest {

  @Test
  void limit_isThatOfTheLastStageThatHasBegun() {
    LengthStages stages = LengthStages.of(Map.of("10", 300, "20", "200"), 400);
    assertThat(stages.at(0)).isEqualTo(400);
    assertThat(stages.at(9)).isEqualTo(400);
    assertThat(stages.at(10)).isEqualTo(300);
    assertThat(stages.at(19)).isEqualTo(300);
    assertThat(stages.at(20)).isEqualTo(200);
    assertThat(stages.at(9999)).isEqualTo(200);
    assertThat(LengthStages.of(Map.of("0", 7), 400).at(0)).isEqualTo(7);
  }

  @Test
  void stages_thatDoNotFit_areRefused() {
    assertThatThrownBy(() -> LengthStages.of(Map.of("10", 401), 400))
        .hasMessageContaining("must be in [1, max_completion_length 400], was 401");
    assertThatThrownBy(() -> LengthStages.of(Map.of("ten", 300), 400))
        .hasMessageContaining("such as {0: 4000, 100: 3000}; an update must be a whole number")
        .hasMessageContaining("was 'ten'");
    assertThatThrownBy(() -> LengthStages.of(Map.of("10", 0.5), 400))
        .hasMessageContaining("a limit must be a whole number, was '0.5'");
  }
}
