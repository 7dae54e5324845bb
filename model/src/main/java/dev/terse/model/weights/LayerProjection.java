package dev.terse.model.weights;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The projections of a layer that an adapter may sit on, under the names that PEFT knows. */
public enum LayerProjection {
  Q_PROJ("self_attn.q_proj"),
  K_PROJ("self_attn.k_proj"),
  V_PROJ("self_attn.v_proj"),
  O_PROJ("self_attn.o_proj"),
  GATE_PROJ("mlp.gate_proj"),
  UP_PROJ("mlp.up_proj"),
  DOWN_PROJ("mlp.down_proj");

  private final String path;

  LayerProjection(String path) {
    this.path = path;
  }

  /** PEFT's name: q_proj, … */
  public String peftName() {
    return path.substring(path.indexOf('.') + 1);
  }

  /** The target that PEFT calls {@code name}. */
  public static Optional<LayerProjection> named(String name) {
    return Arrays.stream(values()).filter(target -> target.peftName().equals(name)).findFirst();
  }

  /** All of PEFT's names. */
  public static List<String> names() {
    return Arrays.stream(values()).map(LayerProjection::peftName).toList();
  }

  /** The name of this projection of a layer, without {@code .weight}. */
  public String module(int layer) {
    return WeightShapes.layer(layer) + path;
  }
}
