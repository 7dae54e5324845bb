package dev.terse.model.safetensors;

import dev.terse.engine.Tensor;
import dev.terse.engine.numbers.Storage;
import dev.terse.io.safetensors.SafetensorsFile;
import dev.terse.io.safetensors.SafetensorsHeader.Entry;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Set;

/** The weights of one safetensors file. */
public final class SafetensorsWeights implements WeightSource {

  /** Bytes read at a time. */
  private static final int BUFFER = 1 << 22;

  private final SafetensorsFile file;
  private ByteBuffer buffer;

  private SafetensorsWeights(SafetensorsFile file) {
    this.file = file;
  }

  /**
   * Opens a file and checks its header.
   *
   * @throws IllegalArgumentException if it is not a sound safetensors file
   * @throws java.io.UncheckedIOException if it cannot be read
   */
  public static SafetensorsWeights open(Path path) {
    return new SafetensorsWeights(SafetensorsFile.open(path));
  }

  @Override
  public Set<String> names() {
    return Collections.unmodifiableSet(file.entries().keySet());
  }

  @Override
  public int[] shape(String name) {
    return entry(name).shape().clone();
  }

  @Override
  public void read(String name, long offset, float[] target, int at, int count) {
    Entry entry = entry(name);
    DType dtype = dtype(entry);
    if (offset < 0 || (offset + count) * dtype.bytes() > entry.bytes()) {
      throw new IndexOutOfBoundsException(
          "elements " + offset + " to " + (offset + count) + " are outside '" + name + "'");
    }
    if (buffer == null) {
      buffer = ByteBuffer.allocateDirect(BUFFER).order(ByteOrder.LITTLE_ENDIAN);
    }
    int atOnce = BUFFER / dtype.bytes();
    for (int done = 0; done < count; done += atOnce) {
      int piece = Math.min(count - done, atOnce);
      buffer.clear().limit(piece * dtype.bytes());
      file.read(entry, (offset + done) * dtype.bytes(), buffer);
      dtype.read(buffer.flip(), target, at + done, piece);
    }
  }

  /** Numbers that are bfloat16 here and there are copied as they are. */
  @Override
  public void readInto(String name, Tensor target) {
    Entry entry = entry(name);
    if (target.storage() != Storage.BFLOAT16 || dtype(entry) != DType.BF16) {
      WeightSource.super.readInto(name, target);
      return;
    }
    byte[] piece = new byte[(int) Math.min(PIECE * Short.BYTES, target.byteSize())];
    for (long offset = 0; offset < target.byteSize(); offset += piece.length) {
      int count = (int) Math.min(piece.length, target.byteSize() - offset);
      file.read(entry, offset, ByteBuffer.wrap(piece, 0, count));
      target.writeBytes(offset, piece, 0, count);
    }
  }

  @Override
  public DType dtype(String name) {
    return dtype(entry(name));
  }

  private DType dtype(Entry entry) {
    for (DType dtype : DType.values()) {
      if (dtype.name().equals(entry.dtype())) {
        return dtype;
      }
    }
    throw new IllegalArgumentException(
        file.path()
            + ": tensor '"
            + entry.name()
            + "' is "
            + entry.dtype()
            + ", weights must be F32, F16 or BF16");
  }

  private Entry entry(String name) {
    Entry entry = file.entries().get(name);
    if (entry == null) {
      throw new IllegalArgumentException(file.path() + " has no tensor '" + name + "'");
    }
    return entry;
  }

  @Override
  public String description() {
    return file.path().toString();
  }

  @Override
  public void close() {
    file.close();
  }
}
