package dev.terse.trainer.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.terse.engine.Engine;
import dev.terse.engine.Shapes;
import dev.terse.engine.Tensor;
import dev.terse.model.weights.DType;
import dev.terse.model.weights.SafetensorsFile;
import dev.terse.model.weights.SafetensorsWriter;
import dev.terse.model.weights.WeightSource;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

/**
 * Tensors of a trainer's state in a safetensors file, at the full width of the engine's numbers:
 * F32 for engines of 32 bits, F64 for the reference.
 */
final class StateTensors {
  private static final int DOUBLE_BYTES = 8;
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private StateTensors() {}

  /** Writes all tensors in the order of the map. */
  static void write(Path file, Map<String, Tensor> tensors, Engine engine) throws IOException {
    if (engine.numberBytes() != DOUBLE_BYTES) {
      SafetensorsWriter.write(file, tensors, DType.F32);
      return;
    }
    try (OutputStream out = Files.newOutputStream(file)) {
      out.write(header(tensors));
      for (Tensor tensor : tensors.values()) {
        double[] values = tensor.toDoubles();
        ByteBuffer bytes = little(values.length * DOUBLE_BYTES);
        bytes.asDoubleBuffer().put(values);
        out.write(bytes.array());
      }
    }
  }

  /** Fills all tensors from a file that {@link #write} made. */
  static void read(Path file, Map<String, Tensor> tensors, Engine engine) throws IOException {
    if (engine.numberBytes() != DOUBLE_BYTES) {
      try (WeightSource source = SafetensorsFile.open(file)) {
        for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
          require(file, entry.getKey(), entry.getValue(), source.shape(entry.getKey()));
          source.readInto(entry.getKey(), entry.getValue());
        }
      }
      return;
    }
    try (DataInputStream in =
        new DataInputStream(new java.io.BufferedInputStream(Files.newInputStream(file)))) {
      readWide(file, in, tensors);
    }
  }

  private static void readWide(Path file, DataInputStream in, Map<String, Tensor> tensors)
      throws IOException {
    long headerBytes = Long.reverseBytes(in.readLong());
    if (headerBytes < 2 || headerBytes > Files.size(file)) {
      throw new EOFException(file + " has no header of state tensors");
    }
    byte[] text = in.readNBytes((int) headerBytes);
    JsonNode header = MAPPER.readTree(new String(text, StandardCharsets.UTF_8));
    for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
      JsonNode described = header.path(entry.getKey());
      int[] shape = new int[described.path("shape").size()];
      Arrays.setAll(shape, axis -> described.path("shape").get(axis).asInt());
      require(file, entry.getKey(), entry.getValue(), shape);
      byte[] bytes = in.readNBytes(Math.toIntExact(entry.getValue().size() * DOUBLE_BYTES));
      double[] values = new double[bytes.length / DOUBLE_BYTES];
      ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asDoubleBuffer().get(values);
      entry.getValue().setDoubles(values);
    }
  }

  private static void require(Path file, String name, Tensor tensor, int[] found) {
    if (!Arrays.equals(tensor.shape(), found)) {
      throw new IllegalArgumentException(
          file
              + ": "
              + name
              + " has shape "
              + Shapes.text(found)
              + ", the model's is "
              + Shapes.text(tensor.shape()));
    }
  }

  private static byte[] header(Map<String, Tensor> tensors) {
    ObjectNode root = MAPPER.createObjectNode();
    long offset = 0;
    for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
      ObjectNode node = root.putObject(entry.getKey()).put("dtype", "F64");
      Arrays.stream(entry.getValue().shape()).forEach(node.withArray("/shape")::add);
      long end = offset + entry.getValue().size() * DOUBLE_BYTES;
      node.putArray("data_offsets").add(offset).add(end);
      offset = end;
    }
    byte[] text = root.toString().getBytes(StandardCharsets.UTF_8);
    int padded = (text.length + 7) / 8 * 8;
    ByteBuffer bytes = little(8 + padded);
    bytes.putLong(padded).put(text);
    while (bytes.hasRemaining()) {
      bytes.put((byte) ' ');
    }
    return bytes.array();
  }

  private static ByteBuffer little(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }
}
