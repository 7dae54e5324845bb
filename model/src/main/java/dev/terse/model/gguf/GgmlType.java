package dev.terse.model.gguf;

import java.nio.ByteBuffer;

/**
 * Number types of GGUF tensors that are read, five of them also written. Quantized types hold
 * blocks of {@link #blockSize} numbers in {@link #blockBytes} bytes; unpacking and packing give the
 * same bits as gguf-py's {@code dequantize} and {@code quantize}.
 */
enum GgmlType {
  F32(0, 1, 4, PlainBlocks::f32, PlainBlocks::packF32),
  F16(1, 1, 2, PlainBlocks::f16, PlainBlocks::packF16),
  Q4_0(2, 32, 18, LegacyQuants::q4Zero, LegacyQuants::packQ4Zero),
  Q4_1(3, 32, 20, LegacyQuants::q4One),
  Q5_0(6, 32, 22, LegacyQuants::q5Zero),
  Q5_1(7, 32, 24, LegacyQuants::q5One),
  Q8_0(8, 32, 34, LegacyQuants::q8Zero, LegacyQuants::packQ8Zero),
  Q2_K(10, 256, 84, KQuants::q2),
  Q3_K(11, 256, 110, KQuants::q3),
  Q4_K(12, 256, 144, KQuants::q4),
  Q5_K(13, 256, 176, KQuants::q5),
  Q6_K(14, 256, 210, KQuants::q6),
  BF16(30, 1, 2, PlainBlocks::bf16, PlainBlocks::packBf16);

  /** Unpacks one block that begins at {@code from[at]} into {@code to[out..]}. */
  @FunctionalInterface
  interface Unpacking {
    void unpack(ByteBuffer from, int at, float[] to, int out);
  }

  /** Packs the numbers {@code from[at..]} of one block behind what {@code to} holds. */
  @FunctionalInterface
  interface Packing {
    void pack(float[] from, int at, ByteBuffer to);
  }

  private final int id;
  private final int blockSize;
  private final int blockBytes;
  private final Unpacking unpacking;
  private final Packing packing; // null where the type is only read

  GgmlType(int id, int blockSize, int blockBytes, Unpacking unpacking) {
    this(id, blockSize, blockBytes, unpacking, null);
  }

  GgmlType(int id, int blockSize, int blockBytes, Unpacking unpacking, Packing packing) {
    this.id = id;
    this.blockSize = blockSize;
    this.blockBytes = blockBytes;
    this.unpacking = unpacking;
    this.packing = packing;
  }

  /** The type with this number in a file, or null. */
  static GgmlType of(long id) {
    for (GgmlType type : values()) {
      if (type.id == id) {
        return type;
      }
    }
    return null;
  }

  /** Its number in a file. */
  int id() {
    return id;
  }

  /** Numbers in a block. */
  int blockSize() {
    return blockSize;
  }

  /** Bytes of a block. */
  int blockBytes() {
    return blockBytes;
  }

  /** Unpacks {@code count} blocks of a little-endian buffer, from its beginning. */
  void unpack(ByteBuffer from, int count, float[] to, int out) {
    for (int b = 0; b < count; b++) {
      unpacking.unpack(from, b * blockBytes, to, out + b * blockSize);
    }
  }

  /** Packs {@code count} blocks of numbers behind what a little-endian buffer holds. */
  void pack(float[] from, int count, ByteBuffer to) {
    for (int b = 0; b < count; b++) {
      packing.pack(from, b * blockSize, to);
    }
  }
}
