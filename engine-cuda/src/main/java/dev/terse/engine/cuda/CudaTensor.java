package dev.terse.engine.cuda;

import dev.terse.engine.Shapes;
import dev.terse.engine.cuda.device.Device;
import dev.terse.engine.cuda.device.DeviceMemory;
import dev.terse.engine.cuda.device.Matmul.Operand;
import dev.terse.engine.spi.DenseTensor;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;

/** A row-major range of {@link DeviceMemory}, 32-bit floats. */
final class CudaTensor extends DenseTensor<CudaTensor> {
  private final DeviceMemory memory;
  private final long offset; // numbers
  private final boolean owner;

  private CudaTensor(DeviceMemory memory, long offset, int[] shape, boolean owner) {
    super(Float.BYTES, shape);
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

  private static DeviceMemory memory(Device device, boolean owned, int... shape) {
    Shapes.requirePositive(shape);
    return new DeviceMemory(device, Shapes.size(shape) * Float.BYTES, owned);
  }

  /** The address of a tensor, 0 for null. */
  static long addressOf(CudaTensor tensor) {
    return tensor == null ? 0 : tensor.address();
  }

  /** Where the first number lies on the device. */
  long address() {
    return memory.address() + offset * Float.BYTES;
  }

  /** As a matrix, its later axes as one. */
  Operand operand() {
    return new Operand(address(), rows(), rowSize());
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
  protected void changed() {
    memory.changed();
  }

  @Override
  protected void load(long from, float[] target, int at, int count) {
    try (FloatPointer host = new FloatPointer((long) count)) {
      device().download(address() + from * Float.BYTES, host, (long) count * Float.BYTES);
      host.get(target, at, count);
    }
  }

  @Override
  protected void store(long from, float[] source, int at, int count) {
    try (FloatPointer host = new FloatPointer((long) count)) {
      host.put(source, at, count);
      device().upload(host, address() + from * Float.BYTES, (long) count * Float.BYTES);
    }
  }

  @Override
  protected void loadBytes(long from, byte[] target, int at, int count) {
    try (BytePointer host = new BytePointer((long) count)) {
      device().download(address() + from, host, count);
      host.get(target, at, count);
    }
  }

  @Override
  protected void storeBytes(long from, byte[] source, int at, int count) {
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
