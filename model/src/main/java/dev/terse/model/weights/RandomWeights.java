package dev.terse.model.weights;

import dev.terse.engine.Engine;
import dev.terse.engine.SeedTree;
import dev.terse.engine.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Weights to train from nothing, as transformers draws them: matrices normal with standard
 * deviation {@code initializer_range}, norms 1, biases 0. An element is a function of the seed, its
 * tensor's place and its own index.
 */
public final class RandomWeights {
  private static final int CHUNK = 1 << 16;

  private RandomWeights() {}

  public static Parameters of(Engine engine, DecoderConfig config, long seed) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (Map.Entry<String, int[]> weight : WeightShapes.of(config).entrySet()) {
      String name = weight.getKey();
      Tensor tensor = engine.allocate(weight.getValue());
      if (name.endsWith("norm.weight")) {
        fillOnes(tensor);
      } else if (!name.endsWith(".bias")) {
        fillNormal(tensor, SeedTree.at(seed, "init/" + name), config.initializerRange());
      }
      tensors.put(name, tensor);
    }
    return new Parameters(tensors);
  }

  private static void fillOnes(Tensor tensor) {
    float[] ones = new float[Math.toIntExact(tensor.size())];
    Arrays.fill(ones, 1);
    tensor.setFloats(ones);
  }

  private static void fillNormal(Tensor tensor, long seed, double deviation) {
    float[] chunk = new float[(int) Math.min(CHUNK, tensor.size())];
    for (long at = 0; at < tensor.size(); at += chunk.length) {
      int count = (int) Math.min(chunk.length, tensor.size() - at);
      for (int i = 0; i < count; i++) {
        chunk[i] = (float) (deviation * SeedTree.gaussian(SeedTree.child(seed, at + i)));
      }
      tensor.write(at, chunk, 0, count);
    }
  }
}
