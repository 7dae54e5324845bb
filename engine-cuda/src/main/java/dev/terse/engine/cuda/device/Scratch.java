package dev.terse.engine.cuda.device;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;

/** Device memory of one operation: all of it is freed when the scratch is closed. */
public final class Scratch implements AutoCloseable {
  private final Device device;
  private final List<DeviceMemory> taken = new ArrayList<>();

  public Scratch(Device device) {
    this.device = device;
  }

  /** Memory for 32-bit floats. */
  public long floats(long count) {
    return take(count * Float.BYTES);
  }

  /** Memory for bfloat16 numbers. */
  public long bfloat16s(long count) {
    return take(count * Short.BYTES);
  }

  /** Memory for numbers of 8 bytes. */
  public long doubles(long count) {
    return take(count * Double.BYTES);
  }

  /** These numbers on the device. */
  public long of(int... values) {
    try (IntPointer host = new IntPointer(values)) {
      return uploaded(host, (long) values.length * Integer.BYTES);
    }
  }

  /** These numbers on the device. */
  public long of(long... values) {
    try (LongPointer host = new LongPointer(values)) {
      return uploaded(host, (long) values.length * Long.BYTES);
    }
  }

  /** These numbers on the device. */
  public long of(float... values) {
    try (FloatPointer host = new FloatPointer(values)) {
      return uploaded(host, (long) values.length * Float.BYTES);
    }
  }

  /** These numbers on the device. */
  public long of(double... values) {
    try (DoublePointer host = new DoublePointer(values)) {
      return uploaded(host, (long) values.length * Double.BYTES);
    }
  }

  /** What lies on the device: numbers of 8 bytes. */
  public double[] doublesAt(long address, int count) {
    double[] out = new double[count];
    try (DoublePointer host = new DoublePointer((long) count)) {
      device.download(address, host, (long) count * Double.BYTES);
      host.get(out);
    }
    return out;
  }

  private long uploaded(Pointer host, long bytes) {
    long address = take(bytes);
    device.upload(host, address, bytes);
    return address;
  }

  private long take(long bytes) {
    DeviceMemory memory = new DeviceMemory(device, bytes, false);
    taken.add(memory);
    return memory.address();
  }

  @Override
  public void close() {
    taken.forEach(DeviceMemory::close);
  }
}
