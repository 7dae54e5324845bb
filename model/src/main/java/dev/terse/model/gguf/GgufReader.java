package dev.terse.model.gguf;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** The header's bytes in their order, buffered; never reads or allocates past what is there. */
final class GgufReader {
  /** Longest string; chat templates have 20,000 bytes. */
  private static final long MAX_STRING_BYTES = 1 << 24;

  /** Longest header; a vocabulary of 300,000 tokens with its merges takes 15 MB. */
  private static final long MAX_HEADER_BYTES = 1 << 28;

  private final FileChannel channel;
  private final Path path;
  private final long size;
  private final ByteBuffer buffer =
      ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN).limit(0);
  private long bufferStart;

  GgufReader(FileChannel channel, long size, Path path) {
    this.channel = channel;
    this.size = Math.min(size, MAX_HEADER_BYTES);
    this.path = path;
  }

  /** Byte of the file that is read next. */
  long position() {
    return bufferStart + buffer.position();
  }

  long remaining() {
    return size - position();
  }

  int u8() {
    return need(1).get() & 255;
  }

  short s16() {
    return need(2).getShort();
  }

  int s32() {
    return need(4).getInt();
  }

  long u32() {
    return s32() & 0xffffffffL;
  }

  /** A 64-bit number; counts that look negative are refused where they are used. */
  long s64() {
    return need(8).getLong();
  }

  float f32() {
    return Float.intBitsToFloat(s32());
  }

  double f64() {
    return Double.longBitsToDouble(s64());
  }

  /**
   * A length in front of things of at least {@code bytesEach}.
   *
   * @throws IllegalArgumentException if so many cannot stand in the rest of the file, or are more
   *     than {@code most}
   */
  int count(String what, long bytesEach, long most) {
    long at = position();
    long count = s64();
    if (count < 0 || count > most || count > remaining() / bytesEach) {
      throw damaged(
          at,
          "says "
              + Long.toUnsignedString(count)
              + " "
              + what
              + ", at most "
              + Math.min(most, remaining() / bytesEach)
              + " are possible");
    }
    return (int) count;
  }

  String string() {
    byte[] bytes = new byte[count("bytes of text", 1, MAX_STRING_BYTES)];
    int done = 0;
    while (done < bytes.length) {
      int piece = Math.min(bytes.length - done, buffer.capacity());
      need(piece).get(bytes, done, piece);
      done += piece;
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }

  IllegalArgumentException damaged(long at, String what) {
    return new IllegalArgumentException(
        path + " is not a sound GGUF file: byte " + at + " " + what);
  }

  private ByteBuffer need(int bytes) {
    if (buffer.remaining() < bytes) {
      refill(bytes);
    }
    return buffer;
  }

  private void refill(int bytes) {
    bufferStart = position();
    buffer.clear();
    try {
      while (buffer.position() < bytes
          && channel.read(buffer, bufferStart + buffer.position()) > 0) {
        // until there are enough or the file ends
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + path + ": " + e.getMessage(), e);
    }
    buffer.flip();
    if (buffer.remaining() < bytes) {
      throw damaged(bufferStart, "is past the end: the header breaks off");
    }
  }
}
