package dev.terse.trainer.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** How rows become the units that a batch counts (TRL: packing_strategy). */
public enum Packing {
  /** A row is a unit. */
  NONE,
  /** A unit is a bin of whole rows, filled best fit decreasing. */
  BFD,
  /** As BFD, and rows longer than a bin are split. */
  BFD_SPLIT,
  /**
   * All rows one after another, cut into units of one length: their borders are forgotten, and
   * attention reaches over them.
   */
  WRAPPED;

  /** Whether rows longer than a unit may come: they are split, not cut. */
  public boolean splits() {
    return this == BFD_SPLIT || this == WRAPPED;
  }

  /**
   * The units.
   *
   * @param maxLength tokens of a unit
   */
  public List<List<SftRow>> units(List<SftRow> rows, int maxLength) {
    return switch (this) {
      case NONE -> rows.stream().map(List::of).toList();
      case BFD -> bins(rows, maxLength);
      case BFD_SPLIT ->
          bins(rows.stream().flatMap(row -> parts(row, maxLength)).toList(), maxLength);
      case WRAPPED -> parts(joined(rows), maxLength).map(List::of).toList();
    };
  }

  private static List<List<SftRow>> bins(List<SftRow> rows, int maxLength) {
    int[] lengths = rows.stream().mapToInt(row -> row.ids().length).toArray();
    return BinPacking.bestFitDecreasing(lengths, maxLength).stream()
        .map(bin -> bin.stream().map(rows::get).toList())
        .toList();
  }

  /**
   * Parts of at most {@code maxLength} tokens; one without loss teaches nothing and is left out.
   */
  private static Stream<SftRow> parts(SftRow row, int maxLength) {
    List<SftRow> parts = new ArrayList<>();
    for (int from = 0; from < row.ids().length; from += maxLength) {
      parts.add(row.part(from, Math.min(row.ids().length, from + maxLength)));
    }
    return parts.stream().filter(part -> part.targets() > 0);
  }

  private static SftRow joined(List<SftRow> rows) {
    int[] ids = rows.stream().flatMapToInt(row -> Arrays.stream(row.ids())).toArray();
    boolean[] loss = new boolean[ids.length];
    int at = 0;
    for (SftRow row : rows) {
      System.arraycopy(row.loss(), 0, loss, at, row.loss().length);
      at += row.loss().length;
    }
    return new SftRow("rows", ids, loss);
  }
}
