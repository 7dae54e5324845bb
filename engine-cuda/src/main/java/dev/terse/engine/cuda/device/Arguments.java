package dev.terse.engine.cuda.device;

import java.util.Arrays;

/** Arguments of a kernel in the order of its parameters, each in the low bytes of 8. */
public final class Arguments {
  /** More than any kernel takes. */
  static final int MOST = 16;

  private final long[] slots = new long[MOST];
  private int count;

  /** A pointer; 0 is null. */
  public Arguments address(long value) {
    return put(value);
  }

  public Arguments count(long value) {
    return put(value);
  }

  public Arguments integer(int value) {
    return put(value);
  }

  public Arguments number(float value) {
    return put(Float.floatToRawIntBits(value));
  }

  public Arguments exact(double value) {
    return put(Double.doubleToRawLongBits(value));
  }

  /** The arguments, a number of 8 bytes each. */
  long[] slots() {
    return Arrays.copyOf(slots, count);
  }

  private Arguments put(long bits) {
    slots[count++] = bits;
    return this;
  }
}
