package dev.terse.engine.cuda;

import dev.terse.engine.Tensor;
import dev.terse.engine.cuda.device.Address;
import dev.terse.engine.cuda.device.Device;
import dev.terse.engine.cuda.device.DeviceMemory;
import dev.terse.engine.numbers.Storage;
import dev.terse.engine.spi.CompactTensor;
import org.bytedeco.javacpp.BytePointer;

/**
 * A compact tensor on a device. The scales of 8-bit blocks begin at a multiple of 4 bytes, so a gap
 * of up to 3 may lie before them, which {@link #readBytes} leaves out.
 */
final class CudaCompactTensor extends CompactTensor {
  private final DeviceMemory memory;
  private final long numberBytes;
  private final long gap;

  /** Zeros. */
  CudaCompactTensor(Device device, Storage storage, int... shape) {
    super(storage, shape);
    this.numberBytes = storage == Storage.BFLOAT16 ? byteSize() : size();
    this.gap = -numberBytes & (Float.BYTES - 1);
    this.memory = new DeviceMemory(device, byteSize() + gap, false);
    int zero = storage == Storage.BFLOAT16 ? 0 : storage.map().zero();
    device.fill(memory.address(), zero, numberBytes);
    device.clear(memory.address() + scalesAt(), byteSize() - numberBytes);
  }

  /** The kernels' name for a moment's storage. */
  static int code(Tensor moment) {
    return switch (moment.storage()) {
      case FULL -> 0;
      case BFLOAT16 -> 1;
      case INT8, UINT8 -> 2;
    };
  }

  /** Where the numbers of a moment lie. */
  static long numbers(Tensor moment) {
    return moment instanceof CudaCompactTensor compact
        ? compact.memory.address()
        : ((CudaTensor) moment).address();
  }

  /** Where the scales of an 8-bit moment lie, 0 of another. */
  static long scales(Tensor moment) {
    return code(moment) == 2 ? numbers(moment) + ((CudaCompactTensor) moment).scalesAt() : 0;
  }

  private long scalesAt() {
    return numberBytes + gap;
  }

  @Override
  protected void requireOpen() {
    memory.require(this);
  }

  @Override
  protected void loadBytes(long offset, byte[] target, int at, int count) {
    try (BytePointer host = new BytePointer((long) count)) {
      long before = beforeScales(offset, count);
      memory.device().download(memory.address() + offset, host, before);
      memory
          .device()
          .download(
              memory.address() + offset + before + gap,
              new Address(host.address() + before),
              count - before);
      host.get(target, at, count);
    }
  }

  @Override
  protected void storeBytes(long offset, byte[] source, int at, int count) {
    try (BytePointer host = new BytePointer((long) count)) {
      host.put(source, at, count);
      long before = beforeScales(offset, count);
      memory.device().upload(host, memory.address() + offset, before);
      memory
          .device()
          .upload(
              new Address(host.address() + before),
              memory.address() + offset + before + gap,
              count - before);
    }
  }

  /** How many of the bytes lie before the scales. */
  private long beforeScales(long offset, int count) {
    return Math.max(0, Math.min(count, numberBytes - offset));
  }

  @Override
  public void close() {
    memory.close();
  }
}
