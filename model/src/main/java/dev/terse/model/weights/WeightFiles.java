package dev.terse.model.weights;

import dev.terse.engine.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The weights of a Hugging Face folder: one safetensors file, or shards with an index. */
public final class WeightFiles {
  static final String SINGLE = "model.safetensors";
  static final String INDEX = "model.safetensors.index.json";

  /** Data bytes of a shard before the next one begins, as in transformers. */
  public static final long MAX_SHARD_BYTES = 5_000_000_000L;

  private WeightFiles() {}

  /**
   * Opens the weights of {@code folder}.
   *
   * @throws IllegalArgumentException if there are none or they are damaged
   */
  public static WeightSource open(Path folder) {
    if (Files.exists(folder.resolve(SINGLE))) {
      return SafetensorsFile.open(folder.resolve(SINGLE));
    }
    if (Files.exists(folder.resolve(INDEX))) {
      return ShardedWeights.open(folder.resolve(INDEX));
    }
    throw new IllegalArgumentException(
        folder
            + " holds no weights: expected "
            + SINGLE
            + " or "
            + INDEX
            + (Files.exists(folder.resolve("pytorch_model.bin"))
                ? " (pytorch_model.bin is not read: it can run code; save as safetensors first)"
                : ""));
  }

  /** Writes the weights of {@code folder}, in shards where they exceed {@code maxShardBytes}. */
  public static void write(
      Path folder, Map<String, Tensor> tensors, DType dtype, long maxShardBytes) {
    List<Map<String, Tensor>> shards = split(tensors, dtype, maxShardBytes);
    if (shards.size() == 1) {
      SafetensorsWriter.write(folder.resolve(SINGLE), tensors, dtype);
      delete(folder.resolve(INDEX));
      return;
    }
    Map<String, String> fileOf = new LinkedHashMap<>();
    long total = 0;
    for (int i = 0; i < shards.size(); i++) {
      String file =
          String.format(Locale.ROOT, "model-%05d-of-%05d.safetensors", i + 1, shards.size());
      SafetensorsWriter.write(folder.resolve(file), shards.get(i), dtype);
      for (Map.Entry<String, Tensor> tensor : shards.get(i).entrySet()) {
        fileOf.put(tensor.getKey(), file);
        total += SafetensorsWriter.bytes(tensor.getValue(), dtype);
      }
    }
    AtomicFile.write(folder.resolve(INDEX), ShardIndex.text(fileOf, total));
    // Readers prefer a single file, so an older one must not outlive its successor.
    delete(folder.resolve(SINGLE));
  }

  /** In order; a shard holds one tensor at least. */
  private static List<Map<String, Tensor>> split(
      Map<String, Tensor> tensors, DType dtype, long maxShardBytes) {
    List<Map<String, Tensor>> shards = new ArrayList<>();
    long filled = Long.MAX_VALUE;
    for (Map.Entry<String, Tensor> tensor : tensors.entrySet()) {
      long bytes = SafetensorsWriter.bytes(tensor.getValue(), dtype);
      if (filled > maxShardBytes - bytes) {
        shards.add(new LinkedHashMap<>());
        filled = 0;
      }
      shards.get(shards.size() - 1).put(tensor.getKey(), tensor.getValue());
      filled += bytes;
    }
    return shards;
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot delete " + file + ": " + e.getMessage(), e);
    }
  }
}
