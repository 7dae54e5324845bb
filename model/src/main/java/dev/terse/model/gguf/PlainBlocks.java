package dev.terse.model.gguf;

import dev.terse.engine.numbers.Bfloat16;
import dev.terse.model.safetensors.DType;
import java.nio.ByteBuffer;

/** Types that hold one number in a block; packing rounds to nearest, ties to even. */
final class PlainBlocks {
  private PlainBlocks() {}

  static void f32(ByteBuffer from, int at, float[] to, int out) {
    to[out] = from.getFloat(at);
  }

  static void f16(ByteBuffer from, int at, float[] to, int out) {
    to[out] = half(from, at);
  }

  static void bf16(ByteBuffer from, int at, float[] to, int out) {
    to[out] = Float.intBitsToFloat(from.getShort(at) << 16);
  }

  static float half(ByteBuffer from, int at) {
    return DType.halfToFloat(from.getShort(at));
  }

  static void packF32(float[] from, int at, ByteBuffer to) {
    to.putFloat(from[at]);
  }

  static void packF16(float[] from, int at, ByteBuffer to) {
    to.putShort(DType.floatToHalf(from[at]));
  }

  static void packBf16(float[] from, int at, ByteBuffer to) {
    to.putShort(Bfloat16.of(from[at]));
  }
}
