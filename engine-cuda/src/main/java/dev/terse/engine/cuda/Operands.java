package dev.terse.engine.cuda;

import dev.terse.engine.Storage;
import dev.terse.engine.Tensor;
import dev.terse.engine.cuda.Product.Operand;

/**
 * Brings what products read into the numbers that they are to read: as it is, or rounded to
 * bfloat16 beside it. The copy of a tensor serves until the tensor is written to and goes with it;
 * only that of a part of a short-lived tensor lasts no longer than the scratch.
 */
final class Operands {
  private final Device device;
  private final RowKernels kernels;
  private final boolean bfloat16;

  Operands(Device device, RowKernels kernels, boolean bfloat16) {
    this.device = device;
    this.kernels = kernels;
    this.bfloat16 = bfloat16;
  }

  /** What products read. */
  NumberType type() {
    return bfloat16 ? NumberType.BFLOAT16 : NumberType.FLOAT32;
  }

  /** A product's weight as it is stored. */
  Operand weight(Tensor w, Scratch scratch) {
    return bfloat16 && w.storage() == Storage.BFLOAT16
        ? new Operand(NumberType.BFLOAT16, CudaCompactTensor.numbers(w), w.rows(), w.rowSize())
        : of(CudaTensor.of(w), scratch);
  }

  /** A tensor of two axes. */
  Operand of(CudaTensor x, Scratch scratch) {
    if (!bfloat16) {
      return Operand.of(x);
    }
    if (!x.isWhole() && !x.memory().isKept()) {
      return of(x.address(), x.rows(), x.rowSize(), scratch);
    }
    long rounded = x.memory().companion(this::round) + x.offset() * Short.BYTES;
    return new Operand(NumberType.BFLOAT16, rounded, x.rows(), x.rowSize());
  }

  /** A contiguous matrix of 32-bit floats. */
  Operand of(long address, int rows, int columns, Scratch scratch) {
    if (!bfloat16) {
      return new Operand(address, rows, columns);
    }
    long count = (long) rows * columns;
    long rounded = scratch.halves(count);
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
