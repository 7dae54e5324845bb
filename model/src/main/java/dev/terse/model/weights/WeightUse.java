package dev.terse.model.weights;

import dev.terse.engine.Engine;
import dev.terse.engine.numbers.Storage;

/** What becomes of the weights of a decoder that is loaded, which decides how they are held. */
public enum WeightUse {
  /** They are trained, or something is added to them: full numbers. */
  CHANGED,

  /**
   * They are only read. Where the engine's matmuls read bfloat16, the matrices of the layers are
   * held in bfloat16 alone, 2 bytes a number instead of 6, and every result keeps its bits. Token
   * tables, norms and biases stay full: rows of tables may be trained beside adapters.
   */
  READ;

  /** The storage of the weight called {@code name}. */
  public Storage storage(Engine engine, String name) {
    return this == READ && engine.roundsWeights() && WeightShapes.isProjection(name)
        ? Storage.BFLOAT16
        : Storage.FULL;
  }
}
