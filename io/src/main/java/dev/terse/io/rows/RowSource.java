package dev.terse.io.rows;

import dev.terse.io.DataRows;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** Rows that can be read from their beginning as often as they are asked for. */
public interface RowSource {

  /** The files that they stand in, in order. */
  List<Path> files();

  /**
   * The rows.
   *
   * @param columns that a format of columns need only read; empty for all
   * @throws IllegalArgumentException if a file is not what its name says
   */
  DataRows open(Set<String> columns) throws IOException;

  /** Files for a message. */
  default String name() {
    List<Path> files = files();
    return files.get(0) + (files.size() == 1 ? "" : " and " + (files.size() - 1) + " more");
  }

  /** All rows of files, one file after another. */
  static RowSource of(List<Path> files) {
    return new RowSource() {
      @Override
      public List<Path> files() {
        return files;
      }

      @Override
      public DataRows open(Set<String> columns) throws IOException {
        return RowFiles.open(files, columns);
      }
    };
  }
}
