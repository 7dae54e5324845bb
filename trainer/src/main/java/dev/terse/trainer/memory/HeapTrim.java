package dev.terse.trainer.memory;

/**
 * Keeps the Java heap small in a run. The engine's loops leave short-lived arrays; the collector
 * answers by letting the heap grow (to 700 MB with 40 MB in use, seen in SFT of SmolLM2), and its
 * pages stay with the process. A full collection gives them back and takes some 30 ms, so there is
 * one only when the heap has grown since the last.
 */
public final class HeapTrim {
  /** A heap that is not larger is left alone. */
  private static final long LARGE = 128L << 20;

  /** Of the heap must be free to be worth it: what is in use cannot be given back. */
  private static final double FREE = 0.5;

  /** How much larger than after the last collection it must be. */
  private static final double GROWN = 1.5;

  /** Pages that the collector gives back are gone some 150 ms later: it does that beside us. */
  private static final int MOST_WAITS = 20;

  private static final int WAIT_MILLIS = 25;

  /** Of what the heap has shrunk by: some of it was never resident. */
  private static final double GONE = 0.8;

  private long left;

  /**
   * Collects, waits until the system has the pages back, and tells by how many bytes the heap may
   * grow from there before {@link #trim} collects again: with what the data keep in use, much or
   * little.
   */
  static long collect() {
    Runtime java = Runtime.getRuntime();
    long before = java.totalMemory();
    long resident = ProcessMemory.resident().orElse(0);
    System.gc();
    long size = java.totalMemory();
    awaitResident(resident - Math.round(GONE * (before - size)));
    double used = size - java.freeMemory();
    double most = Math.max(Math.max(LARGE, used / (1 - FREE)), GROWN * size);
    return Math.round(most) - size;
  }

  /** Returns when no more than this is resident, or when it does not come to that. */
  private static void awaitResident(long bytes) {
    for (int i = 0; i < MOST_WAITS && ProcessMemory.resident().orElse(0) > bytes; i++) {
      try {
        Thread.sleep(WAIT_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  /** Called between two updates, when little is in use. */
  public void trim() {
    Runtime java = Runtime.getRuntime();
    long size = java.totalMemory();
    if (size > LARGE && size > GROWN * left && java.freeMemory() > FREE * size) {
      System.gc();
      left = java.totalMemory();
    }
  }
}
