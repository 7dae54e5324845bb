package dev.terse.engine.cuda;

import dev.terse.engine.RowReader;
import dev.terse.engine.cuda.device.Device;
import dev.terse.engine.cuda.device.Scratch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.FloatPointer;

/** Softmax on the device, told to a reader on the host, some rows at a time. */
final class RowReading implements AutoCloseable {
  private final Device device;
  private final RowKernels kernels;
  private final long scratchBytes;
  private FloatPointer host = new FloatPointer();

  /**
   * @param scratchBytes what the results may take at a time, if one row does not take more
   */
  RowReading(Device device, RowKernels kernels, long scratchBytes) {
    this.device = device;
    this.kernels = kernels;
    this.scratchBytes = scratchBytes;
  }

  void softmax(CudaTensor x, double factor, RowReader reader) {
    int columns = x.rowSize();
    int step = (int) Math.max(1, scratchBytes / ((long) columns * Float.BYTES));
    for (int from = 0; from < x.rows(); from += step) {
      int first = from;
      int count = Math.min(step, x.rows() - from);
      reserve((long) count * columns);
      try (Scratch scratch = new Scratch(device)) {
        long out = scratch.floats((long) count * columns);
        kernels.softmaxRows(x.rowsView(from, from + count), factor, out);
        device.download(out, host, (long) count * columns * Float.BYTES);
        tell(count, row -> reader.read(first + row, row(row, columns)));
      }
    }
  }

  /** Makes the host memory at least so many numbers large. */
  private void reserve(long count) {
    if (host.capacity() < count) {
      close();
      host = device.allocateHost(count);
    }
  }

  private float[] row(int row, int columns) {
    float[] values = new float[columns];
    new FloatPointer(host).position((long) row * columns).get(values);
    return values;
  }

  private interface RowCall {
    void of(int row);
  }

  /** Calls for all rows, several at once; the first failure reaches the caller as it is. */
  private static void tell(int rows, RowCall call) {
    AtomicReference<RuntimeException> failure = new AtomicReference<>();
    IntStream.range(0, rows)
        .parallel()
        .forEach(
            row -> {
              try {
                call.of(row);
              } catch (RuntimeException e) {
                failure.compareAndSet(null, e);
              }
            });
    if (failure.get() != null) {
      throw failure.get();
    }
  }

  @Override
  public void close() {
    if (!host.isNull()) {
      device.freeHost(host);
      host = new FloatPointer();
    }
  }
}
