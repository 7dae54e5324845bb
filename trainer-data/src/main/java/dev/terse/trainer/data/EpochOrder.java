package dev.terse.trainer.data;

import dev.terse.engine.SeedTree;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Which rows an update reads: a function of its number alone. Each epoch visits every row once, in
 * an order drawn from (seed, epoch); an update never mixes two epochs. So a resumed run needs no
 * position of its own, and a row is neither lost nor repeated at a border.
 */
public final class EpochOrder {
  private final long seed;
  private final int rows;
  private final int rowsPerUpdate;
  private final Order order;
  private final LastUpdate last;
  private final int[] lengths;
  private final int[] blocks;
  private int cachedEpoch = -1;
  private int[] cached;

  /** The order within an epoch. */
  public enum Order {
    SHUFFLED,
    AS_GIVEN,
    /** As {@link #byLength} has it. */
    BY_LENGTH
  }

  /** What becomes of the rows that do not fill an update at the end of an epoch. */
  public enum LastUpdate {
    /** They make a smaller one. */
    SMALLER,
    /** They are left out of this epoch (TRL: dataloader_drop_last). */
    DROPPED
  }

  /**
   * @param rows in the data set
   * @param rowsPerUpdate read by a full update
   * @throws IllegalArgumentException if there are too few rows for a single update
   */
  public EpochOrder(long seed, int rows, int rowsPerUpdate, Order order, LastUpdate last) {
    this(seed, new int[] {rows}, rowsPerUpdate, order, last, null);
  }

  /**
   * Rows in blocks, of which few are in memory: shuffled are the blocks, and the rows in each.
   *
   * @param blocks rows of each
   */
  public EpochOrder(long seed, int[] blocks, int rowsPerUpdate, Order order, LastUpdate last) {
    this(seed, blocks, rowsPerUpdate, order, last, null);
  }

  /**
   * Rows of like length together (TRL: train_sampling_strategy group_by_length): a drawn order is
   * cut into stretches of up to 50 updates, a quarter of the set at most, and each is sorted, the
   * longest row first. The longest row of all is in the first update.
   *
   * @param lengths of the rows
   */
  public static EpochOrder byLength(long seed, int[] lengths, int rowsPerUpdate, LastUpdate last) {
    int[] rows = {lengths.length};
    return new EpochOrder(seed, rows, rowsPerUpdate, Order.BY_LENGTH, last, lengths.clone());
  }

  private EpochOrder(
      long seed, int[] blocks, int rowsPerUpdate, Order order, LastUpdate last, int[] lengths) {
    int rows = Arrays.stream(blocks).sum();
    if (rows < 1 || last == LastUpdate.DROPPED && rows < rowsPerUpdate) {
      throw new IllegalArgumentException(
          "the data set has "
              + rows
              + " usable rows, an update needs "
              + (last == LastUpdate.DROPPED ? rowsPerUpdate : 1)
              + ": give more data or lower the batch");
    }
    this.seed = seed;
    this.rows = rows;
    this.rowsPerUpdate = rowsPerUpdate;
    this.order = order;
    this.last = last;
    this.lengths = lengths;
    this.blocks = blocks.clone();
  }

  public int updatesPerEpoch() {
    return last == LastUpdate.DROPPED
        ? rows / rowsPerUpdate
        : (rows + rowsPerUpdate - 1) / rowsPerUpdate;
  }

  /** Indices of the rows of update {@code update}, counted from 0. */
  public int[] rows(int update) {
    int epoch = update / updatesPerEpoch();
    int from = update % updatesPerEpoch() * rowsPerUpdate;
    return Arrays.copyOfRange(epoch(epoch), from, Math.min(rows, from + rowsPerUpdate));
  }

  private int[] epoch(int epoch) {
    if (epoch != cachedEpoch) {
      cached =
          switch (order) {
            case SHUFFLED -> drawn(epoch);
            case AS_GIVEN -> IntStream.range(0, rows).toArray();
            case BY_LENGTH -> grouped(drawn(epoch));
          };
      cachedEpoch = epoch;
    }
    return cached;
  }

  /** Transformers' get_length_grouped_indices, given the drawn order. */
  private int[] grouped(int[] drawn) {
    int stretch = rowsPerUpdate * Math.max(1, Math.min(50, rows / (rowsPerUpdate * 4)));
    List<Integer> order = new ArrayList<>();
    int longest = 0; // place of the stretch that begins with the longest row
    for (int from = 0; from < rows; from += stretch) {
      order.addAll(
          Arrays.stream(drawn, from, Math.min(rows, from + stretch))
              .boxed()
              .sorted(Comparator.comparingInt((Integer row) -> lengths[row]).reversed())
              .toList());
      longest = lengths[order.get(from)] > lengths[order.get(longest)] ? from : longest;
    }
    Collections.swap(order, 0, longest);
    return order.stream().mapToInt(Integer::intValue).toArray();
  }

  private int[] drawn(int epoch) {
    long draw = SeedTree.at(seed, "epoch", epoch);
    if (blocks.length == 1) {
      return SeedTree.permutation(draw, rows);
    }
    int[] starts = new int[blocks.length];
    for (int b = 1; b < blocks.length; b++) {
      starts[b] = starts[b - 1] + blocks[b - 1];
    }
    int[] all = new int[rows];
    int at = 0;
    for (int block : SeedTree.permutation(draw, blocks.length)) {
      int[] within = SeedTree.permutation(SeedTree.at(draw, "block", block), blocks[block]);
      for (int row : within) {
        all[at++] = starts[block] + row;
      }
    }
    return all;
  }
}
