package dev.terse.engine.numbers;

/**
 * How the numbers of a tensor lie in memory. Everything but {@link #FULL} costs digits and is for
 * numbers that can spare them: AdamW's moments, and weights that only bfloat16 matmuls read.
 */
public enum Storage {
  /** The engine's own number type: 4 bytes on ND4J, 8 in the reference. */
  FULL,

  /** {@link Bfloat16}: 2 bytes, the range of a 32-bit float and 8 bits of its digits. */
  BFLOAT16,

  /**
   * 8 bits and a 32-bit scale for each block of {@value DynamicMap#BLOCK} numbers, by {@link
   * DynamicMap#SIGNED}: AdamW's m. Written in whole blocks, seen through no views.
   */
  INT8,

  /** The same by {@link DynamicMap#UNSIGNED}, for numbers that are not negative: AdamW's v. */
  UINT8;

  /**
   * Bytes that {@code size} numbers take.
   *
   * @param fullBytes of one number of {@link #FULL}: see {@code Engine.numberBytes}
   */
  public long bytes(long size, int fullBytes) {
    return switch (this) {
      case FULL -> size * fullBytes;
      case BFLOAT16 -> size * Short.BYTES;
      case INT8, UINT8 -> size + DynamicMap.blocks(size) * Float.BYTES;
    };
  }

  /** The map of an 8-bit storage. */
  public DynamicMap map() {
    return switch (this) {
      case INT8 -> DynamicMap.SIGNED;
      case UINT8 -> DynamicMap.UNSIGNED;
      default -> throw new IllegalStateException(this + " has no map");
    };
  }
}
