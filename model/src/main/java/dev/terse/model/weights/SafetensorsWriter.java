package dev.terse.model.weights;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.terse.engine.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
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
    AtomicFile.write(
        path,
        channel -> {
          AtomicFile.writeFully(channel, header(tensors, dtype));
          float[] piece = new float[WeightSource.PIECE];
          ByteBuffer bytes =
              ByteBuffer.allocateDirect(piece.length * dtype.bytes())
                  .order(ByteOrder.LITTLE_ENDIAN);
          for (Tensor tensor : tensors.values()) {
            for (long offset = 0; offset < tensor.size(); offset += piece.length) {
              int count = (int) Math.min(piece.length, tensor.size() - offset);
              tensor.read(offset, piece, 0, count);
              dtype.write(piece, count, bytes.clear());
              AtomicFile.writeFully(channel, bytes.flip());
            }
          }
        });
  }

  /** Bytes of the data of {@code tensor}. */
  static long bytes(Tensor tensor, DType dtype) {
    return tensor.size() * dtype.bytes();
  }

  private static ByteBuffer header(Map<String, Tensor> tensors, DType dtype) {
    ObjectNode root = MAPPER.createObjectNode();
    // transformers refuses files without it.
    root.putObject("__metadata__").put("format", "pt");
    long offset = 0;
    for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
      Tensor tensor = entry.getValue();
      ObjectNode node = root.putObject(entry.getKey()).put("dtype", dtype.name());
      ArrayNode shape = node.putArray("shape");
      Arrays.stream(tensor.shape()).forEach(shape::add);
      long end = offset + bytes(tensor, dtype);
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
}
