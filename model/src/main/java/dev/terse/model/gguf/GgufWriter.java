package dev.terse.model.gguf;

import dev.terse.io.AtomicFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Layout of a GGUF file of version 3, little-endian (ggml/docs/gguf.md): the metadata, the list of
 * tensors, and each tensor's data at the next multiple of 32 bytes.
 */
final class GgufWriter {
  static final int ALIGNMENT = 32; // what a file has that names none

  private final byte[] header;
  private final List<GgufHeader.Entry> tensors = new ArrayList<>();
  private long dataBytes;

  /** Writes the numbers of one tensor, all of them, in their order. */
  @FunctionalInterface
  interface Data {
    void writeTo(FileChannel channel, GgufHeader.Entry tensor) throws IOException;
  }

  /**
   * @param metadata values by key: Integer (an unsigned 32-bit number), Float, Boolean, String,
   *     {@code int[]} (of 32-bit numbers), and a list of strings
   * @param planned the tensors in their order; their offsets are given here
   */
  GgufWriter(Map<String, Object> metadata, List<GgufHeader.Entry> planned) {
    for (GgufHeader.Entry tensor : planned) {
      dataBytes = aligned(dataBytes);
      tensors.add(new GgufHeader.Entry(tensor.name(), tensor.shape(), tensor.type(), dataBytes));
      dataBytes += tensor.bytes();
    }
    dataBytes = aligned(dataBytes);
    Bytes out = new Bytes();
    out.s32(GgufHeader.MAGIC);
    out.s32(GgufHeader.NEWEST_VERSION);
    out.s64(tensors.size());
    out.s64(metadata.size());
    metadata.forEach(
        (key, value) -> {
          out.string(key);
          out.typed(value);
        });
    for (GgufHeader.Entry tensor : tensors) {
      out.string(tensor.name());
      out.s32(tensor.shape().length);
      for (int axis = tensor.shape().length - 1; axis >= 0; axis--) {
        out.s64(tensor.shape()[axis]);
      }
      out.s32(tensor.type().id());
      out.s64(tensor.offset());
    }
    out.zeros((int) (aligned(out.size()) - out.size()));
    this.header = out.toByteArray();
  }

  /** Bytes of the whole file. */
  long bytes() {
    return header.length + dataBytes;
  }

  /** The tensors with their places. */
  List<GgufHeader.Entry> tensors() {
    return List.copyOf(tensors);
  }

  /** Writes the file from the channel's beginning. */
  void writeTo(FileChannel channel, Data data) throws IOException {
    AtomicFile.writeFully(channel, ByteBuffer.wrap(header));
    for (GgufHeader.Entry tensor : tensors) {
      data.writeTo(channel, tensor);
      AtomicFile.writeFully(
          channel, ByteBuffer.allocate((int) (aligned(tensor.bytes()) - tensor.bytes())));
    }
  }

  private static long aligned(long bytes) {
    return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }

  /** The header's bytes; the numbers of value types are those of gguf.md. */
  private static final class Bytes extends ByteArrayOutputStream {
    private static final int U32 = 4;
    private static final int S32 = 5;
    private static final int F32 = 6;
    private static final int BOOL = 7;
    private static final int STRING = 8;
    private static final int ARRAY = 9;

    void s32(int value) {
      writeBytes(little(4).putInt(value).array());
    }

    void s64(long value) {
      writeBytes(little(8).putLong(value).array());
    }

    void string(String text) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      s64(bytes.length);
      writeBytes(bytes);
    }

    void zeros(int count) {
      writeBytes(new byte[count]);
    }

    void typed(Object value) {
      if (value instanceof Integer number) {
        s32(U32);
        s32(number);
      } else if (value instanceof Float number) {
        s32(F32);
        s32(Float.floatToIntBits(number));
      } else if (value instanceof Boolean flag) {
        s32(BOOL);
        write(flag ? 1 : 0);
      } else if (value instanceof String text) {
        s32(STRING);
        string(text);
      } else if (value instanceof int[] numbers) {
        s32(ARRAY);
        s32(S32);
        s64(numbers.length);
        for (int number : numbers) {
          s32(number);
        }
      } else if (value instanceof List<?> texts) {
        s32(ARRAY);
        s32(STRING);
        s64(texts.size());
        texts.forEach(text -> string((String) text));
      } else {
        throw new IllegalArgumentException("a GGUF file holds no " + value.getClass());
      }
    }

    private static ByteBuffer little(int bytes) {
      return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
  }
}
