package dev.terse.serve.model;

import dev.terse.rollout.ContinuousBatch;
import dev.terse.rollout.FinishReason;
import dev.terse.rollout.TopTokens;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A completion on its way from the worker, which writes it, to the request, which reads it. What is
 * there stays; the request may be as slow as it likes.
 */
public final class Draft implements ContinuousBatch.Listener {
  private final Drafts all;
  private int[] ids = new int[16];
  private float[] logProbs = new float[16];
  private final List<TopTokens> top = new ArrayList<>();
  private int length;
  private FinishReason finish;
  private RuntimeException failure;
  private volatile boolean wanted = true;

  Draft(Drafts all) {
    this.all = all;
  }

  /**
   * What there is of it.
   *
   * @param ids drawn tokens
   * @param logProbs ln p of each
   * @param top likeliest tokens at each place
   * @param finish why it ended; null while it goes on
   */
  public record State(int[] ids, float[] logProbs, List<TopTokens> top, FinishReason finish) {}

  /**
   * @throws RuntimeException what it failed with
   */
  public State state() {
    synchronized (all) {
      if (failure != null) {
        throw failure;
      }
      return new State(
          Arrays.copyOf(ids, length), Arrays.copyOf(logProbs, length), List.copyOf(top), finish);
    }
  }

  /** Its slot is given to another; it is over for those who wait. */
  public void cancel() {
    synchronized (all) {
      wanted = false;
      all.notifyAll();
    }
  }

  boolean isOver() {
    return finish != null || failure != null || !wanted;
  }

  @Override
  public boolean wanted() {
    return wanted;
  }

  @Override
  public void drawn(int id, float logProb, TopTokens likeliest) {
    synchronized (all) {
      if (length == ids.length) {
        ids = Arrays.copyOf(ids, 2 * length);
        logProbs = Arrays.copyOf(logProbs, 2 * length);
      }
      ids[length] = id;
      logProbs[length++] = logProb;
      top.add(likeliest);
      all.changed();
    }
  }

  @Override
  public void ended(FinishReason why) {
    synchronized (all) {
      finish = why;
      all.notifyAll();
    }
  }

  @Override
  public void failed(RuntimeException why) {
    synchronized (all) {
      failure = why;
      all.notifyAll();
    }
  }
}
