package dev.terse.engine.cuda;

import dev.terse.engine.FloatTensor;
import dev.terse.engine.Shapes;
import dev.terse.engine.Tensor;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;

/** A row-major range of {@link DeviceMemory}, 32-bit floats. */
final class CudaTensor extends FloatTensor<CudaTensor> {
  private final DeviceMemory memory;
  private final long offset; // numbers
  private final boolean owner;

  private CudaTensor(DeviceMemory memory, long offset, int[] shape, boolean owner) {
    super(shape);
    this.memory = memory;
    this.offset = offset;
    this.owner = owner;
  }

  /**
   * A tensor on new memory, which {@link #close} frees.
   *
   * @throws IllegalArgumentException if an axis is empty
   */
  static CudaTensor owning(Device device, int... shape) {
    return new CudaTensor(memory(device, true, shape), 0, shape, true);
  }

  /** A tensor on new memory, which its arena frees. */
  static CudaTensor lent(Device device, int... shape) {
    return new CudaTensor(memory(device, false, shape), 0, shape, false);
  }

  private static DeviceMemory memory(Device device, boolean kept, int... shape) {
    Shapes.requirePositive(shape);
    return new DeviceMemory(device, Shapes.size(shape) * Float.BYTES, kept);
  }

  /** The tensor behind an argument that an operation writes to; null stays null. */
  static CudaTensor written(Tensor tensor) {
    CudaTensor own = of(tensor);
    if (own != null) {
      own.memory.changed();
    }
    return own;
  }

  /** The tensor behind an argument that an operation reads; null stays null. */
  static CudaTensor of(Tensor tensor) {
    if (tensor instanceof CudaCompactTensor compact) {
      throw compact.misused();
    }
    if (tensor != null && !(tensor instanceof CudaTensor)) {
      throw new IllegalArgumentException(
          "the cuda engine works on its own tensors, got a " + tensor.getClass().getName());
    }
    CudaTensor own = (CudaTensor) tensor;
    if (own != null) {
      own.requireOpen();
    }
    return own;
  }

  /** The address of a tensor, 0 for null. */
  static long addressOf(CudaTensor tensor) {
    return tensor == null ? 0 : tensor.address();
  }

  /** Where the first number lies on the device. */
  long address() {
    return memory.address() + offset * Float.BYTES;
  }

  DeviceMemory memory() {
    return memory;
  }

  /** Whether the memory holds this tensor alone. */
  boolean isWhole() {
    return byteSize() == memory.bytes();
  }

  /** Numbers of the memory before this tensor's. */
  long offset() {
    return offset;
  }

  @Override
  protected CudaTensor view(long from, int... viewShape) {
    return new CudaTensor(memory, offset + from, viewShape, false);
  }

  @Override
  protected void requireOpen() {
    memory.require(this);
  }

  @Override
  public void read(long from, float[] target, int at, int count) {
    requireRange(from, count);
    try (FloatPointer host = new FloatPointer((long) count)) {
      device().download(address() + from * Float.BYTES, host, (long) count * Float.BYTES);
      host.get(target, at, count);
    }
  }

  @Override
  public void write(long from, float[] source, int at, int count) {
    requireRange(from, count);
    memory.changed();
    try (FloatPointer host = new FloatPointer((long) count)) {
      host.put(source, at, count);
      device().upload(host, address() + from * Float.BYTES, (long) count * Float.BYTES);
    }
  }

  @Override
  public void readBytes(long from, byte[] target, int at, int count) {
    requireRange(from / Float.BYTES, count / Float.BYTES);
    try (BytePointer host = new BytePointer((long) count)) {
      device().download(address() + from, host, count);
      host.get(target, at, count);
    }
  }

  @Override
  public void writeBytes(long from, byte[] source, int at, int count) {
    requireRange(from / Float.BYTES, count / Float.BYTES);
    memory.changed();
    try (BytePointer host = new BytePointer((long) count)) {
      host.put(source, at, count);
      device().upload(host, address() + from, count);
    }
  }

  @Override
  public void close() {
    if (owner) {
      memory.close();
    }
  }

  private Device device() {
    return memory.device();
  }
}
