package dev.terse.trainer.data;

import dev.terse.engine.SeedTree;
import java.util.Arrays;
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
  private int cachedEpoch = -1;
  private int[] cached;

  /** The order within an epoch. */
  public enum Order {
    SHUFFLED,
    AS_GIVEN
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
          order == Order.SHUFFLED
              ? SeedTree.permutation(SeedTree.at(seed, "epoch", epoch), rows)
              : IntStream.range(0, rows).toArray();
      cachedEpoch = epoch;
    }
    return cached;
  }
}
