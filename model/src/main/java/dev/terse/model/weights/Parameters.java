package dev.terse.model.weights;

import dev.terse.engine.Engine;
import dev.terse.engine.Tensor;
import dev.terse.engine.numbers.Storage;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.LongFunction;

/**
 * Named tensors in a fixed order: the weights of a decoder under their Hugging Face names, or
 * gradients or optimizer moments of the same names and shapes. Owns its tensors.
 */
public final class Parameters implements AutoCloseable {
  private final Map<String, Tensor> tensors;

  /** Takes ownership of the tensors. */
  public Parameters(Map<String, Tensor> tensors) {
    this.tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
  }

  /** Names in order. */
  public Set<String> names() {
    return tensors.keySet();
  }

  /**
   * The tensor called {@code name}.
   *
   * @throws IllegalArgumentException if there is none
   */
  public Tensor get(String name) {
    Tensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException("no parameter '" + name + "'");
    }
    return tensor;
  }

  /** The tensor called {@code name}, or null if there is none. */
  public Tensor getOrNull(String name) {
    return tensors.get(name);
  }

  public boolean has(String name) {
    return tensors.containsKey(name);
  }

  /** All tensors by name, in order; not to be changed. */
  public Map<String, Tensor> tensors() {
    return tensors;
  }

  /** Number of elements of all tensors. */
  public long size() {
    return tensors.values().stream().mapToLong(Tensor::size).sum();
  }

  /** Zeros of the same names and shapes; belongs to the caller. */
  public Parameters zerosLike(Engine engine) {
    return zerosLike(engine, size -> Storage.FULL);
  }

  /**
   * The same in other storages.
   *
   * @param storageOf the storage of a tensor of so many elements
   */
  public Parameters zerosLike(Engine engine, LongFunction<Storage> storageOf) {
    Map<String, Tensor> zeros = new LinkedHashMap<>();
    tensors.forEach(
        (name, tensor) ->
            zeros.put(name, engine.allocate(storageOf.apply(tensor.size()), tensor.shape())));
    return new Parameters(zeros);
  }

  /** Sets every element to 0. */
  public void clear(Engine engine) {
    tensors.values().forEach(engine::clear);
  }

  @Override
  public void close() {
    tensors.values().forEach(Tensor::close);
  }
}
