package dev.terse.trainer.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.terse.engine.Engine;
import dev.terse.engine.Tensor;
import dev.terse.engine.reference.ReferenceEngine;
import dev.terse.model.weights.Parameters;
import dev.terse.trainer.config.ConfigReader;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OptimizerTest {
  private Engine engine;
  private Parameters weights;
  private Optimizer optimizer;

  @BeforeEach
  void open() {
    engine = new ReferenceEngine();
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (String name : List.of("model.layers.0.mlp.up_proj.weight", "model.norm.weight")) {
      tensors.put(name, engine.allocate(2));
      tensors.get(name).setDoubles(new double[] {1, -2});
    }
    weights = new Parameters(tensors);
    OptimizerConfig config =
        ConfigReader.parse(
                "test",
                "weight_decay: 0.1\nmax_nonfinite_steps: 3\n",
                List.of(),
                OptimizerConfig.class)
            .config();
    optimizer = new Optimizer(engine, weights, config, 1);
  }

  @AfterEach
  void close() {
    optimizer.close();
    weights.close();
    engine.close();
  }

  private Optimizer.Outcome update(double loss, double... values) {
    try (Gradient gradient = optimizer.zeroGradient()) {
      int at = 0;
      for (String name : weights.names()) {
        gradient.sums().get(name).setDoubles(new double[] {values[at++], values[at++]});
      }
      return optimizer.update(gradient, loss, 0.01);
    }
  }

  private double[] weight(int index) {
    return weights.tensors().values().stream().skip(index).findFirst().orElseThrow().toDoubles();
  }

  @Test
  void update_first_movesByTheRateAndDecaysNoNorms() {
    Optimizer.Outcome outcome = update(1, 0.1, -0.2, 0.2, 0);
    assertThat(outcome.gradientNorm()).isCloseTo(0.3, within(1e-12));
    // The first AdamW step is lr · sign(g); decay is lr · 0.1 · w, and none for the norm.
    assertThat(weight(0)).containsExactly(new double[] {0.999 - 0.01, -1.998 + 0.01}, within(1e-8));
    assertThat(weight(1)).containsExactly(new double[] {1 - 0.01, -2}, within(1e-8));
    assertThat(optimizer.zeroGradient().sums().get("model.norm.weight").toDoubles())
        .containsOnly(0);
  }

  @Test
  void update_longGradient_isClippedToTheLimit() {
    assertThat(update(1, 30, 40, 0, 0).gradientNorm()).isCloseTo(50, within(1e-9));
    double[] moment = optimizer.firstMoments().get("model.layers.0.mlp.up_proj.weight").toDoubles();
    assertThat(moment).containsExactly(new double[] {0.06, 0.08}, within(1e-8));
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 1e200})
  void update_nonFiniteGradient_changesNoParameterAndNoMoment(double bad) {
    Optimizer.Outcome outcome = update(1, 1, 2, bad, 0);
    assertThat(outcome.applied()).isFalse();
    assertThat(weight(0)).containsExactly(1, -2);
    assertThat(weight(1)).containsExactly(1, -2);
    assertThat(optimizer.firstMoments().get("model.norm.weight").toDoubles()).containsOnly(0);
    assertThat(update(1, 1, 0, 0, 0).applied()).isTrue();
    assertThat(optimizer.applied()).isEqualTo(1);
  }

  @Test
  void update_nonFiniteLoss_isLeftOut() {
    assertThat(update(Double.NaN, 1, 2, 3, 4).applied()).isFalse();
    assertThat(weight(0)).containsExactly(1, -2);
  }

  @Test
  void update_badOnesInARow_stopTheRunWithASentence() {
    for (int i = 0; i < 2; i++) {
      update(1, Double.NaN, 0, 0, 0);
    }
    assertThatThrownBy(() -> update(1, Double.NaN, 0, 0, 0))
        .isInstanceOf(NonFiniteException.class)
        .hasMessageContaining("3 updates in a row had no finite gradient")
        .hasMessageContaining("none of them changed a weight");
  }

  @ParameterizedTest
  @CsvSource({
    "model.embed_tokens.weight, true",
    "lm_head.weight, true",
    "model.layers.3.self_attn.q_proj.weight, true",
    "model.layers.3.self_attn.q_proj.bias, false",
    "model.layers.3.self_attn.q_norm.weight, false",
    "model.layers.3.input_layernorm.weight, false",
    "model.norm.weight, false"
  })
  void decay_appliesToMatricesOnly(String name, boolean decayed) {
    assertThat(Optimizer.isDecayed(name)).isEqualTo(decayed);
  }
}
