package dev.terse.trainer.data.mixture;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.terse.io.DataRows;
import dev.terse.io.JsonLines.BadRowException;
import dev.terse.io.rows.RowFiles;
import java.io.IOException;
import java.util.BitSet;
import java.util.List;
import java.util.Set;

/** Chosen rows of several data sets, one data set after another. */
final class MixedRows implements DataRows {
  private final List<Mixture.Part> parts;
  private final boolean test;
  private final Set<String> columns;
  private DataRows rows;
  private int part;
  private int row = -1;

  /**
   * Opens the first.
   *
   * @param test whether the rows are those to evaluate on
   * @param columns that a format of columns need only read; empty for all
   */
  MixedRows(List<Mixture.Part> parts, boolean test, Set<String> columns) throws IOException {
    this.parts = parts;
    this.test = test;
    this.columns = columns;
    this.rows = RowFiles.open(parts.get(0).files(), columns);
  }

  @Override
  public JsonNode next() throws IOException {
    while (true) {
      JsonNode json = rows.next();
      if (json == null && part + 1 == parts.size()) {
        return null;
      }
      if (json == null) {
        rows.close();
        part++;
        row = -1;
        rows = RowFiles.open(parts.get(part).files(), columns);
        continue;
      }
      row++;
      Mixture.Part from = parts.get(part);
      BitSet chosen = test ? from.test() : from.train();
      if (chosen.get(row)) {
        return from.columns().isEmpty() ? json : ((ObjectNode) json).retain(from.columns());
      }
    }
  }

  @Override
  public String place() {
    return "data set " + (part + 1) + " " + rows.place();
  }

  @Override
  public BadRowException bad(String problem) {
    return rows.bad(problem);
  }

  @Override
  public void close() throws IOException {
    rows.close();
  }
}
