package dev.terse.engine.nd4j.memory;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Native memory of bytes; what {@link Block} is for floats, and on one where it is not reached
 * through ND4J's arrays.
 */
final class ByteBlock implements AutoCloseable {
  private final long length;
  private final Memory memory;
  private final Block floats; // null where arrays are
  private final INDArray owner; // null where floats are
  private final ByteBuffer[] windows;
  private boolean closed;

  ByteBlock(long length, Memory memory) {
    this.length = length;
    this.memory = memory;
    if (memory.access() == Memory.Access.ARRAYS) {
      this.floats = null;
      this.windows = null;
      this.owner = Nd4j.createUninitializedDetached(DataType.INT8, length);
      memory.take(Block.Use.OWNED, length);
    } else {
      this.floats = new Block((length + Float.BYTES - 1) / Float.BYTES, memory, Block.Use.OWNED);
      this.windows = memory.isCounted() ? null : floats.byteWindows();
      this.owner = null;
    }
  }

  /** The memory as that of floats, for matmuls; not where it is reached through arrays. */
  Block floats() {
    return floats;
  }

  boolean isClosed() {
    return closed;
  }

  /** Told before an operation writes. */
  void changed() {
    if (floats != null) {
      floats.changed();
    }
  }

  void read(long offset, byte[] target, int at, int count) {
    if (count == 0 || memory.isCounted()) {
      return;
    }
    if (windows == null) {
      try (INDArray wide = view(offset, count).castTo(DataType.INT32)) {
        int[] values = wide.data().asInt();
        for (int i = 0; i < count; i++) {
          target[at + i] = (byte) values[i];
        }
      }
      return;
    }
    int window = (int) (offset >>> Block.BYTE_WINDOW_SHIFT);
    int start = (int) (offset & (Block.BYTE_WINDOW - 1));
    int here = Math.min(count, Block.BYTE_WINDOW - start);
    windows[window].get(start, target, at, here);
    read(offset + here, target, at + here, count - here);
  }

  void write(long offset, byte[] source, int at, int count) {
    if (count == 0 || memory.isCounted()) {
      return;
    }
    if (windows == null) {
      try (INDArray values = Nd4j.createFromArray(Arrays.copyOfRange(source, at, at + count))) {
        view(offset, count).assign(values);
      }
      return;
    }
    int window = (int) (offset >>> Block.BYTE_WINDOW_SHIFT);
    int start = (int) (offset & (Block.BYTE_WINDOW - 1));
    int here = Math.min(count, Block.BYTE_WINDOW - start);
    windows[window].put(start, source, at, here);
    write(offset + here, source, at + here, count - here);
  }

  private INDArray view(long offset, int count) {
    return Nd4j.create(owner.data(), new long[] {count}, new long[] {1}, offset, 'c');
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    if (floats != null) {
      floats.close();
    } else {
      memory.free(Block.Use.OWNED, length);
      owner.close();
    }
  }
}
