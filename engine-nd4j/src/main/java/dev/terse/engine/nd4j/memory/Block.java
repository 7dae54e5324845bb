package dev.terse.engine.nd4j.memory;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * One piece of native memory with an owner, outside ND4J's workspaces: it is freed by {@link
 * #close}, not by the garbage collector. With host pointers its floats are read and written in bulk
 * through direct buffers (absolute bulk access is thread-safe and costs no native call); without,
 * only through ND4J arrays. Counted memory ({@link Memory.Access#NONE}) reads as it was and takes
 * no writes. {@link ByteBlock} is the same for bytes.
 */
public final class Block implements AutoCloseable {
  /** Floats of one direct buffer: a ByteBuffer ends at 2 GB. */
  private static final int WINDOW_SHIFT = 28;

  private static final int WINDOW = 1 << WINDOW_SHIFT;

  /** Bytes of one direct buffer of {@link #byteWindows} (1 GB). */
  static final int BYTE_WINDOW_SHIFT = 30;

  static final int BYTE_WINDOW = 1 << BYTE_WINDOW_SHIFT;

  private final Memory memory;
  private final Use use;
  private final INDArray owner;
  private final DataBuffer buffer;
  private final FloatBuffer[] windows;
  private final long length;
  private final long address;
  private final List<Block> companions = new ArrayList<>();
  private long version;
  private boolean closed;

  /** What becomes of a block: one tensor owns it, or a pool fills it again and again. */
  public enum Use {
    OWNED,
    POOLED
  }

  public Block(long length, Memory memory, Use use) {
    this.length = length;
    this.memory = memory;
    this.use = use;
    boolean host = memory.access() == Memory.Access.HOST;
    this.owner =
        memory.isCounted() ? null : Nd4j.createUninitializedDetached(DataType.FLOAT, length);
    this.buffer = owner == null ? null : owner.data();
    this.address = host ? buffer.addressPointer().address() : 0;
    this.windows = host ? windows(buffer, length) : null;
    memory.take(use, length * Float.BYTES);
  }

  public long length() {
    return length;
  }

  /** Where the memory begins; host pointers only. */
  public long address() {
    return address;
  }

  boolean isClosed() {
    return closed;
  }

  /** Whether this is the memory of a tensor of its own, such as a weight. */
  public boolean isOwned() {
    return use == Use.OWNED;
  }

  /** A piece of memory that is freed with this one, for a copy of its numbers in another form. */
  public Block companion(long floats) {
    Block companion = new Block(floats, memory, Use.OWNED);
    companions.add(companion);
    return companion;
  }

  /** Rises once for each operation that writes to this memory, and never for a read. */
  public long version() {
    return version;
  }

  /** Told before an operation writes, by the tensor that it writes to. */
  void changed() {
    version++;
  }

  /** A row-major array on this memory, from {@code offset} on. */
  public INDArray view(long offset, long... shape) {
    long[] strides = new long[shape.length];
    long stride = 1;
    for (int axis = shape.length - 1; axis >= 0; axis--) {
      strides[axis] = stride;
      stride *= shape[axis];
    }
    return strided(offset, shape, strides);
  }

  public INDArray strided(long offset, long[] shape, long[] strides) {
    return Nd4j.create(buffer, shape, strides, offset, 'c');
  }

  public void read(long offset, float[] target, int at, int count) {
    if (count == 0 || memory.isCounted()) {
      return;
    }
    if (windows == null) {
      try (INDArray copy = view(offset, count).dup()) {
        System.arraycopy(copy.data().asFloat(), 0, target, at, count);
      }
      return;
    }
    int window = (int) (offset >>> WINDOW_SHIFT);
    int start = (int) (offset & (WINDOW - 1));
    int here = Math.min(count, WINDOW - start);
    windows[window].get(start, target, at, here);
    if (here < count) {
      read(offset + here, target, at + here, count - here);
    }
  }

  public void write(long offset, float[] source, int at, int count) {
    if (count == 0 || memory.isCounted()) {
      return;
    }
    if (windows == null) {
      float[] part = Arrays.copyOfRange(source, at, at + count);
      try (INDArray values = Nd4j.createFromArray(part)) {
        view(offset, count).assign(values);
      }
      return;
    }
    int window = (int) (offset >>> WINDOW_SHIFT);
    int start = (int) (offset & (WINDOW - 1));
    int here = Math.min(count, WINDOW - start);
    windows[window].put(start, source, at, here);
    if (here < count) {
      write(offset + here, source, at + here, count - here);
    }
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      if (owner != null) {
        owner.close();
      }
      memory.free(use, length * Float.BYTES);
      companions.forEach(Block::close);
    }
  }

  /** The memory as bytes, in buffers of {@link #BYTE_WINDOW}; host pointers only. */
  ByteBuffer[] byteWindows() {
    long bytes = length * Float.BYTES;
    ByteBuffer[] out = new ByteBuffer[(int) ((bytes + BYTE_WINDOW - 1) >>> BYTE_WINDOW_SHIFT)];
    for (int w = 0; w < out.length; w++) {
      long from = (long) w << BYTE_WINDOW_SHIFT;
      BytePointer pointer = new BytePointer(buffer.addressPointer()).getPointer(from);
      out[w] = pointer.capacity(Math.min(bytes - from, BYTE_WINDOW)).asByteBuffer();
    }
    return out;
  }

  private static FloatBuffer[] windows(DataBuffer buffer, long length) {
    FloatBuffer[] windows = new FloatBuffer[(int) ((length + WINDOW - 1) >>> WINDOW_SHIFT)];
    for (int w = 0; w < windows.length; w++) {
      long from = (long) w << WINDOW_SHIFT;
      // A pointer of its own to each place: positions in a buffer end at 2 GB.
      FloatPointer pointer = new FloatPointer(buffer.addressPointer()).getPointer(from);
      pointer.capacity(Math.min(length - from, WINDOW));
      windows[w] = pointer.asByteBuffer().order(ByteOrder.nativeOrder()).asFloatBuffer();
    }
    return windows;
  }
}
