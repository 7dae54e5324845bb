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

  static void sameOrApart(String name, Tensor output, Tensor input) {
    if (!HeapTensor.of(output).covers(HeapTensor.of(input))) {
      apart(name, output, input);
    }
  }

  /** Compact tensors have no views, so nothing but themselves shares their memory. */
  private static boolean overlap(Tensor one, Tensor other) {
    if (one instanceof HeapCompactTensor || other instanceof HeapCompactTensor) {
      return one == other;
    }
    return HeapTensor.of(one).overlaps(HeapTensor.of(other));
  }
}
