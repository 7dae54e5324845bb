package dev.terse.model.safetensors;

import dev.terse.engine.Tensor;
import dev.terse.engine.numbers.Storage;
import java.util.Map;
import java.util.Set;

/**
 * Tensors in memory as a source; they stay the caller's.
 *
 * @param tensors by name; not copied
 */
record TensorWeights(Map<String, Tensor> tensors) implements WeightSource {

  @Override
  public Set<String> names() {
    return tensors.keySet();
  }

  @Override
  public int[] shape(String name) {
    return get(name).shape();
  }

  @Override
  public DType dtype(String name) {
    return get(name).storage() == Storage.BFLOAT16 ? DType.BF16 : DType.F32;
  }

  @Override
  public void read(String name, long offset, float[] target, int at, int count) {
    get(name).read(offset, target, at, count);
  }

  private Tensor get(String name) {
    Tensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException("there is no tensor '" + name + "'");
    }
    return tensor;
  }

  @Override
  public String description() {
    return "weights in memory";
  }

  @Override
  public void close() {}
}
