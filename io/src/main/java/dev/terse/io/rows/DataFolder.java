package dev.terse.io.rows;

import dev.terse.io.hub.HubCache;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The data files of a folder as the hub lays them out: shards ({@code
 * train-00000-of-00002.parquet}) beside others or in {@code data}, a folder for each configuration
 * or split, in a clone or in a cache ({@code snapshots/…}).
 */
public final class DataFolder {
  private static final String TRAIN = "train";
  private static final int DEPTH = 4;

  private DataFolder() {}

  /**
   * Files of a split, in the order of their names.
   *
   * @param place a file, which is the answer, or a folder
   * @param config name of a folder within it; null for none
   * @param split train, test, …: a word of the files' names. Where no name has a split, all files
   *     are of train
   * @throws IllegalArgumentException if there is none, naming what is there
   */
  public static List<Path> files(Path place, String config, String split) throws IOException {
    if (!Files.isDirectory(place)) {
      return List.of(place);
    }
    Path folder = HubCache.snapshot(place).orElse(place);
    List<Path> all = data(folder);
    if (config != null) {
      all = all.stream().filter(file -> has(folder.relativize(file), config)).toList();
    } else if (configs(folder, all).size() > 1) {
      throw new IllegalArgumentException(
          place
              + " has several configurations, of which dataset_config must name one: "
              + configs(folder, all)
              + "; or take the folder of one, such as "
              + place.resolve(configs(folder, all).iterator().next()));
    }
    List<Path> named = all.stream().filter(file -> isOf(folder.relativize(file), split)).toList();
    boolean unnamed = SPLITS.stream().noneMatch(s -> anyIsOf(folder, data(folder, place), s));
    List<Path> files = named.isEmpty() && unnamed && split.equals(TRAIN) ? all : named;
    if (files.isEmpty()) {
      throw new IllegalArgumentException(
          place
              + " has no files of the split '"
              + split
              + "'"
              + (config == null ? "" : " and the configuration '" + config + "'")
              + "; its data files are "
              + data(folder).stream().map(folder::relativize).limit(8).toList());
    }
    return files;
  }

  private static final List<String> SPLITS = List.of(TRAIN, "test", "validation", "valid", "eval");

  private static List<Path> data(Path folder, Path place) {
    try {
      return data(folder);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException("cannot list " + place, e);
    }
  }

  private static boolean anyIsOf(Path folder, List<Path> files, String split) {
    return files.stream().anyMatch(file -> isOf(folder.relativize(file), split));
  }

  private static List<Path> data(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder, DEPTH, java.nio.file.FileVisitOption.FOLLOW_LINKS)) {
      return all.filter(file -> Files.isRegularFile(file) && RowFiles.isData(file))
          .filter(file -> !DESCRIPTIONS.contains(file.getFileName().toString()))
          .filter(file -> !folder.relativize(file).toString().startsWith("."))
          .sorted()
          .toList();
    }
  }

  /** JSON files of a data set that hold no rows. */
  private static final List<String> DESCRIPTIONS =
      List.of("dataset_infos.json", "dataset_dict.json", "dataset_info.json", "state.json");

  /** Folders of files that are neither {@code data} nor named by a split. */
  private static List<String> configs(Path folder, List<Path> files) {
    return files.stream()
        .map(folder::relativize)
        .filter(file -> file.getNameCount() > 1)
        .map(file -> file.getName(0).toString())
        .filter(name -> !name.equals("data") && SPLITS.stream().noneMatch(s -> word(name, s)))
        .distinct()
        .toList();
  }

  private static boolean has(Path file, String config) {
    for (Path part : file) {
      if (part.toString().equals(config)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isOf(Path file, String split) {
    for (Path part : file) {
      if (word(part.toString(), split)) {
        return true;
      }
    }
    return false;
  }

  private static boolean word(String name, String split) {
    return Pattern.compile("(^|[^a-z])" + Pattern.quote(split) + "([^a-z]|$)")
        .matcher(name.toLowerCase(Locale.ROOT))
        .find();
  }
}
