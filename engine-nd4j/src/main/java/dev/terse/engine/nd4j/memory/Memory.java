package dev.terse.engine.nd4j.memory;

/**
 * The native memory of one engine: how its blocks are reached, and how many bytes they are. All of
 * them are resident from the beginning: ND4J touches what it gives.
 */
public final class Memory {
  private final Access access;
  private long held;
  private long pooled;
  private long peak;

  /** How the numbers of a block are reached. */
  public enum Access {
    /** Through host addresses. */
    HOST,
    /** Through ND4J's arrays only. */
    ARRAYS,
    /** Not at all: there is no memory behind the blocks, they are counted only. */
    NONE
  }

  public Memory(Access access) {
    this.access = access;
  }

  Access access() {
    return access;
  }

  /** Whether blocks are counted only. */
  public boolean isCounted() {
    return access == Access.NONE;
  }

  synchronized void take(Block.Use use, long bytes) {
    held += bytes;
    pooled += use == Block.Use.POOLED ? bytes : 0;
    peak = Math.max(peak, held);
  }

  synchronized void free(Block.Use use, long bytes) {
    held -= bytes;
    pooled -= use == Block.Use.POOLED ? bytes : 0;
  }

  public synchronized long held() {
    return held;
  }

  /** What pools hold. */
  public synchronized long pooled() {
    return pooled;
  }

  /** The most that was ever held. */
  public synchronized long peak() {
    return peak;
  }
}
