package dev.terse.engine.cuda.device;

import dev.terse.engine.MeasuredEngine.DeviceCapacity;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * What the engine asks of the machine that computes: memory, copies, matmuls and the kernels of
 * {@link KernelSource}. All work goes in the order of the calls. {@link CudaDevice} is a GPU; the
 * tests have one that runs the same kernels on the CPU.
 */
public interface Device extends AutoCloseable {

  /** What computes, for the log. */
  String name();

  /**
   * Memory with undefined contents.
   *
   * @return its address on the device
   * @throws OutOfMemoryError if there is none
   */
  long allocate(long bytes);

  void free(long address);

  /** Host memory that downloads reach fast; for {@link #freeHost}. */
  default FloatPointer allocateHost(long count) {
    return new FloatPointer(count);
  }

  default void freeHost(FloatPointer memory) {
    memory.close();
  }

  /** From the host to the device. Done with {@code from} when it returns. */
  void upload(Pointer from, long to, long bytes);

  /** From the device to the host, when everything before is done. */
  void download(long from, Pointer to, long bytes);

  /** From the device to itself; the ranges do not overlap. */
  void copy(long from, long to, long bytes);

  /** Sets every byte to {@code value}. */
  void fill(long at, int value, long bytes);

  default void clear(long at, long bytes) {
    fill(at, 0, bytes);
  }

  /**
   * Runs a kernel with {@code blocksX * blocksY} blocks.
   *
   * @param threads of a block, a multiple of 32; a device may take fewer
   */
  void launch(String kernel, int blocksX, int blocksY, int threads, Arguments arguments);

  void multiply(Matmul matmul);

  /** Bytes that are taken now. */
  long heldBytes();

  /** Bytes that were taken at the most. */
  long peakBytes();

  /** Its memory in all, and what can still be taken. */
  DeviceCapacity capacity();

  @Override
  void close();
}
