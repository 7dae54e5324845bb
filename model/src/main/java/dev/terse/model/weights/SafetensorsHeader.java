package dev.terse.model.weights;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The header of a safetensors file, checked so that nothing it says can be believed wrongly:
 *
 * <pre>
 * File   --> Length (8 bytes, little-endian), Header (Length bytes), Data
 * Header --> {"name": {"dtype": "F32", "shape": [2, 3], "data_offsets": [begin, end]}, …}
 * </pre>
 *
 * <p>Offsets count from the start of Data. As in the format's reference implementation the arrays
 * must tile Data: no overlap, no hole, nothing behind the last.
 *
 * @param dataStart position of Data in the file
 * @param entries by name, in the order of their data
 */
record SafetensorsHeader(long dataStart, Map<String, Entry> entries) {

  /** The reference implementation's limit. */
  static final long MAX_HEADER_BYTES = 100_000_000;

  private static final int MAX_DEPTH = 8;
  private static final int MAX_AXES = 8;

  private static final ObjectMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(MAX_DEPTH)
                          .maxNumberLength(20)
                          .build())
                  .build())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /**
   * One array.
   *
   * @param dtype as the file spells it; not necessarily one that can be read
   * @param begin,end half-open byte range in Data
   */
  record Entry(String name, String dtype, int[] shape, long begin, long end) {}

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
    JsonNode root = json(header, where);
    List<Entry> entries = new ArrayList<>();
    root.properties()
        .forEach(
            field -> {
              if (!field.getKey().equals("__metadata__")) {
                entries.add(entry(field.getKey(), field.getValue(), where));
              }
            });
    entries.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
    long dataStart = 8L + header.length;
    requireTiled(entries, fileSize - dataStart, where);
    Map<String, Entry> byName = new LinkedHashMap<>();
    entries.forEach(entry -> byName.put(entry.name(), entry));
    return new SafetensorsHeader(dataStart, byName);
  }

  private static JsonNode json(byte[] header, String where) {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(header)).toString();
      JsonNode root = MAPPER.readTree(text);
      if (!root.isObject()) {
        throw new IllegalArgumentException(where + ": the safetensors header is not an object");
      }
      return root;
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException(where + ": the safetensors header is not UTF-8", e);
    } catch (JacksonException e) {
      throw new IllegalArgumentException(
          where
              + ": the safetensors header is not valid JSON at byte "
              + (8 + Math.max(0, e.getLocation() == null ? 0 : e.getLocation().getCharOffset()))
              + ": "
              + cut(e.getOriginalMessage()),
          e);
    }
  }

  private static Entry entry(String name, JsonNode node, String where) {
    String what = where + ": tensor '" + cut(name) + "' ";
    JsonNode shapeNode = node.path("shape");
    JsonNode offsets = node.path("data_offsets");
    if (!node.path("dtype").isTextual()
        || !shapeNode.isArray()
        || !offsets.isArray()
        || offsets.size() != 2
        || node.size() != 3) {
      throw new IllegalArgumentException(
          what + "needs dtype, shape and two data_offsets, has " + cut(node.toString()));
    }
    String dtype = node.get("dtype").asText();
    int width = widthOf(dtype);
    if (width == 0) {
      throw new IllegalArgumentException(what + "has an unknown dtype '" + cut(dtype) + "'");
    }
    if (shapeNode.size() > MAX_AXES) {
      throw new IllegalArgumentException(
          what + "has " + shapeNode.size() + " axes, at most " + MAX_AXES + " are read");
    }
    long bytes = width;
    int[] shape = new int[shapeNode.size()];
    for (int axis = 0; axis < shape.length; axis++) {
      long length = whole(shapeNode.get(axis), what + "shape");
      if (length > Integer.MAX_VALUE || length != 0 && bytes > Long.MAX_VALUE / length) {
        throw new IllegalArgumentException(what + "is too large: shape " + cut(shapeNode));
      }
      shape[axis] = (int) length;
      bytes *= length;
    }
    long begin = whole(offsets.get(0), what + "data_offsets");
    long end = whole(offsets.get(1), what + "data_offsets");
    if (end < begin || end - begin != bytes) {
      throw new IllegalArgumentException(
          what
              + "has data_offsets "
              + cut(offsets)
              + ", but "
              + dtype
              + " of shape "
              + cut(shapeNode)
              + " takes "
              + bytes
              + " bytes");
    }
    return new Entry(name, dtype, shape, begin, end);
  }

  private static long whole(JsonNode node, String what) {
    if (!node.isIntegralNumber() || !node.canConvertToLong() || node.longValue() < 0) {
      throw new IllegalArgumentException(
          what + " must hold integers from 0 to 2^63-1, has " + cut(node));
    }
    return node.longValue();
  }

  private static void requireTiled(List<Entry> entries, long dataBytes, String where) {
    long expected = 0;
    for (Entry entry : entries) {
      if (entry.begin() != expected) {
        throw new IllegalArgumentException(
            where
                + ": tensor '"
                + cut(entry.name())
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
  private static int widthOf(String dtype) {
    return switch (dtype) {
      case "F64", "I64", "U64" -> 8;
      case "F32", "I32", "U32" -> 4;
      case "F16", "BF16", "I16", "U16" -> 2;
      case "I8", "U8", "BOOL", "F8_E4M3", "F8_E5M2" -> 1;
      default -> 0;
    };
  }

  private static String cut(Object found) {
    String text = found.toString();
    return text.length() <= 80 ? text : text.substring(0, 80) + "…";
  }
}
