package dev.terse.trainer.loop;

import java.util.Map;

/** How fast a run goes between two log lines, and how long it will take. */
final class Pace {
  private final int begunUpdates;
  private final long begunAt;
  private final double matmulPeak;
  private long tokens;
  private double flops;
  private long at;

  /**
   * @param updates done before, by an earlier process
   * @param tokens that these have read
   * @param matmulPeak floating-point operations a second that large matmuls reach
   * @param now nanoseconds of the clock
   */
  Pace(int updates, long tokens, double matmulPeak, long now) {
    this.begunUpdates = updates;
    this.begunAt = now;
    this.tokens = tokens;
    this.matmulPeak = matmulPeak;
    this.at = now;
  }

  /** An update was done whose matmuls ask for so many floating-point operations. */
  void add(double ofUpdate) {
    flops += ofUpdate;
  }

  /**
   * The metrics of the stretch that ends here.
   *
   * <pre>
   * tokens_per_second   tokens read since the last line over its wall time, evaluations included
   * matmul_peak_share   operations of the matmuls over the same time, over what large ones reach
   * eta                 seconds that are left, at the mean pace of this process
   * </pre>
   */
  Map<String, Double> lap(int updates, long numTokens, int maxSteps, long now) {
    double rate = (numTokens - tokens) / seconds(now - at);
    double share = flops / seconds(now - at) / matmulPeak;
    double perUpdate = seconds(now - begunAt) / (updates - begunUpdates);
    tokens = numTokens;
    flops = 0;
    at = now;
    return Map.of(
        "tokens_per_second",
        rate,
        "matmul_peak_share",
        share,
        "eta",
        (maxSteps - updates) * perUpdate);
  }

  private static double seconds(long nanos) {
    return Math.max(1, nanos) / 1e9;
  }
}
