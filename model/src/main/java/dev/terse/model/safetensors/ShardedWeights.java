package dev.terse.model.safetensors;

import dev.terse.engine.Tensor;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Several safetensors files and the index that says which array lies in which. */
final class ShardedWeights implements WeightSource {
  private static final int SHOWN = 4;

  private final Path index;
  private final Map<String, SafetensorsWeights> shardOf;
  private final List<SafetensorsWeights> shards;

  private ShardedWeights(
      Path index, Map<String, SafetensorsWeights> shardOf, List<SafetensorsWeights> shards) {
    this.index = index;
    this.shardOf = shardOf;
    this.shards = shards;
  }

  /**
   * Opens all shards of an index.
   *
   * @throws IllegalArgumentException if the index names a file outside its folder, a file that is
   *     not there, or an array that its file lacks; all such problems at once
   */
  static ShardedWeights open(Path index) {
    Map<String, String> fileOf = ShardIndex.read(index);
    requireFiles(index, new TreeSet<>(fileOf.values()));
    Map<String, SafetensorsWeights> byFile = new LinkedHashMap<>();
    Map<String, SafetensorsWeights> shardOf = new LinkedHashMap<>();
    try {
      List<String> lacking = new ArrayList<>();
      fileOf.forEach(
          (name, file) -> {
            SafetensorsWeights shard =
                byFile.computeIfAbsent(file, f -> SafetensorsWeights.open(index.resolveSibling(f)));
            if (!shard.names().contains(name)) {
              lacking.add("'" + name + "' is not in " + file);
            }
            shardOf.put(name, shard);
          });
      if (!lacking.isEmpty()) {
        throw new IllegalArgumentException(
            index
                + " does not agree with its shards: "
                + String.join(", ", lacking.subList(0, Math.min(SHOWN, lacking.size())))
                + (lacking.size() > SHOWN ? ", …" : "")
                + "; download the index and the shards of one and the same model again");
      }
      return new ShardedWeights(index, shardOf, List.copyOf(byFile.values()));
    } catch (IllegalArgumentException | UncheckedIOException e) {
      byFile.values().forEach(SafetensorsWeights::close);
      throw e;
    }
  }

  private static void requireFiles(Path index, Set<String> files) {
    List<String> missing = new ArrayList<>();
    for (String file : files) {
      if (!file.matches("[A-Za-z0-9][A-Za-z0-9._-]*")) {
        throw new IllegalArgumentException(
            index + " must name files of its own folder, names '" + file + "'");
      }
      if (!Files.isRegularFile(index.resolveSibling(file))) {
        missing.add(file);
      }
    }
    if (!missing.isEmpty()) {
      throw new IllegalArgumentException(
          index
              + " names "
              + missing.size()
              + " missing of "
              + files.size()
              + " shards: "
              + String.join(", ", missing)
              + "; download what is missing");
    }
  }

  @Override
  public Set<String> names() {
    return Collections.unmodifiableSet(shardOf.keySet());
  }

  @Override
  public int[] shape(String name) {
    return shard(name).shape(name);
  }

  @Override
  public DType dtype(String name) {
    return shard(name).dtype(name);
  }

  @Override
  public void read(String name, long offset, float[] target, int at, int count) {
    shard(name).read(name, offset, target, at, count);
  }

  @Override
  public void readInto(String name, Tensor target) {
    shard(name).readInto(name, target);
  }

  private SafetensorsWeights shard(String name) {
    SafetensorsWeights shard = shardOf.get(name);
    if (shard == null) {
      throw new IllegalArgumentException(index + " has no tensor '" + name + "'");
    }
    return shard;
  }

  @Override
  public String description() {
    return index.toString();
  }

  @Override
  public void close() {
    shards.forEach(SafetensorsWeights::close);
  }
}
