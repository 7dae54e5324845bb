package dev.terse.trainer.data.mixture;

import dev.terse.io.hub.InputKind;
import dev.terse.io.rows.DataFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * One data set of a mixture (TRL's DatasetConfig; open-r1's with a weight).
 *
 * @param path a file, a folder, or the word json, csv or parquet, where data_files say it all
 * @param config the folder of a configuration within it; null for none
 * @param dataDir a folder within it, of which data is read; null for all
 * @param dataFiles the files to read, in order, by their names in the folder; empty for those of
 *     the split
 * @param split a word of the files' names
 * @param columns the only ones that are kept; empty for all
 * @param fraction share of this data set in the mixture, beside those of the others; null for all
 *     rows
 * @param weight share of its own rows that are drawn, in [0, 1]; null for all rows
 */
record MixtureEntry(
    String path,
    String config,
    String dataDir,
    List<String> dataFiles,
    String split,
    Set<String> columns,
    Double fraction,
    Double weight) {
  private static final Set<String> FORMATS = Set.of("json", "csv", "parquet");

  /** The hub's name of the configuration of a data set that has no others. */
  private static final String NO_CONFIG = "default";

  private boolean isFormat() {
    return FORMATS.contains(path) && !dataFiles.isEmpty();
  }

  /** Files and folders that are named. */
  List<String> places() {
    Path folder = Path.of(dataDir == null ? "" : dataDir);
    return isFormat()
        ? dataFiles.stream().map(file -> folder.resolve(file).toString()).toList()
        : List.of(path);
  }

  /**
   * The files to read.
   *
   * @throws IllegalArgumentException if the folder has none such
   */
  List<Path> files() throws IOException {
    Path place = isFormat() ? Path.of("") : InputKind.DATA.place(path);
    if (!isFormat() && !Files.exists(place)) {
      throw new IllegalArgumentException(InputKind.DATA.missing(path).orElseThrow());
    }
    Path folder = dataDir == null ? place : place.resolve(dataDir);
    if (dataFiles.isEmpty()) {
      if (!Files.exists(folder)) {
        throw new IllegalArgumentException(InputKind.FILE.missing(folder.toString()).orElseThrow());
      }
      boolean unnamed = NO_CONFIG.equals(config) && !Files.isDirectory(folder.resolve(NO_CONFIG));
      return DataFolder.files(folder, unnamed ? null : config, split);
    }
    List<Path> files = new ArrayList<>();
    for (String name : dataFiles) {
      Path file = folder.resolve(name);
      if (!Files.isRegularFile(file)) {
        throw new IllegalArgumentException(file + ": no such file");
      }
      files.add(file);
    }
    return files;
  }
}
