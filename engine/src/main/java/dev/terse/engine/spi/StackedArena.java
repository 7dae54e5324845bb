package dev.terse.engine.spi;

import dev.terse.engine.Arena;

/** The order of an arena's calls, the same wherever the memory comes from. */
public abstract class StackedArena implements Arena {
  private final StackedArena parent;
  private StackedArena nested;
  private boolean closed;

  /**
   * @param parent the level that this one is nested in; null for a root
   */
  protected StackedArena(StackedArena parent) {
    this.parent = parent;
  }

  /** Levels above this one: 0 for a root. */
  protected final int depth() {
    return parent == null ? 0 : 1 + parent.depth();
  }

  /** A new level on this one. */
  protected abstract StackedArena nest();

  /** Gives back what was taken from this level; called once. */
  protected abstract void release();

  @Override
  public final Arena open() {
    requireTop("opened");
    nested = nest();
    return nested;
  }

  @Override
  public final void close() {
    if (closed) {
      return;
    }
    if (nested != null) {
      throw new IllegalStateException("an arena was closed before the arena nested in it");
    }
    closed = true;
    if (parent != null) {
      parent.nested = null;
    }
    release();
  }

  /**
   * Checks that this level may be used now.
   *
   * @param what is done with it; part of the sentence
   * @throws IllegalStateException if it was closed or another is open on it
   */
  protected final void requireTop(String what) {
    if (closed) {
      throw new IllegalStateException("an arena was " + what + " after it had been closed");
    }
    if (nested != null) {
      throw new IllegalStateException("an arena was " + what + " while a nested arena was open");
    }
  }
}
