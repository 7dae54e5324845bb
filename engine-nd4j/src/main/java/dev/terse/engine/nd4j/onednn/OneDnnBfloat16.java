package dev.terse.engine.nd4j.onednn;

import static dev.terse.engine.nd4j.calls.NativeCalls.Form.AB;
import static dev.terse.engine.nd4j.calls.NativeCalls.Form.ABT;
import static dev.terse.engine.nd4j.calls.NativeCalls.Form.ATB;

import dev.terse.engine.nd4j.memory.Block;
import dev.terse.engine.nd4j.memory.Matrix;
import dev.terse.engine.nd4j.memory.Memory;
import dev.terse.engine.numbers.NumberType;

/**
 * Whether oneDNN serves bfloat16 operands on this processor: asked once, by running every kind of
 * primitive that the engine uses with them.
 */
public final class OneDnnBfloat16 {
  private static final boolean SERVED = OneDnn.isAvailable() && runs();

  private OneDnnBfloat16() {}

  public static boolean isServed() {
    return SERVED;
  }

  private static boolean runs() {
    int size = 16;
    try (OneDnnCalls calls = new OneDnnCalls();
        Block floats =
            new Block(3L * size * size, new Memory(Memory.Access.HOST), Block.Use.OWNED)) {
      Matrix x = new Matrix(floats, 0, size, size, size, NumberType.FLOAT32);
      Matrix rounded = new Matrix(floats, 2L * size * size, size, size, size, NumberType.BFLOAT16);
      Matrix out = new Matrix(floats, 2L * size * size, size, size, size, NumberType.FLOAT32);
      calls.convert(1, x, 0, rounded, 0);
      calls.matmul(AB, rounded, rounded, out, 0.5, 0);
      calls.matmul(ABT, rounded, rounded, out, 1, 1);
      calls.matmul(ATB, rounded, rounded, out, 1, 1);
      calls.softmax(x, rounded);
      calls.softmaxBackward(x, x, out, rounded);
      calls.scaleRows(rounded, x.first(1));
      return true;
    } catch (UnsupportedOperationException e) {
      return false;
    }
  }
}
