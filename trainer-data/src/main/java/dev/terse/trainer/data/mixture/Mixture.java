package dev.terse.trainer.data.mixture;

import com.fasterxml.jackson.databind.JsonNode;
import dev.terse.engine.SeedTree;
import dev.terse.io.DataRows;
import dev.terse.io.rows.RowFiles;
import dev.terse.io.rows.RowSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Data sets one after another as one (TRL's get_dataset). Of each, the rows are those of its
 * fraction (the first ones, as in TRL) or of its weight (drawn, as in open-r1); of all, the rows to
 * evaluate on are drawn. A draw is a function of the seed, the data set's number and its rows. The
 * order of an epoch mixes them later.
 */
final class Mixture {
  private static final Logger LOG = LoggerFactory.getLogger(Mixture.class);

  private final List<Part> parts;

  /**
   * A data set.
   *
   * @param train numbers of its rows to train on
   * @param test numbers of its rows to evaluate on
   */
  record Part(List<Path> files, Set<String> columns, BitSet train, BitSet test) {}

  private Mixture(List<Part> parts) {
    this.parts = parts;
  }

  /**
   * Counts the rows and draws.
   *
   * @param files of each entry
   * @param testSize below 1 a share of all rows, rounded up; else their number; null for none
   * @throws IllegalArgumentException if a data set has no row or lacks a column, or no row would be
   *     left to train on
   */
  static Mixture of(List<MixtureEntry> entries, List<List<Path>> files, Double testSize, long seed)
      throws IOException {
    int[] rows = new int[entries.size()];
    List<String> problems = new ArrayList<>();
    for (int i = 0; i < rows.length; i++) {
      rows[i] = count(i, entries.get(i), files.get(i), problems);
    }
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(String.join("\n  ", problems));
    }
    List<Part> parts = new ArrayList<>();
    for (int i = 0; i < rows.length; i++) {
      BitSet used = used(i, entries, rows, seed);
      LOG.info(
          "data set {}, {}: {} of {} rows used",
          i + 1,
          RowSource.of(files.get(i)).name(),
          used.cardinality(),
          rows[i]);
      parts.add(new Part(files.get(i), entries.get(i).columns(), used, new BitSet()));
    }
    holdOut(parts, testSize, seed);
    return new Mixture(List.copyOf(parts));
  }

  private static int count(int number, MixtureEntry entry, List<Path> files, List<String> problems)
      throws IOException {
    Set<String> missing = new TreeSet<>(entry.columns());
    Set<String> found = new TreeSet<>();
    int count = 0;
    // A format of columns tells what it has only where all are read.
    try (DataRows rows = RowFiles.open(files, Set.of())) {
      for (JsonNode row = rows.next(); row != null; row = rows.next()) {
        count++;
        if (!missing.isEmpty()) {
          row.fieldNames().forEachRemaining(found::add);
          missing.removeAll(found);
        }
      }
    }
    String name = "data set " + (number + 1) + ", " + RowSource.of(files).name();
    if (count == 0) {
      problems.add(name + " holds no row");
    } else if (!missing.isEmpty()) {
      problems.add(name + " has no column " + missing + " of columns; it has " + found);
    }
    return count;
  }

  private static BitSet used(int i, List<MixtureEntry> entries, int[] rows, long seed) {
    BitSet used = new BitSet(rows[i]);
    Double weight = entries.get(i).weight();
    if (entries.get(i).fraction() != null) {
      used.set(0, fractionRows(i, entries, rows));
    } else if (weight != null && weight < 1) {
      int[] order = SeedTree.permutation(SeedTree.at(seed, "mixture-weight", i), rows[i]);
      for (int k = 0; k < (int) (rows[i] * weight); k++) {
        used.set(order[k]);
      }
    } else {
      used.set(0, rows[i]);
    }
    return used;
  }

  /** Rows of the largest mixture with these shares in which no row stands twice. */
  private static int fractionRows(int i, List<MixtureEntry> entries, int[] rows) {
    double sum = entries.stream().mapToDouble(MixtureEntry::fraction).sum();
    double total = Double.POSITIVE_INFINITY;
    for (int k = 0; k < rows.length; k++) {
      double share = entries.get(k).fraction() / sum;
      total = share > 0 ? Math.min(total, rows[k] / share) : total;
    }
    return (int) Math.rint(entries.get(i).fraction() / sum * total);
  }

  private static void holdOut(List<Part> parts, Double testSize, long seed) {
    int all = parts.stream().mapToInt(part -> part.train().cardinality()).sum();
    if (all == 0) {
      throw new IllegalArgumentException(
          "the mixture holds no row: its weights leave none of any data set");
    }
    if (testSize == null) {
      return;
    }
    double wanted = testSize < 1 ? Math.ceil(all * testSize) : testSize;
    if (wanted >= all) {
      throw new IllegalArgumentException(
          "test_split_size "
              + (testSize < 1 ? testSize.toString() : String.valueOf((long) wanted))
              + " leaves no row to train on: the mixture has "
              + all);
    }
    BitSet drawn = new BitSet(all);
    int[] order = SeedTree.permutation(SeedTree.at(seed, "mixture-test"), all);
    for (int k = 0; k < (int) wanted; k++) {
      drawn.set(order[k]);
    }
    int number = 0;
    for (Part part : parts) {
      int row = part.train().nextSetBit(0);
      for (; row >= 0; row = part.train().nextSetBit(row + 1), number++) {
        if (drawn.get(number)) {
          part.test().set(row);
        }
      }
      part.train().andNot(part.test());
    }
  }

  RowSource train() {
    return new Chosen(parts, false);
  }

  RowSource test() {
    return new Chosen(parts, true);
  }

  /** The rows of one of the two splits. */
  private record Chosen(List<Part> parts, boolean test) implements RowSource {
    @Override
    public List<Path> files() {
      return parts.stream().flatMap(part -> part.files().stream()).toList();
    }

    @Override
    public DataRows open(Set<String> columns) throws IOException {
      return new MixedRows(parts, test, columns);
    }

    @Override
    public String name() {
      return (test ? "test split of " : "") + RowSource.super.name();
    }
  }
}
