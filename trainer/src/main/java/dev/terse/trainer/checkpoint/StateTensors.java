package dev.terse.trainer.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.terse.engine.DynamicMap;
import dev.terse.engine.Engine;
import dev.terse.engine.Shapes;
import dev.terse.engine.Tensor;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Tensors of a trainer's state in a safetensors file, as they lie in memory, so that what is read
 * again has the same bits: F32 (F64 on the reference engine), BF16, or U8 for the codes of 8-bit
 * tensors, with their scales beside them as {@code <name>.absmax} in F32.
 */
final class StateTensors {
  /** Bytes that are held at once; so few that the heap does not grow for them. */
  private static final int PIECE = 1 << 18;

  private static final ObjectMapper MAPPER = new ObjectMapper();

  private StateTensors() {}

  /** Writes all tensors in the order of the map. */
  static void write(Path file, Map<String, Tensor> tensors, Engine engine) throws IOException {
    try (OutputStream out = Files.newOutputStream(file)) {
      out.write(header(tensors, engine));
      for (Tensor tensor : tensors.values()) {
        byte[] piece = new byte[(int) Math.min(PIECE, tensor.byteSize())];
        for (long at = 0; at < tensor.byteSize(); at += piece.length) {
          int count = (int) Math.min(piece.length, tensor.byteSize() - at);
          tensor.readBytes(at, piece, 0, count);
          out.write(piece, 0, count);
        }
      }
    }
  }

  /**
   * Fills all tensors from a file that {@link #write} made.
   *
   * @throws IllegalArgumentException if one is missing there, or of another shape or number type
   */
  static void read(Path file, Map<String, Tensor> tensors, Engine engine) throws IOException {
    try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
      long headerBytes = Long.reverseBytes(in.readLong());
      if (headerBytes < 2 || headerBytes > Math.min(in.length(), Integer.MAX_VALUE) - Long.BYTES) {
        throw new IOException(file + " has no header of state tensors");
      }
      byte[] text = new byte[(int) headerBytes];
      in.readFully(text);
      JsonNode header = MAPPER.readTree(new String(text, StandardCharsets.UTF_8));
      for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
        parts(entry.getKey(), entry.getValue(), engine)
            .forEach((name, part) -> require(file, name, part, header.path(name)));
        JsonNode offsets = header.path(entry.getKey()).path("data_offsets");
        in.seek(Long.BYTES + headerBytes + offsets.path(0).asLong());
        read(in, entry.getValue());
      }
    }
  }

  private static void read(RandomAccessFile in, Tensor tensor) throws IOException {
    byte[] piece = new byte[(int) Math.min(PIECE, tensor.byteSize())];
    for (long at = 0; at < tensor.byteSize(); at += piece.length) {
      int count = (int) Math.min(piece.length, tensor.byteSize() - at);
      in.readFully(piece, 0, count);
      tensor.writeBytes(at, piece, 0, count);
    }
  }

  /** An array of the file; a tensor is one, or two that follow each other. */
  private record Part(String dtype, int[] shape, long bytes) {}

  private static Map<String, Part> parts(String name, Tensor tensor, Engine engine) {
    Map<String, Part> parts = new LinkedHashMap<>();
    int[] shape = tensor.shape();
    switch (tensor.storage()) {
      case FULL ->
          parts.put(
              name, new Part(engine.numberBytes() == 8 ? "F64" : "F32", shape, tensor.byteSize()));
      case BFLOAT16 -> parts.put(name, new Part("BF16", shape, tensor.byteSize()));
      case INT8, UINT8 -> {
        int blocks = Math.toIntExact(DynamicMap.blocks(tensor.size()));
        parts.put(name, new Part("U8", shape, tensor.size()));
        parts.put(
            name + ".absmax", new Part("F32", new int[] {blocks}, (long) blocks * Float.BYTES));
      }
    }
    return parts;
  }

  private static void require(Path file, String name, Part expected, JsonNode found) {
    int[] shape = new int[found.path("shape").size()];
    Arrays.setAll(shape, axis -> found.path("shape").get(axis).asInt());
    String dtype = found.path("dtype").asText("missing");
    if (!Arrays.equals(expected.shape, shape) || !dtype.equals(expected.dtype)) {
      throw new IllegalArgumentException(
          file
              + ": "
              + name
              + " is "
              + dtype
              + " "
              + Shapes.text(shape)
              + ", the run needs "
              + expected.dtype
              + " "
              + Shapes.text(expected.shape));
    }
  }

  private static byte[] header(Map<String, Tensor> tensors, Engine engine) {
    ObjectNode root = MAPPER.createObjectNode();
    root.putObject("__metadata__").put("format", "pt"); // transformers refuses files without it
    long offset = 0;
    for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
      for (Map.Entry<String, Part> part :
          parts(entry.getKey(), entry.getValue(), engine).entrySet()) {
        ObjectNode node = root.putObject(part.getKey()).put("dtype", part.getValue().dtype);
        Arrays.stream(part.getValue().shape).forEach(node.withArray("/shape")::add);
        long end = offset + part.getValue().bytes;
        node.putArray("data_offsets").add(offset).add(end);
        offset = end;
      }
    }
    byte[] text = root.toString().getBytes(StandardCharsets.UTF_8);
    int padded = (text.length + 7) / 8 * 8;
    ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES + padded).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(padded).put(text);
    while (bytes.hasRemaining()) {
      bytes.put((byte) ' ');
    }
    return bytes.array();
  }
}
