package dev.terse.engine.nd4j;

/** What serves the operations. */
public enum KernelChoice {
  /** Matmuls and softmax by oneDNN's own interface, plain Java loops for the rest: x86-64. */
  ONEDNN,
  /** Matmuls and softmax by ND4J on host addresses, the same Java loops: every CPU. */
  HEAP,
  /** ND4J's array operations only: every backend, CUDA too. */
  ARRAYS;

  /** Whether tensors are reached through host pointers. */
  boolean usesHostPointers() {
    return this != ARRAYS;
  }
}
