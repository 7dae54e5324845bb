package dev.terse.trainer.checkpoint;

import dev.terse.engine.Engine;
import dev.terse.engine.Shapes;
import dev.terse.engine.Tensor;
import dev.terse.engine.numbers.DynamicMap;
import dev.terse.io.AtomicFile;
import dev.terse.io.safetensors.SafetensorsFile;
import dev.terse.io.safetensors.SafetensorsHeader.Entry;
import dev.terse.io.safetensors.SafetensorsWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Tensors of a trainer's state in a safetensors file, as they lie in memory, so that what is read
 * again has the same bits: F32 (F64 on the reference engine), BF16, or U8 for the codes of 8-bit
 * tensors, with their scales behind them as {@code <name>.absmax} in F32.
 */
final class StateTensors {
  /** Bytes that are held at once; so few that the heap does not grow for them. */
  private static final int PIECE = 1 << 18;

  /** Ends the name of the scales of 8-bit codes. */
  private static final String SCALES = ".absmax";

  /** Begins the names of means of squared gradients. */
  static final String SQUARES = "exp_avg_sq.";

  private StateTensors() {}

  /** Writes all tensors in the order of the map. */
  static void write(Path file, Map<String, Tensor> tensors, Engine engine) {
    SafetensorsWriter writer = new SafetensorsWriter();
    tensors.forEach(
        (name, tensor) ->
            arrays(name, tensor, engine)
                .forEach((array, kind) -> writer.add(array, kind.dtype, kind.shape)));
    writer.write(
        file,
        channel -> {
          for (Tensor tensor : tensors.values()) {
            byte[] piece = new byte[(int) Math.min(PIECE, tensor.byteSize())];
            for (long at = 0; at < tensor.byteSize(); at += piece.length) {
              int count = (int) Math.min(piece.length, tensor.byteSize() - at);
              tensor.readBytes(at, piece, 0, count);
              AtomicFile.writeFully(channel, ByteBuffer.wrap(piece, 0, count));
            }
          }
        });
  }

  /**
   * Fills all tensors from a file that {@link #write} made.
   *
   * @throws IllegalArgumentException if one is missing there, of another shape or number type, or
   *     holds a number that no run writes: NaN, infinite, or a negative mean of squares
   */
  static void read(Path file, Map<String, Tensor> tensors, Engine engine) {
    try (SafetensorsFile in = SafetensorsFile.open(file)) {
      tensors.forEach(
          (name, tensor) -> {
            long at = 0;
            for (var array : arrays(name, tensor, engine).entrySet()) {
              Entry entry = in.entries().get(array.getKey());
              require(file, array.getKey(), array.getValue(), entry);
              boolean positive = entry.name().startsWith(SQUARES) || entry.name().endsWith(SCALES);
              Check check = new Check(file, entry, positive);
              at += read(in, entry, tensor, at, check);
            }
          });
    }
  }

  /** Fills a tensor's bytes from {@code begin} on with all of an array. */
  private static long read(
      SafetensorsFile in, Entry entry, Tensor tensor, long begin, Check check) {
    byte[] piece = new byte[(int) Math.min(PIECE, entry.bytes())];
    for (long at = 0; at < entry.bytes(); at += piece.length) {
      int count = (int) Math.min(piece.length, entry.bytes() - at);
      in.read(entry, at, ByteBuffer.wrap(piece, 0, count));
      check.numbers(ByteBuffer.wrap(piece, 0, count).order(ByteOrder.LITTLE_ENDIAN));
      tensor.writeBytes(begin + at, piece, 0, count);
    }
    return entry.bytes();
  }

  /**
   * Holds numbers against what a run can have written.
   *
   * @param positive whether none may be below 0
   */
  private record Check(Path file, Entry entry, boolean positive) {
    void numbers(ByteBuffer bytes) {
      while (bytes.hasRemaining()) {
        double value =
            switch (entry.dtype()) {
              case "F32" -> bytes.getFloat();
              case "F64" -> bytes.getDouble();
              case "BF16" -> Float.intBitsToFloat(bytes.getShort() << 16);
              default -> bytes.get() & 0xff; // codes, all of which stand for a number
            };
        if (!Double.isFinite(value) || positive && value < 0) {
          throw new IllegalArgumentException(
              file
                  + ": "
                  + entry.name()
                  + " holds "
                  + value
                  + ", which no run writes; resume from another checkpoint");
        }
      }
    }
  }

  /** Number type and shape of an array of the file. */
  private record Kind(String dtype, int... shape) {}

  /** The arrays that a tensor's bytes are: one, or codes and scales, which follow each other. */
  private static Map<String, Kind> arrays(String name, Tensor tensor, Engine engine) {
    Map<String, Kind> arrays = new LinkedHashMap<>();
    int[] shape = tensor.shape();
    switch (tensor.storage()) {
      case FULL -> arrays.put(name, new Kind(engine.numberBytes() == 8 ? "F64" : "F32", shape));
      case BFLOAT16 -> arrays.put(name, new Kind("BF16", shape));
      case INT8, UINT8 -> {
        arrays.put(name, new Kind("U8", shape));
        int blocks = Math.toIntExact(DynamicMap.blocks(tensor.size()));
        arrays.put(name + SCALES, new Kind("F32", blocks));
      }
    }
    return arrays;
  }

  private static void require(Path file, String name, Kind expected, Entry found) {
    String dtype = found == null ? "missing" : found.dtype();
    int[] shape = found == null ? new int[0] : found.shape();
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
}
