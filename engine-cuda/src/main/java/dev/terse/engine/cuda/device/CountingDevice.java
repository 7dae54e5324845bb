package dev.terse.engine.cuda.device;

import dev.terse.engine.MeasuredEngine.DeviceCapacity;
import java.util.HashMap;
import java.util.Map;
import org.bytedeco.javacpp.Pointer;

/** A device that has no memory, computes nothing and reads zeros, and counts what it would hold. */
public final class CountingDevice implements Device {
  private final String name;
  private final Map<Long, Long> sizes = new HashMap<>();
  private long next = 1;
  private long held;
  private long peak;

  public CountingDevice(String name) {
    this.name = name;
  }

  @Override
  public String name() {
    return name + ", counting";
  }

  @Override
  public long allocate(long bytes) {
    sizes.put(next, bytes);
    held += bytes;
    peak = Math.max(peak, held);
    return next++;
  }

  @Override
  public void free(long address) {
    held -= sizes.remove(address);
  }

  @Override
  public void upload(Pointer from, long to, long bytes) {}

  @Override
  public void download(long from, Pointer to, long bytes) {
    Pointer.memset(to, 0, bytes);
  }

  @Override
  public void copy(long from, long to, long bytes) {}

  @Override
  public void fill(long at, int value, long bytes) {}

  @Override
  public void launch(String kernel, int blocksX, int blocksY, int threads, Arguments arguments) {}

  @Override
  public void multiply(Matmul matmul) {}

  @Override
  public long heldBytes() {
    return held;
  }

  @Override
  public long peakBytes() {
    return peak;
  }

  @Override
  public DeviceCapacity capacity() {
    throw new UnsupportedOperationException("a device that only counts has no capacity");
  }

  @Override
  public void close() {}
}
