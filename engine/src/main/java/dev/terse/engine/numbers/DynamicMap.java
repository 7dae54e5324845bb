package dev.terse.engine.numbers;

import java.util.Arrays;

/**
 * 8-bit numbers of AdamW's moments: block-wise dynamic quantization (Dettmers et al., "8-bit
 * Optimizers via Block-wise Quantization", arXiv 2110.02861), with the maps of bitsandbytes'
 * create_dynamic_map. A block of {@value #BLOCK} numbers is divided by its largest magnitude
 * (absmax), and each quotient becomes the nearest of 256 values, which lie evenly within each power
 * of ten, twice as many in each larger one:
 *
 * <pre>
 * decade 10^(e-6) to 10^(e-5), e = 0..6: the centres of 2^e equal parts, with both signs (SIGNED)
 *                                        or of 2^(e+1) (UNSIGNED); and 0 and 1
 * </pre>
 *
 * <p>One difference: a positive number never becomes 0 in the unsigned map. There 0 would divide: m
 * / sqrt(v) of an element whose gradient is a thousandth of its block's largest.
 */
public final class DynamicMap {
  /** Numbers that share an absmax. */
  public static final int BLOCK = 256;

  private static final int DECADES = 7;
  private static final int CODES = 256;

  /** For m. */
  public static final DynamicMap SIGNED = new DynamicMap(true);

  /** For v, which is 0 or more. */
  public static final DynamicMap UNSIGNED = new DynamicMap(false);

  /** Rising. */
  private final float[] values;

  /** Between a code and the next one. */
  private final float[] middles;

  /**
   * The code of the smallest float with given upper 16 bits. A float with these bits has this code
   * or the next: no two middles are so close that both share upper bits.
   */
  private final byte[] codeOfUpperBits = new byte[1 << 16];

  private final byte zero;

  private DynamicMap(boolean signed) {
    this.values = values(signed);
    this.zero = (byte) Arrays.binarySearch(values, 0);
    this.middles = new float[CODES];
    for (int c = 0; c < CODES - 1; c++) {
      middles[c] = (values[c] + values[c + 1]) / 2;
    }
    middles[CODES - 1] = Float.POSITIVE_INFINITY;
    if (!signed) {
      middles[zero] = 0; // what is more than 0 does not become 0
    }
    for (int upper = 0; upper < codeOfUpperBits.length; upper++) {
      // Of the floats with these upper bits the smallest: for negative ones that with all lower
      // bits set.
      int lower = (upper & 0x8000) == 0 ? 0 : 0xffff;
      codeOfUpperBits[upper] = (byte) searched(Float.intBitsToFloat(upper << 16 | lower));
    }
  }

  private static float[] values(boolean signed) {
    float[] values = new float[CODES];
    int at = 0;
    for (int e = 0; e < DECADES; e++) {
      int parts = 1 << (signed ? e : e + 1);
      double scale = Math.pow(10, e - (DECADES - 1));
      for (int p = 0; p < parts; p++) {
        float centre = (float) (scale * (0.1 + 0.9 * (p + 0.5) / parts));
        values[at++] = centre;
        if (signed) {
          values[at++] = -centre;
        }
      }
    }
    values[at++] = 0;
    values[at] = 1;
    Arrays.sort(values);
    return values;
  }

  private int searched(float quotient) {
    int code = 0;
    while (quotient > middles[code]) {
      code++;
    }
    return code;
  }

  /** What {@code code} (0 to 255) stands for, as a share of its block's absmax. */
  public float value(int code) {
    return values[code];
  }

  /**
   * The largest share of its block's absmax that becomes {@code code} (0 to 255) or a lower one;
   * infinite for the last.
   */
  public float bound(int code) {
    return middles[code];
  }

  /** The code of 0. */
  public byte zero() {
    return zero;
  }

  /** Blocks that {@code size} numbers take. */
  public static long blocks(long size) {
    return (size + BLOCK - 1) / BLOCK;
  }

  /**
   * Quantizes {@code x[at..at+count]}, whose first number begins a block. A block that holds a NaN
   * becomes all NaN.
   *
   * @param codes receives one byte a number, from 0 on
   * @param absmax receives one number a block, from 0 on
   */
  public void encode(float[] x, int at, int count, byte[] codes, float[] absmax) {
    float[] block = new float[BLOCK];
    for (int from = 0; from < count; from += BLOCK) {
      int here = Math.min(BLOCK, count - from);
      System.arraycopy(x, at + from, block, 0, here);
      float max = largest(block, here);
      absmax[from / BLOCK] = max;
      if (max == 0) {
        Arrays.fill(codes, from, from + here, zero);
      } else {
        divide(block, max, here);
        encode(block, here, codes, from);
      }
    }
  }

  // Loops of their own over one array each: so the compiler makes vector code of the first two.

  private static float largest(float[] x, int count) {
    float max = 0;
    for (int i = 0; i < count; i++) {
      max = Math.max(max, Math.abs(x[i]));
    }
    return max;
  }

  private static void divide(float[] x, float by, int count) {
    for (int i = 0; i < count; i++) {
      x[i] /= by;
    }
  }

  /** Without a branch, which would be a toss of a coin: the sign of the difference is added. */
  private void encode(float[] quotients, int count, byte[] codes, int at) {
    byte[] table = codeOfUpperBits;
    float[] bounds = middles;
    for (int i = 0; i < count; i++) {
      float quotient = quotients[i];
      int code = table[Float.floatToRawIntBits(quotient) >>> 16] & 0xff;
      int above = Float.floatToRawIntBits(bounds[code] - quotient) >>> 31;
      codes[at + i] = (byte) (code + above);
    }
  }

  /**
   * Undoes {@link #encode}.
   *
   * @param codes of numbers from {@code first} of their block on, from 0 on
   * @param absmax of that block and those after it
   * @param target receives {@code count} numbers from {@code at} on
   */
  public void decode(byte[] codes, float[] absmax, int first, float[] target, int at, int count) {
    for (int from = 0; from < count; ) {
      int block = (first + from) / BLOCK;
      int end = Math.min(count, (block + 1) * BLOCK - first);
      decode(codes, from, end, absmax[block], target, at);
      from = end;
    }
  }

  private void decode(byte[] codes, int from, int end, float max, float[] target, int at) {
    float[] map = values;
    for (int i = from; i < end; i++) {
      target[at + i] = map[codes[i] & 0xff] * max;
    }
  }
}
