package dev.terse.reward.isolate;

import java.time.Duration;

/**
 * What one child process may use.
 *
 * @param call longest wait for one sample's reward; the child is killed then
 * @param start longest wait for a new child to be ready
 * @param heapMegabytes heap of the child ({@code -Xmx})
 * @param workers children, and so samples scored at the same time
 */
public record IsolationLimits(Duration call, Duration start, int heapMegabytes, int workers) {
  public IsolationLimits {
    requirePositive(call, "call");
    requirePositive(start, "start");
    if (heapMegabytes < 16) {
      throw new IllegalArgumentException("heapMegabytes must be 16 or more, was " + heapMegabytes);
    }
    if (workers < 1) {
      throw new IllegalArgumentException("workers must be positive, was " + workers);
    }
  }

  /** 10 seconds a sample, 30 to start, 256 MiB, one worker. */
  public static IsolationLimits defaults() {
    return new IsolationLimits(Duration.ofSeconds(10), Duration.ofSeconds(30), 256, 1);
  }

  private static void requirePositive(Duration value, String name) {
    if (value.isNegative() || value.isZero()) {
      throw new IllegalArgumentException(name + " must be positive, was " + value);
    }
  }
}
