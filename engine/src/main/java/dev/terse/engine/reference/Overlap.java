package dev.terse.engine.reference;

import dev.terse.engine.Tensor;

/** Checks that an operation's outputs share memory with its other arguments only where allowed. */
final class Overlap {
  private Overlap() {}

  static void apart(String name, Tensor output, Tensor... others) {
    for (Tensor other : others) {
      if (output != null && other != null && HeapTensor.of(output).overlaps(HeapTensor.of(other))) {
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
}
