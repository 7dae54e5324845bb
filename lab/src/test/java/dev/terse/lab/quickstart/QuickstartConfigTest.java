package dev.terse.lab.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terse.trainer.config.ConfigReader;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class QuickstartConfigTest {

  @Test
  void settings_ofAnotherConfiguration_mayHoldListsAndMaps() throws IOException {
    List<String> arguments =
        List.of("--grpo_settings={max_steps: 40, reward_settings: {tau_length: 160}, x: [a, b]}");
    assertThat(ConfigReader.read(null, arguments, QuickstartConfig.class).config().grpoSettings())
        .containsExactly(
            Map.entry("max_steps", "40"),
            Map.entry("reward_settings", "{tau_length: 160}"),
            Map.entry("x", "[a, b]"));
  }
}
