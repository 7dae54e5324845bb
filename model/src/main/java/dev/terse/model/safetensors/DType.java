package dev.terse.model.safetensors;

import dev.terse.engine.numbers.Bfloat16;
import java.nio.ByteBuffer;

/** Number types of weights that are read and written. All little-endian. */
public enum DType {
  F32(4) {
    @Override
    void read(ByteBuffer from, float[] target, int at, int count) {
      from.asFloatBuffer().get(target, at, count);
    }

    @Override
    void write(float[] source, int count, ByteBuffer to) {
      to.asFloatBuffer().put(source, 0, count);
      to.position(to.position() + count * 4);
    }
  },
  F16(2) {
    @Override
    void read(ByteBuffer from, float[] target, int at, int count) {
      for (int i = 0; i < count; i++) {
        target[at + i] = halfToFloat(from.getShort());
      }
    }

    @Override
    void write(float[] source, int count, ByteBuffer to) {
      for (int i = 0; i < count; i++) {
        to.putShort(floatToHalf(source[i]));
      }
    }
  },
  BF16(2) {
    @Override
    void read(ByteBuffer from, float[] target, int at, int count) {
      for (int i = 0; i < count; i++) {
        target[at + i] = Bfloat16.toFloat(from.getShort());
      }
    }

    @Override
    void write(float[] source, int count, ByteBuffer to) {
      for (int i = 0; i < count; i++) {
        to.putShort(Bfloat16.of(source[i]));
      }
    }
  };

  private final int bytes;

  DType(int bytes) {
    this.bytes = bytes;
  }

  /**
   * The type that a config.json calls {@code torchName}.
   *
   * @throws IllegalArgumentException if it is none of the three
   */
  public static DType of(String torchName) {
    for (DType dtype : values()) {
      if (dtype.torchName().equals(torchName)) {
        return dtype;
      }
    }
    throw new IllegalArgumentException(
        "dtype must be float32, float16 or bfloat16, was '" + torchName + "'");
  }

  /** Bytes of one number. */
  public int bytes() {
    return bytes;
  }

  /** The name of the type in a config.json: float32, float16, bfloat16. */
  public String torchName() {
    return switch (this) {
      case F32 -> "float32";
      case F16 -> "float16";
      case BF16 -> "bfloat16";
    };
  }

  /** Reads {@code count} numbers from the position of a little-endian buffer. */
  abstract void read(ByteBuffer from, float[] target, int at, int count);

  /** Appends numbers to a little-endian buffer, rounded to nearest, ties to even. */
  abstract void write(float[] source, int count, ByteBuffer to);

  /** IEEE 754 binary16 to binary32, exact. */
  public static float halfToFloat(short half) {
    int sign = (half & 0x8000) << 16;
    int exponent = (half >> 10) & 0x1f;
    int fraction = half & 0x3ff;
    if (exponent == 0x1f) {
      return Float.intBitsToFloat(sign | 0x7f800000 | fraction << 13);
    }
    if (exponent == 0) {
      float tiny = fraction * 0x1.0p-24f;
      return sign == 0 ? tiny : -tiny;
    }
    return Float.intBitsToFloat(sign | (exponent + 112) << 23 | fraction << 13);
  }

  /** IEEE 754 binary32 to binary16, to nearest, ties to even; too large becomes infinite. */
  public static short floatToHalf(float value) {
    int bits = Float.floatToIntBits(value);
    int sign = (bits >>> 16) & 0x8000;
    float size = Math.abs(value);
    if (Float.isNaN(value)) {
      return (short) (sign | 0x7e00);
    }
    if (size >= 65520f) {
      return (short) (sign | 0x7c00);
    }
    if (size < 0x1.0p-14f) {
      return (short) (sign | (int) Math.rint(size * 0x1.0p24));
    }
    int magnitude = bits & 0x7fffffff;
    int rounded = magnitude + 0xfff + ((magnitude >>> 13) & 1);
    return (short) (sign | ((rounded >>> 13) - (112 << 10)));
  }
}
