package dev.terse.model.gguf;

import static dev.terse.model.gguf.PlainBlocks.half;

import dev.terse.model.safetensors.DType;
import java.nio.ByteBuffer;

/**
 * ggml's quantized types of 32 numbers a block: value = d · q, or d · q + m. The low half of the
 * packed bytes holds numbers 0 to 15, the high half 16 to 31.
 */
final class LegacyQuants {
  private static final int HALF = 16;

  private LegacyQuants() {}

  // d f16, 16 bytes of 2 × 4 bits
  static void q4Zero(ByteBuffer from, int at, float[] to, int out) {
    float d = half(from, at);
    for (int i = 0; i < HALF; i++) {
      int packed = from.get(at + 2 + i);
      to[out + i] = d * ((packed & 15) - 8);
      to[out + HALF + i] = d * ((packed >> 4 & 15) - 8);
    }
  }

  // d f16, m f16, 16 bytes of 2 × 4 bits
  static void q4One(ByteBuffer from, int at, float[] to, int out) {
    float d = half(from, at);
    float m = half(from, at + 2);
    for (int i = 0; i < HALF; i++) {
      int packed = from.get(at + 4 + i);
      to[out + i] = d * (packed & 15) + m;
      to[out + HALF + i] = d * (packed >> 4 & 15) + m;
    }
  }

  // d f16, 32 fifth bits, 16 bytes of 2 × 4 bits
  static void q5Zero(ByteBuffer from, int at, float[] to, int out) {
    float d = half(from, at);
    int high = from.getInt(at + 2);
    for (int i = 0; i < HALF; i++) {
      int packed = from.get(at + 6 + i);
      to[out + i] = d * ((packed & 15 | fifth(high, i)) - 16);
      to[out + HALF + i] = d * ((packed >> 4 & 15 | fifth(high, i + HALF)) - 16);
    }
  }

  // d f16, m f16, 32 fifth bits, 16 bytes of 2 × 4 bits
  static void q5One(ByteBuffer from, int at, float[] to, int out) {
    float d = half(from, at);
    float m = half(from, at + 2);
    int high = from.getInt(at + 4);
    for (int i = 0; i < HALF; i++) {
      int packed = from.get(at + 8 + i);
      to[out + i] = d * (packed & 15 | fifth(high, i)) + m;
      to[out + HALF + i] = d * (packed >> 4 & 15 | fifth(high, i + HALF)) + m;
    }
  }

  // d f16, 32 signed bytes
  static void q8Zero(ByteBuffer from, int at, float[] to, int out) {
    float d = half(from, at);
    for (int i = 0; i < 2 * HALF; i++) {
      to[out + i] = from.get(at + 2 + i) * d;
    }
  }

  /**
   * d is the number of largest size over -8, so that this one is exact (ggml, {@code
   * quantize_row_q4_0_ref}; rounded in double, as gguf-py does).
   */
  static void packQ4Zero(float[] from, int at, ByteBuffer to) {
    float largest = 0;
    for (int i = 0; i < 2 * HALF; i++) {
      largest = Math.abs(from[at + i]) > Math.abs(largest) ? from[at + i] : largest;
    }
    float d = largest / -8;
    float inverse = d == 0 ? 0 : 1 / d;
    to.putShort(DType.floatToHalf(d));
    for (int i = 0; i < HALF; i++) {
      int low = fourBits(from[at + i], inverse);
      int high = fourBits(from[at + HALF + i], inverse);
      to.put((byte) (low | high << 4));
    }
  }

  private static int fourBits(float value, float inverse) {
    return Math.min(15, (int) ((double) value * inverse + 8.5));
  }

  /** d is the largest size over 127; halves are rounded away from 0 (quantize_row_q8_0_ref). */
  static void packQ8Zero(float[] from, int at, ByteBuffer to) {
    float largest = 0;
    for (int i = 0; i < 2 * HALF; i++) {
      largest = Math.max(largest, Math.abs(from[at + i]));
    }
    float d = largest / 127;
    float inverse = d == 0 ? 0 : 1 / d;
    to.putShort(DType.floatToHalf(d));
    for (int i = 0; i < 2 * HALF; i++) {
      float scaled = from[at + i] * inverse;
      int size = (int) (Math.abs(scaled) + 0.5); // exact: the sum is in double
      to.put((byte) (scaled < 0 ? -size : size));
    }
  }

  private static int fifth(int bits, int index) {
    return (bits >>> index & 1) << 4;
  }
}
