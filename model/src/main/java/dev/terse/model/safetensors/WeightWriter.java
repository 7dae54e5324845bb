package dev.terse.model.safetensors;

import dev.terse.engine.Progress;
import dev.terse.engine.Shapes;
import dev.terse.engine.Tensor;
import dev.terse.io.AtomicFile;
import dev.terse.io.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;

/** Writes one safetensors file, piece by piece, so that no second copy of the weights is held. */
public final class WeightWriter {
  private WeightWriter() {}

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
    SafetensorsWriter writer = new SafetensorsWriter();
    names.forEach(name -> writer.add(name, dtype.name(), source.shape(name)));
    writer.write(
        path,
        channel -> {
          for (String name : names) {
            writeData(channel, source, name, dtype, progress);
          }
        });
  }

  /** Bytes of the data of array {@code name}. */
  static long bytes(WeightSource source, String name, DType dtype) {
    return Shapes.size(source.shape(name)) * dtype.bytes();
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
