package dev.terse.engine.reference;

import dev.terse.engine.Tensor;

/** Checks that an operation's outputs share memory with its other arguments only where allowed. */
final class Overlap {
  private Overlap() {}

  static void apart(String name, Tensor output, Tensor... others) {
    for (Tensor other : others) {
      if (output != null && other != null && overlap(output, other)) {
        throw new IllegalArgumentException(
            name + " must not share memory with the operation's other arguments");
      }
    }
  }

  static void sameOrApart(String name, HeapTensor output, HeapTensor input) {
    if (!output.covers(input)) {
      apart(name, output, input);
    }
  }

  /** Compact tensors have no views, so nothing but themselves shares their memory. */
  private static boolean overlap(Tensor one, Tensor other) {
    return one instanceof HeapTensor dense && other instanceof HeapTensor otherDense
        ? dense.overlaps(otherDense)
        : one == other;
  }
}
