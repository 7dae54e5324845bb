package dev.terse.engine.nd4j;

/** What serves the work between the products. */
public enum KernelChoice {
  /** Plain Java loops over heap rows; needs memory that the host can address: CPU backends. */
  HEAP,
  /** ND4J operations only; runs on every backend. */
  ARRAYS
}
