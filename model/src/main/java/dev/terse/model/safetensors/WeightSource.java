package dev.terse.model.safetensors;

import dev.terse.engine.Shapes;
import dev.terse.engine.Tensor;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;

/** Named arrays of numbers in one or more files, read in pieces. */
public interface WeightSource extends AutoCloseable {

  /**
   * Numbers that are held at once on the way between a file and a tensor; so few that their arrays
   * are no large objects to the garbage collector, for which it would let the heap grow.
   */
  int PIECE = 1 << 16;

  /**
   * Tensors in memory as a source; they stay the caller's.
   *
   * @param tensors by name; not copied
   */
  static WeightSource of(Map<String, Tensor> tensors) {
    return new TensorWeights(tensors);
  }

  /** All names, in a fixed order. */
  Set<String> names();

  /**
   * Lengths of the axes, outermost first.
   *
   * @throws IllegalArgumentException if there is no such name
   */
  int[] shape(String name);

  /**
   * Reads {@code count} elements that start at {@code offset} into {@code target[at..]}.
   *
   * @throws IllegalArgumentException if the elements cannot be read as floats
   */
  void read(String name, long offset, float[] target, int at, int count);

  /**
   * The narrowest type of ours for what is stored under a name: its own, or bfloat16 for quantized
   * blocks.
   *
   * @throws IllegalArgumentException if there is no such name, or it cannot be read as floats
   */
  DType dtype(String name);

  /** The type that most of the numbers have. */
  default DType prevailingType() {
    Map<DType, Long> counts = new EnumMap<>(DType.class);
    for (String name : names()) {
      counts.merge(dtype(name), Shapes.size(shape(name)), Long::sum);
    }
    return counts.entrySet().stream()
        .max(Map.Entry.comparingByValue())
        .map(Map.Entry::getKey)
        .orElse(DType.F32);
  }

  /** Reads a whole array into {@code target} piece by piece, so that no second copy is held. */
  default void readInto(String name, Tensor target) {
    float[] piece = new float[(int) Math.min(PIECE, target.size())];
    for (long offset = 0; offset < target.size(); offset += piece.length) {
      int count = (int) Math.min(piece.length, target.size() - offset);
      read(name, offset, piece, 0, count);
      target.write(offset, piece, 0, count);
    }
  }

  /** What error sentences call it: the path. */
  String description();

  @Override
  void close();
}
