package dev.terse.engine.reference;

import dev.terse.engine.Tensor;

/** Whether the memory behind a tensor and its views may still be used, and if not, why. */
final class Life {
  private String end;

  void end(String why) {
    end = why;
  }

  void require(Tensor tensor) {
    if (end != null) {
      throw new IllegalStateException(tensor + " was used after " + end);
    }
  }
}
