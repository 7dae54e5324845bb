package dev.terse.model.gguf;

import static dev.terse.model.gguf.PlainBlocks.half;

import java.nio.ByteBuffer;

/**
 * ggml's k-quants: blocks of 256 numbers in groups of 16 or 32, each group with a small integer
 * scale (and minimum) under the block's: value = (d · scale) · q − (dmin · min).
 */
final class KQuants {
  private static final int BLOCK = 256;

  private KQuants() {}

  // 16 bytes scale | min << 4, 64 bytes of 4 × 2 bits, d f16, dmin f16
  static void q2(ByteBuffer from, int at, float[] to, int out) {
    float d = half(from, at + 80);
    float dmin = half(from, at + 82);
    for (int i = 0; i < BLOCK; i++) {
      int packed = from.get(at + i / 16) & 255;
      float scale = d * (packed & 15);
      float min = dmin * (packed >> 4);
      to[out + i] = scale * twoBits(from, at + 16, i) - min;
    }
  }

  // 32 bytes of third bits, 64 bytes of 4 × 2 bits, 12 bytes of 16 scales of 6 bits, d f16
  static void q3(ByteBuffer from, int at, float[] to, int out) {
    float d = half(from, at + 108);
    for (int i = 0; i < BLOCK; i++) {
      float scale = d * (scaleOfQ3(from, at + 96, i / 16) - 32);
      int third = from.get(at + i % 32) >> (i / 32) & 1;
      to[out + i] = scale * (twoBits(from, at + 32, i) - (third ^ 1) * 4);
    }
  }

  /**
   * Number {@code i} of 64 bytes: 32 bytes hold numbers 0 to 31 in their lowest bits, and so on.
   */
  private static int twoBits(ByteBuffer from, int at, int i) {
    return from.get(at + i / 128 * 32 + i % 32) >> (i % 128 / 32 * 2) & 3;
  }

  private static int scaleOfQ3(ByteBuffer from, int at, int group) {
    int low = from.get(at + group % 8) >> (group / 8 * 4) & 15;
    int high = from.get(at + 8 + group % 4) >> (group / 4 * 2) & 3;
    return low | high << 4;
  }

  // d f16, dmin f16, 12 bytes of 8 scales and mins of 6 bits, 128 bytes of 2 × 4 bits
  static void q4(ByteBuffer from, int at, float[] to, int out) {
    for (int group = 0; group < 8; group++) {
      float scale = half(from, at) * scale(from, at + 4, group);
      float min = half(from, at + 2) * min(from, at + 4, group);
      for (int i = 0; i < 32; i++) {
        int q = from.get(at + 16 + group / 2 * 32 + i) >> (group % 2 * 4) & 15;
        to[out + group * 32 + i] = scale * q - min;
      }
    }
  }

  // d f16, dmin f16, 12 bytes of scales and mins, 32 bytes of fifth bits, 128 bytes of 2 × 4 bits
  static void q5(ByteBuffer from, int at, float[] to, int out) {
    for (int group = 0; group < 8; group++) {
      float scale = half(from, at) * scale(from, at + 4, group);
      float min = half(from, at + 2) * min(from, at + 4, group);
      for (int i = 0; i < 32; i++) {
        int low = from.get(at + 48 + group / 2 * 32 + i) >> (group % 2 * 4) & 15;
        int fifth = from.get(at + 16 + i) >> group & 1;
        to[out + group * 32 + i] = scale * (low | fifth << 4) - min;
      }
    }
  }

  /** Scale of group 0 to 7: six bits, the upper two of groups 4 to 7 stored elsewhere. */
  private static int scale(ByteBuffer from, int at, int group) {
    return group < 4
        ? from.get(at + group) & 63
        : from.get(at + 4 + group) & 15 | from.get(at + group - 4) >> 2 & 48;
  }

  private static int min(ByteBuffer from, int at, int group) {
    return group < 4
        ? from.get(at + 4 + group) & 63
        : from.get(at + 4 + group) >> 4 & 15 | from.get(at + group) >> 2 & 48;
  }

  // 128 bytes of 2 × 4 bits, 64 bytes of 4 × 2 upper bits, 16 signed scales, d f16
  static void q6(ByteBuffer from, int at, float[] to, int out) {
    float d = half(from, at + 208);
    for (int i = 0; i < BLOCK; i++) {
      int half = i / 128;
      int low = from.get(at + half * 64 + i % 64) >> (i % 128 / 64 * 4) & 15;
      int high = from.get(at + 128 + half * 32 + i % 32) >> (i % 128 / 32 * 2) & 3;
      float scale = d * from.get(at + 192 + i / 16);
      to[out + i] = scale * ((low | high << 4) - 32);
    }
  }
}
