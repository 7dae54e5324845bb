package dev.terse.model.folder;

import dev.terse.engine.Engine;
import dev.terse.engine.Shapes;
import dev.terse.engine.Tensor;
import dev.terse.model.safetensors.WeightSource;
import dev.terse.model.weights.DecoderConfig;
import dev.terse.model.weights.Parameters;
import dev.terse.model.weights.WeightShapes;
import dev.terse.model.weights.WeightUse;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reading a decoder's weights: first all names and shapes are checked, then the numbers come. */
final class WeightLoading {
  private static final int SHOWN = 12;

  private WeightLoading() {}

  /**
   * Reads the weights that {@code config} asks for.
   *
   * @throws IllegalArgumentException naming what is missing, unexpected or of another shape, all at
   *     once
   */
  static Parameters load(WeightSource source, DecoderConfig config, Engine engine, WeightUse use) {
    requireAgreement(source, config);
    Map<String, int[]> expected = WeightShapes.of(config);
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    try {
      expected.forEach(
          (name, shape) -> {
            Tensor tensor = engine.allocate(use.storage(engine, name), shape);
            tensors.put(name, tensor);
            source.readInto(name, tensor);
          });
      return new Parameters(tensors);
    } catch (RuntimeException e) {
      tensors.values().forEach(Tensor::close);
      throw e;
    }
  }

  /**
   * Checks names and shapes without reading a number.
   *
   * @throws IllegalArgumentException as {@link #load}
   */
  static void requireAgreement(WeightSource source, DecoderConfig config) {
    Map<String, int[]> expected = WeightShapes.of(config);
    List<String> problems = new ArrayList<>();
    expected.forEach(
        (name, shape) -> {
          if (!source.names().contains(name)) {
            problems.add("'" + name + "' " + Shapes.text(shape) + " is missing");
          } else if (!Arrays.equals(source.shape(name), shape)) {
            problems.add(
                "'"
                    + name
                    + "' must have shape "
                    + Shapes.text(shape)
                    + ", has "
                    + Shapes.text(source.shape(name)));
          }
        });
    for (String name : source.names()) {
      if (config.tiedHead() && name.equals(WeightShapes.HEAD)) {
        if (!sameNumbers(source, name, WeightShapes.EMBEDDING)) {
          problems.add("'" + name + "' is not the embedding, though tie_word_embeddings is true");
        }
      } else if (!expected.containsKey(name) && !name.endsWith(".rotary_emb.inv_freq")) {
        // Old files hold the frequencies, which the config determines.
        problems.add("'" + name + "' is unexpected");
      }
    }
    if (!problems.isEmpty()) {
      List<String> shown = problems.subList(0, Math.min(SHOWN, problems.size()));
      throw new IllegalArgumentException(
          source.description()
              + " does not fit its config ("
              + problems.size()
              + (problems.size() == 1 ? " problem): " : " problems): ")
              + String.join("; ", shown)
              + (shown.size() < problems.size() ? "; …" : ""));
    }
  }

  /** Whether two arrays hold the same numbers. */
  static boolean sameNumbers(WeightSource source, String one, String other) {
    int[] shape = source.shape(one);
    if (!source.names().contains(other) || !Arrays.equals(shape, source.shape(other))) {
      return false;
    }
    long size = Shapes.size(shape);
    float[] a = new float[(int) Math.min(WeightSource.PIECE, size)];
    float[] b = new float[a.length];
    for (long offset = 0; offset < size; offset += a.length) {
      int count = (int) Math.min(a.length, size - offset);
      source.read(one, offset, a, 0, count);
      source.read(other, offset, b, 0, count);
      if (!Arrays.equals(a, 0, count, b, 0, count)) {
        return false;
      }
    }
    return true;
  }
}
