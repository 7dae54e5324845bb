package dev.terse.engine.cuda;

import dev.terse.engine.Tensor;
import dev.terse.engine.cuda.device.Device;
import dev.terse.engine.cuda.device.DeviceMemory;
import dev.terse.engine.cuda.device.Matmul.Operand;
import dev.terse.engine.cuda.device.Scratch;
import dev.terse.engine.numbers.NumberType;
import dev.terse.engine.numbers.Storage;

/**
 * Brings what matmuls read into the numbers that they are to read: as it is, or rounded to bfloat16
 * beside it. The copy of a tensor serves until the tensor is written to and goes with it; only that
 * of a part of a short-lived tensor lasts no longer than the scratch.
 */
final class Operands {
  private final Device device;
  private final RowKernels kernels;
  private final NumberType type;

  /**
   * @param type what matmuls read
   */
  Operands(Device device, RowKernels kernels, NumberType type) {
    this.device = device;
    this.kernels = kernels;
    this.type = type;
  }

  NumberType type() {
    return type;
  }

  /** A matmul's weight as it is stored. */
  Operand weight(Tensor w, Scratch scratch) {
    return w.storage() == Storage.BFLOAT16
        ? new Operand(NumberType.BFLOAT16, CudaCompactTensor.numbers(w), w.rows(), w.rowSize())
        : of((CudaTensor) w, scratch);
  }

  /** A tensor of two axes. */
  Operand of(CudaTensor x, Scratch scratch) {
    if (type == NumberType.FLOAT32) {
      return x.operand();
    }
    if (!x.isWhole() && !x.memory().isOwned()) {
      return of(x.address(), x.rows(), x.rowSize(), scratch);
    }
    long rounded = x.memory().companion(this::round) + x.offset() * Short.BYTES;
    return new Operand(NumberType.BFLOAT16, rounded, x.rows(), x.rowSize());
  }

  /** A contiguous matrix of 32-bit floats. */
  Operand of(long address, int rows, int columns, Scratch scratch) {
    if (type == NumberType.FLOAT32) {
      return new Operand(address, rows, columns);
    }
    long count = (long) rows * columns;
    long rounded = scratch.bfloat16s(count);
    kernels.toBfloat16(address, count, rounded);
    return new Operand(NumberType.BFLOAT16, rounded, rows, columns);
  }

  private DeviceMemory round(DeviceMemory memory, DeviceMemory before) {
    long count = memory.bytes() / Float.BYTES;
    DeviceMemory rounded =
        before == null ? new DeviceMemory(device, count * Short.BYTES, false) : before;
    kernels.toBfloat16(memory.address(), count, rounded.address());
    return rounded;
  }
}
