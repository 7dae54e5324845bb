package dev.terse.engine.nd4j.onednn;

import dev.terse.engine.nd4j.memory.Block;
import dev.terse.engine.nd4j.memory.Matrix;
import dev.terse.engine.numbers.Bfloat16;

/**
 * Numbers of bfloat16 precision in float32 memory, for processors without instructions for
 * bfloat16. Their matmuls and sums are those that such instructions stand for. Belongs to one
 * thread.
 */
final class Bfloat16Rows {
  private static final int PIECE = 4096;

  private final float[] floats = new float[PIECE];
  private final float[] pairs = new float[PIECE / 2 + 1];

  /** Rounds float32 numbers where they are. */
  void round(Matrix x) {
    boolean dense = x.stride() == x.columns();
    long length = dense ? (long) x.rows() * x.columns() : x.columns();
    for (int r = 0; r < (dense ? 1 : x.rows()); r++) {
      round(x.block(), x.offset() + (long) r * x.stride(), length);
    }
  }

  private void round(Block block, long from, long length) {
    for (long done = 0; done < length; done += PIECE) {
      int count = (int) Math.min(PIECE, length - done);
      block.read(from + done, floats, 0, count);
      for (int i = 0; i < count; i++) {
        floats[i] = Bfloat16.toFloat(Bfloat16.of(floats[i]));
      }
      block.write(from + done, floats, 0, count);
    }
  }

  /** Copies bfloat16 numbers to float32 memory; both without gaps. */
  void widen(Matrix x, Matrix out) {
    long length = (long) x.rows() * x.columns();
    for (long done = 0; done < length; done += PIECE) {
      int count = (int) Math.min(PIECE, length - done);
      long from = x.offset() + done;
      int odd = (int) (from & 1);
      x.block().read(from / 2, pairs, 0, (odd + count + 1) / 2);
      for (int i = 0; i < count; i++) {
        int pair = Float.floatToRawIntBits(pairs[(odd + i) / 2]);
        floats[i] = Bfloat16.toFloat((short) (((odd + i) & 1) == 0 ? pair : pair >>> 16));
      }
      out.block().write(out.offset() + done, floats, 0, count);
    }
  }
}
