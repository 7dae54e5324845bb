package dev.terse.model.weights;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.terse.engine.Progress;
import dev.terse.engine.Shapes;
import dev.terse.engine.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.Map;

/** Writes one safetensors file, piece by piece, so that no second copy of the weights is held. */
public final class SafetensorsWriter {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private SafetensorsWriter() {}

  /**
   * Writes the tensors in the order of the map.
   *
   * @param dtype what the numbers are rounded to
   * @throws java.io.UncheckedIOException naming the path; what stood there before then stays
   */
  public static void write(Path path, Map<String, Tensor> tensors, DType dtype) {
    write(path, new TensorWeights(tensors), tensors.keySet(), dtype, Progress.NONE);
  }

  /**
   * Writes some of a source's arrays.
   *
   * @param names which, in this order
   * @param progress hears of numbers written
   */
  static void write(
      Path path, WeightSource source, Collection<String> names, DType dtype, Progress progress) {
    AtomicFile.write(
        path,
        channel -> {
          AtomicFile.writeFully(channel, header(source, names, dtype));
          for (String name : names) {
            writeData(channel, source, name, dtype, progress);
          }
        });
  }

  /** Bytes of the data of array {@code name}. */
  static long bytes(WeightSource source, String name, DType dtype) {
    return Shapes.size(source.shape(name)) * dtype.bytes();
  }

  private static ByteBuffer header(WeightSource source, Collection<String> names, DType dtype) {
    ObjectNode root = MAPPER.createObjectNode();
    // transformers refuses files without it.
    root.putObject("__metadata__").put("format", "pt");
    long offset = 0;
    for (String name : names) {
      ObjectNode node = root.putObject(name).put("dtype", dtype.name());
      ArrayNode shape = node.putArray("shape");
      Arrays.stream(source.shape(name)).forEach(shape::add);
      long end = offset + bytes(source, name, dtype);
      node.putArray("data_offsets").add(offset).add(end);
      offset = end;
    }
    byte[] text = root.toString().getBytes(StandardCharsets.UTF_8);
    int padded = (text.length + 7) / 8 * 8; // data is aligned; the format pads with spaces
    ByteBuffer header = ByteBuffer.allocate(8 + padded).order(ByteOrder.LITTLE_ENDIAN);
    header.putLong(padded).put(text);
    while (header.hasRemaining()) {
      header.put((byte) ' ');
    }
    return header.flip();
  }

  private static void writeData(
      FileChannel channel, WeightSource source, String name, DType dtype, Progress progress)
      throws IOException {
    long size = Shapes.size(source.shape(name));
    int pieceSize = (int) Math.min(WeightSource.PIECE, size);
    float[] piece = new float[pieceSize];
    ByteBuffer bytes =
        ByteBuffer.allocateDirect(pieceSize * dtype.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    for (long offset = 0; offset < size; offset += pieceSize) {
      int count = (int) Math.min(pieceSize, size - offset);
      source.read(name, offset, piece, 0, count);
      dtype.write(piece, count, bytes.clear());
      AtomicFile.writeFully(channel, bytes.flip());
      progress.advance(count);
    }
  }
}
