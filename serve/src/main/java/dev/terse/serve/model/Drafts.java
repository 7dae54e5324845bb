package dev.terse.serve.model;

import java.util.ArrayList;
import java.util.List;

/** The completions of one request. */
public final class Drafts {
  private final List<Draft> drafts = new ArrayList<>();
  private final boolean tellsEach;
  private final long start = System.nanoTime();
  private long changes;
  private long firstAfter;

  /**
   * @param count completions
   * @param tellsEach whether each token wakes who waits, or only the ends
   */
  public Drafts(int count, boolean tellsEach) {
    this.tellsEach = tellsEach;
    for (int i = 0; i < count; i++) {
      drafts.add(new Draft(this));
    }
  }

  public List<Draft> list() {
    return drafts;
  }

  /** A token was drawn; with the lock held. */
  void changed() {
    if (changes++ == 0) {
      firstAfter = System.nanoTime() - start;
    }
    if (tellsEach) {
      notifyAll();
    }
  }

  /** Whether no more will come. */
  public synchronized boolean areOver() {
    return drafts.stream().allMatch(Draft::isOver);
  }

  /**
   * Waits for more tokens than {@code seen}, or for the end.
   *
   * @param seen what the last call returned; 0 at first
   * @return tokens drawn so far
   */
  public synchronized long await(long seen, long millis) throws InterruptedException {
    long end = System.nanoTime() + millis * 1_000_000;
    while (!areOver() && !(tellsEach && changes > seen)) {
      long left = (end - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        break;
      }
      wait(left);
    }
    return changes;
  }

  /** Tokens drawn so far. */
  public synchronized long drawn() {
    return changes;
  }

  /** Nanoseconds until the first token; 0 if there is none. */
  public synchronized long firstAfter() {
    return firstAfter;
  }

  /** Nobody waits for them any more. */
  public void cancel() {
    drafts.forEach(Draft::cancel);
  }
}
