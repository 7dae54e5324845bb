package dev.terse.engine.nd4j;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.bytedeco.javacpp.BytePointer;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Native memory of bytes; what {@link Block} is for floats. */
final class ByteBlock implements AutoCloseable {
  /** Bytes of one direct buffer (1 GB): a ByteBuffer ends at 2 GB. */
  private static final int WINDOW_SHIFT = 30;

  private static final int WINDOW = 1 << WINDOW_SHIFT;

  private final long length;
  private final Memory memory;
  private final INDArray owner;
  private final ByteBuffer[] windows;
  private boolean closed;

  ByteBlock(long length, Memory memory) {
    this.length = length;
    this.memory = memory;
    this.owner =
        memory.isCounted() ? null : Nd4j.createUninitializedDetached(DataType.INT8, length);
    this.windows = memory.access() == Memory.Access.HOST ? windows(owner.data(), length) : null;
    memory.take(Block.Use.KEPT, length);
  }

  boolean isClosed() {
    return closed;
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
    int window = (int) (offset >>> WINDOW_SHIFT);
    int start = (int) (offset & (WINDOW - 1));
    int here = Math.min(count, WINDOW - start);
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
    int window = (int) (offset >>> WINDOW_SHIFT);
    int start = (int) (offset & (WINDOW - 1));
    int here = Math.min(count, WINDOW - start);
    windows[window].put(start, source, at, here);
    write(offset + here, source, at + here, count - here);
  }

  private INDArray view(long offset, int count) {
    return Nd4j.create(owner.data(), new long[] {count}, new long[] {1}, offset, 'c');
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      memory.free(Block.Use.KEPT, length);
      if (owner != null) {
        owner.close();
      }
    }
  }

  private static ByteBuffer[] windows(DataBuffer buffer, long length) {
    ByteBuffer[] windows = new ByteBuffer[(int) ((length + WINDOW - 1) >>> WINDOW_SHIFT)];
    for (int w = 0; w < windows.length; w++) {
      long from = (long) w << WINDOW_SHIFT;
      BytePointer pointer = new BytePointer(buffer.addressPointer());
      pointer.position(from).limit(Math.min(length, from + WINDOW)).capacity(length);
      windows[w] = pointer.asByteBuffer();
    }
    return windows;
  }
}
