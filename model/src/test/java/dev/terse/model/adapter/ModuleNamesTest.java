package dev.terse.model.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** Patterns of adapters, which come from strangers. */
class ModuleNamesTest {
  private static final String MODULE = "model.layers.0.self_attn.q_proj";

  @Test
  void pattern_choosesModulesAsInPython() {
    assertThat(ModuleNames.matcher(".*\\.(?P<kind>[qk])_proj", MODULE).matches()).isTrue();
    assertThat(ModuleNames.matcher(".*\\.v_proj", MODULE).matches()).isFalse();
  }

  @Test
  void patternOfExponentialTime_isRefused() {
    String bomb = "(?:[a-z]|[a-z._0-9])*(?:[a-z_]|[a-z._0-9])*!";
    assertThatThrownBy(
            () -> ModuleNames.matcher("(?:(?:" + bomb + ")|(?:.|..)+)+!", MODULE).matches())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageEndingWith("takes too long on the module " + MODULE + "; write it simpler");
  }
}
