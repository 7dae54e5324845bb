package dev.terse.engine.cuda;

import dev.terse.engine.cuda.Product.Operand;

/**
 * Brings what products read into the numbers that they are to read: as it is, or rounded to
 * bfloat16 beside it. Of a tensor of its own, such as a weight, the rounded copy is kept until the
 * tensor is written to; of others it lasts as long as the scratch.
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

  /** The type of operands that are not worth a copy. */
  NumberType inPlace() {
    return bfloat16 ? NumberType.ROUNDED : NumberType.FLOAT32;
  }

  /** A tensor of two axes. */
  Operand of(CudaTensor x, Scratch scratch) {
    if (!bfloat16) {
      return Operand.of(x);
    }
    DeviceMemory memory = x.memory();
    if (!memory.isKept()) {
      return of(x.address(), x.rows(), x.rowSize(), scratch);
    }
    long rounded = memory.companion(this::round);
    return new Operand(
        NumberType.BFLOAT16, rounded + x.offset() * Short.BYTES, x.rows(), x.rowSize());
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
