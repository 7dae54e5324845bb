package dev.terse.io.safetensors;

import dev.terse.io.Quote;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The header of a safetensors file, checked so that nothing it says can be believed wrongly:
 *
 * <pre>
 * File   --> Length, Header, Data
 * Length --> bytes of Header, unsigned, 8 bytes, little-endian
 * Header --> JSON: {"__metadata__": {…}, Name: Entry, …}, then spaces up to a multiple of 8 bytes
 * Entry  --> {"dtype": Type, "shape": [Axis, …], "data_offsets": [Begin, End]}
 * Type   --> "F64" | "F32" | "F16" | "BF16" | "I64" | … | "U8" | "BOOL"
 * Data   --> the arrays, row-major, little-endian
 * </pre>
 *
 * <p>Offsets count from the start of Data. As in the format's reference implementation the arrays
 * must tile Data: no overlap, no hole, nothing behind the last.
 *
 * @param dataStart position of Data in the file
 * @param entries by name, in the order of their data
 */
public record SafetensorsHeader(long dataStart, Map<String, Entry> entries) {

  /**
   * Enough for 300,000 tensors; bounds the heap that a hostile file can take (the format itself
   * allows 100 MB).
   */
  static final int MAX_HEADER_BYTES = 25_000_000;

  /**
   * One array.
   *
   * @param dtype as the file spells it; not necessarily one that can be read
   * @param shape lengths of the axes, outermost first; not to be changed
   * @param begin,end half-open byte range in Data
   */
  public record Entry(String name, String dtype, int[] shape, long begin, long end) {

    /** Bytes of its data. */
    public long bytes() {
      return end - begin;
    }

    /**
     * Checks type, size and offsets against each other.
     *
     * @param tensor what error sentences begin with
     */
    static Entry of(String tensor, String name, String dtype, long[] shape, long begin, long end) {
      int width = widthOf(dtype);
      if (width == 0) {
        throw new IllegalArgumentException(
            tensor + " has an unknown dtype '" + Quote.cut(dtype) + "'");
      }
      long bytes = width;
      int[] axes = new int[shape.length];
      for (int axis = 0; axis < axes.length; axis++) {
        if (shape[axis] > Integer.MAX_VALUE
            || shape[axis] != 0 && bytes > Long.MAX_VALUE / shape[axis]) {
          throw new IllegalArgumentException(
              tensor + " is too large: shape " + Arrays.toString(shape));
        }
        axes[axis] = (int) shape[axis];
        bytes *= shape[axis];
      }
      if (end - begin != bytes) {
        throw new IllegalArgumentException(
            tensor
                + " has data_offsets ["
                + begin
                + ", "
                + end
                + "], but "
                + dtype
                + " of shape "
                + Arrays.toString(shape)
                + " takes "
                + bytes
                + " bytes");
      }
      return new Entry(name, dtype, axes, begin, end);
    }
  }

  /**
   * Checks the length of the header against the limit and the file, before anything is allocated.
   *
   * @throws IllegalArgumentException with a sentence that begins with {@code where}
   */
  static int requireLength(long length, long fileSize, String where) {
    if (length < 2 || length > MAX_HEADER_BYTES || length > fileSize - 8) {
      throw new IllegalArgumentException(
          where
              + " is not a safetensors file: header length "
              + Long.toUnsignedString(length)
              + " at byte 0, but the file has "
              + fileSize
              + " bytes and a header at most "
              + MAX_HEADER_BYTES);
    }
    return (int) length;
  }

  /**
   * Reads and checks a header.
   *
   * @param header the bytes between length and data
   * @throws IllegalArgumentException with a sentence that begins with {@code where}
   */
  static SafetensorsHeader parse(byte[] header, long fileSize, String where) {
    if (header[0] != '{') {
      throw new IllegalArgumentException(
          where + " is not a safetensors file: byte 8 must be '{', is " + (header[0] & 0xff));
    }
    List<Entry> entries = HeaderParser.parse(header, where);
    entries.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
    long dataStart = 8L + header.length;
    requireTiled(entries, fileSize - dataStart, where);
    Map<String, Entry> byName = new LinkedHashMap<>();
    entries.forEach(entry -> byName.put(entry.name(), entry));
    return new SafetensorsHeader(dataStart, byName);
  }

  private static void requireTiled(List<Entry> entries, long dataBytes, String where) {
    long expected = 0;
    for (Entry entry : entries) {
      if (entry.begin() != expected) {
        throw new IllegalArgumentException(
            where
                + ": tensor '"
                + Quote.cut(entry.name())
                + "' begins at data byte "
                + entry.begin()
                + ", but the one before it ends at "
                + expected
                + (entry.begin() < expected ? " (they overlap)" : " (a hole)"));
      }
      expected = entry.end();
    }
    if (expected != dataBytes) {
      throw new IllegalArgumentException(
          where
              + ": the header speaks of "
              + expected
              + " bytes of data, the file holds "
              + dataBytes
              + (expected > dataBytes ? " (cut off?)" : " (something was appended?)"));
    }
  }

  /** Bytes of one number, 0 where the format knows no such type. */
  static int widthOf(String dtype) {
    return switch (dtype) {
      case "F64", "I64", "U64" -> 8;
      case "F32", "I32", "U32" -> 4;
      case "F16", "BF16", "I16", "U16" -> 2;
      case "I8", "U8", "BOOL", "F8_E4M3", "F8_E5M2" -> 1;
      default -> 0;
    };
  }
}
