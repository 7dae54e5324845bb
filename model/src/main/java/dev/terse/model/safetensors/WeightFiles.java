package dev.terse.model.safetensors;

import dev.terse.engine.Progress;
import dev.terse.engine.Tensor;
import dev.terse.io.AtomicFile;
import dev.terse.io.ForeignContent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** The weights of a Hugging Face folder: one safetensors file, or shards with an index. */
public final class WeightFiles {
  static final String SINGLE = "model.safetensors";
  static final String INDEX = "model.safetensors.index.json";

  /** Data bytes of a shard before the next one begins, as in transformers. */
  public static final long MAX_SHARD_BYTES = 5_000_000_000L;

  private WeightFiles() {}

  /** Whether {@code folder} holds weights. */
  public static boolean in(Path folder) {
    return Files.exists(folder.resolve(SINGLE)) || Files.exists(folder.resolve(INDEX));
  }

  /**
   * Opens the weights of {@code folder}.
   *
   * @throws IllegalArgumentException if there are none or they are damaged
   */
  public static WeightSource open(Path folder) {
    if (Files.exists(folder.resolve(SINGLE))) {
      return SafetensorsWeights.open(folder.resolve(SINGLE));
    }
    if (Files.exists(folder.resolve(INDEX))) {
      return ShardedWeights.open(folder.resolve(INDEX));
    }
    throw none(folder);
  }

  /**
   * Refuses weights in one file that is of a wrong kind, such as a Git LFS pointer, by its first
   * bytes.
   *
   * @throws IllegalArgumentException saying what it is
   */
  public static void refuseForeign(Path folder) {
    ForeignContent.refuse(folder.resolve(SINGLE));
  }

  /** What is wrong with a folder that holds no weights, and what may have been meant. */
  public static IllegalArgumentException none(Path folder) {
    return new IllegalArgumentException(
        folder + " holds no weights: expected " + SINGLE + " or " + INDEX + hint(folder));
  }

  /** What may have been meant where there are no weights. */
  private static String hint(Path folder) {
    for (String name : List.of("pytorch_model.bin", "pytorch_model.bin.index.json")) {
      if (Files.exists(folder.resolve(name))) {
        return " (" + name + " is not read: it can run code; save as safetensors first)";
      }
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.matches("model.*\\.safetensors|.*\\.gguf"))
          .sorted()
          .findFirst()
          .map(
              name ->
                  name.endsWith(".gguf")
                      ? "; for the GGUF file in it give " + folder.resolve(name)
                      : "; it holds " + name + ": download " + INDEX + " too, or rename the file")
          .orElse("");
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + folder + ": " + e.getMessage(), e);
    }
  }

  /** Writes the weights of {@code folder}, in shards where they exceed {@code maxShardBytes}. */
  public static void write(
      Path folder, Map<String, Tensor> tensors, DType dtype, long maxShardBytes) {
    write(folder, new TensorWeights(tensors), dtype, maxShardBytes, Progress.NONE);
  }

  /**
   * As above, from any source: read and written piece by piece.
   *
   * @param progress hears of numbers written
   */
  public static void write(
      Path folder, WeightSource source, DType dtype, long maxShardBytes, Progress progress) {
    List<List<String>> shards = split(source, dtype, maxShardBytes);
    if (shards.size() == 1) {
      WeightWriter.write(folder.resolve(SINGLE), source, source.names(), dtype, progress);
      delete(folder.resolve(INDEX));
      return;
    }
    Map<String, String> fileOf = new LinkedHashMap<>();
    long total = 0;
    for (int i = 0; i < shards.size(); i++) {
      String file =
          String.format(Locale.ROOT, "model-%05d-of-%05d.safetensors", i + 1, shards.size());
      WeightWriter.write(folder.resolve(file), source, shards.get(i), dtype, progress);
      for (String name : shards.get(i)) {
        fileOf.put(name, file);
        total += WeightWriter.bytes(source, name, dtype);
      }
    }
    AtomicFile.write(folder.resolve(INDEX), ShardIndex.text(fileOf, total));
    // Readers prefer a single file, so an older one must not outlive its successor.
    delete(folder.resolve(SINGLE));
  }

  /** In order; a shard holds one tensor at least. */
  private static List<List<String>> split(WeightSource source, DType dtype, long maxShardBytes) {
    List<List<String>> shards = new ArrayList<>();
    long filled = Long.MAX_VALUE;
    for (String name : source.names()) {
      long bytes = WeightWriter.bytes(source, name, dtype);
      if (filled > maxShardBytes - bytes) {
        shards.add(new ArrayList<>());
        filled = 0;
      }
      shards.get(shards.size() - 1).add(name);
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
