package dev.terse.model.gguf;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Header of a GGUF file, version 2 or 3, little-endian: metadata and the list of tensors
 * (ggml/docs/gguf.md).
 *
 * @param metadata values by key: Long, Double (of a 64-bit float), Float, Boolean, String, List
 * @param tensors by name, in the file's order
 * @param dataStart byte where the tensors begin
 */
record GgufHeader(Map<String, Object> metadata, Map<String, Entry> tensors, long dataStart) {
  static final int MAGIC = 0x46554747; // "GGUF"
  static final int NEWEST_VERSION = 3;
  private static final int MAX_AXES = 4; // ggml's
  private static final long MAX_TENSORS = 1 << 17; // a model of 1,000 layers has 12,000
  private static final long MAX_KEYS = 1 << 12; // files in use have fewer than 100
  private static final long MAX_ARRAY = 1 << 21; // the largest vocabularies have 300,000 tokens
  private static final long MAX_ENTRIES = 1 << 23; // of all arrays together

  /**
   * A tensor.
   *
   * @param shape lengths of the axes, outermost first (a file lists them innermost first)
   * @param offset first byte, from the beginning of the data
   */
  record Entry(String name, int[] shape, GgmlType type, long offset) {
    long elements() {
      long product = 1;
      for (int axis : shape) {
        product *= axis;
      }
      return product;
    }

    long bytes() {
      return elements() / type.blockSize() * type.blockBytes();
    }
  }

  /**
   * Reads and checks a header.
   *
   * @throws IllegalArgumentException naming the file, the place and what is wrong there
   */
  static GgufHeader read(GgufReader in, long fileSize) {
    if (in.remaining() < 24 || in.s32() != MAGIC) {
      throw in.damaged(0, "does not begin with the letters GGUF");
    }
    long version = in.u32();
    if (version != 2 && version != NEWEST_VERSION) {
      throw in.damaged(
          4,
          (version == 0x02000000 || version == 0x03000000)
              ? "says the file is big-endian, which is not supported"
              : "says version " + version + ", supported are 2 and 3");
    }
    int tensorCount = in.count("tensors", 24, MAX_TENSORS);
    int keyCount = in.count("keys", 12, MAX_KEYS);
    Map<String, Object> metadata = new LinkedHashMap<>();
    long entries = 0;
    for (int i = 0; i < keyCount; i++) {
      long at = in.position();
      String key = in.string();
      Object value = value(in, in.u32(), false);
      if (metadata.putIfAbsent(key, value) != null) {
        throw in.damaged(at, "gives key '" + cut(key) + "' a second time");
      }
      entries += value instanceof List<?> list ? list.size() : 0;
      if (entries > MAX_ENTRIES) {
        throw in.damaged(at, "gives more than " + MAX_ENTRIES + " array entries");
      }
    }
    Map<String, Entry> tensors = new LinkedHashMap<>();
    for (int i = 0; i < tensorCount; i++) {
      long at = in.position();
      Entry entry = entry(in);
      if (tensors.put(entry.name(), entry) != null) {
        throw in.damaged(at, "lists tensor '" + cut(entry.name()) + "' a second time");
      }
    }
    long alignment = alignment(in, metadata);
    long dataStart = (in.position() + alignment - 1) / alignment * alignment;
    for (Entry entry : tensors.values()) {
      requireInside(in, entry, dataStart, fileSize, alignment);
    }
    return new GgufHeader(
        Collections.unmodifiableMap(metadata), Collections.unmodifiableMap(tensors), dataStart);
  }

  private static Object value(GgufReader in, long type, boolean inArray) {
    long at = in.position();
    return switch ((int) Math.min(type, 99)) {
      case 0 -> (long) in.u8();
      case 1 -> (long) (byte) in.u8();
      case 2 -> (long) (in.s16() & 0xffff);
      case 3 -> (long) in.s16();
      case 4 -> in.u32();
      case 5 -> (long) in.s32();
      case 6 -> in.f32();
      case 7 -> in.u8() != 0;
      case 8 -> in.string();
      case 9 -> {
        if (inArray) {
          throw in.damaged(at, "begins an array inside an array, which no known key has");
        }
        yield array(in);
      }
      case 10, 11 -> in.s64();
      case 12 -> in.f64();
      default -> throw in.damaged(at, "follows a value type " + type + ", known are 0 to 12");
    };
  }

  private static List<Object> array(GgufReader in) {
    long type = in.u32();
    int count = in.count("array entries", type == 8 ? 8 : 1, MAX_ARRAY);
    List<Object> values = new ArrayList<>(Math.min(count, 1 << 16));
    for (int i = 0; i < count; i++) {
      values.add(value(in, type, true));
    }
    return Collections.unmodifiableList(values);
  }

  private static Entry entry(GgufReader in) {
    long at = in.position();
    String name = in.string();
    long axes = in.u32();
    if (axes < 1 || axes > MAX_AXES) {
      throw in.damaged(
          at, "gives tensor '" + cut(name) + "' " + axes + " axes, possible are 1 to 4");
    }
    int[] shape = new int[(int) axes];
    long elements = 1;
    for (int i = shape.length - 1; i >= 0; i--) {
      long length = in.s64();
      if (length < 1 || length > Integer.MAX_VALUE || elements > Long.MAX_VALUE / 16 / length) {
        throw in.damaged(at, "gives tensor '" + cut(name) + "' an axis of length " + length);
      }
      shape[i] = (int) length;
      elements *= length;
    }
    long typeId = in.u32();
    GgmlType type = GgmlType.of(typeId);
    if (type == null) {
      throw new IllegalArgumentException(
          "tensor '"
              + cut(name)
              + "' has GGUF number type "
              + typeId
              + ", which is not supported; supported: "
              + List.of(GgmlType.values()));
    }
    if (shape[shape.length - 1] % type.blockSize() != 0) {
      throw in.damaged(
          at,
          "gives tensor '"
              + cut(name)
              + "' rows of "
              + shape[shape.length - 1]
              + " numbers, "
              + type
              + " needs a multiple of "
              + type.blockSize());
    }
    return new Entry(name, shape, type, in.s64());
  }

  private static long alignment(GgufReader in, Map<String, Object> metadata) {
    Object value = metadata.getOrDefault("general.alignment", 32L);
    if (!(value instanceof Long alignment)
        || alignment < 8
        || alignment > 1 << 20
        || Long.bitCount(alignment) != 1) {
      throw in.damaged(
          in.position(), "ends a header whose general.alignment is " + cut(value.toString()));
    }
    return alignment;
  }

  private static void requireInside(
      GgufReader in, Entry entry, long dataStart, long fileSize, long alignment) {
    long dataBytes = fileSize - dataStart;
    if (entry.offset() < 0
        || entry.offset() % alignment != 0
        || entry.offset() > dataBytes
        || entry.bytes() > dataBytes - entry.offset()) {
      throw in.damaged(
          in.position(),
          "ends a header that puts tensor '"
              + cut(entry.name())
              + "' at data bytes "
              + entry.offset()
              + " to "
              + (entry.offset() + entry.bytes())
              + ", there are "
              + Math.max(0, dataBytes)
              + " (alignment "
              + alignment
              + "); is the download complete?");
    }
  }

  private static String cut(String text) {
    return text.length() <= 80 ? text : text.substring(0, 80) + "…";
  }
}
