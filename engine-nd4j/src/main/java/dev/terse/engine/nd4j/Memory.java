package dev.terse.engine.nd4j;

/**
 * The native memory of one engine: how its blocks are reached, and how many bytes of them have been
 * touched and not been freed. What a pool has taken and never filled costs nothing and does not
 * count: the system gives a page when it is first written.
 */
final class Memory {
  private final Access access;
  private long held;
  private long peak;

  /** How the numbers of a block are reached. */
  enum Access {
    /** Through host addresses. */
    HOST,
    /** Through ND4J's arrays only. */
    ARRAYS,
    /** Not at all: there is no memory behind the blocks, they are counted only. */
    NONE
  }

  Memory(Access access) {
    this.access = access;
  }

  Access access() {
    return access;
  }

  /** Whether blocks are counted only. */
  boolean isCounted() {
    return access == Access.NONE;
  }

  synchronized void take(long bytes) {
    held += bytes;
    peak = Math.max(peak, held);
  }

  synchronized void free(long bytes) {
    held -= bytes;
  }

  synchronized long held() {
    return held;
  }

  /** The most that was ever held. */
  synchronized long peak() {
    return peak;
  }
}
