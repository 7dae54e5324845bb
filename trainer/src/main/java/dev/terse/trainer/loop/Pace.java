package dev.terse.trainer.loop;

import java.util.Map;

/** How fast a run goes between two log lines, and how long it will take. */
final class Pace {
  private final int begunUpdates;
  private final long begunAt;
  private long tokens;
  private long at;

  /**
   * @param updates done before, by an earlier process
   * @param tokens that these have read
   * @param now nanoseconds of the clock
   */
  Pace(int updates, long tokens, long now) {
    this.begunUpdates = updates;
    this.begunAt = now;
    this.tokens = tokens;
    this.at = now;
  }

  /**
   * The metrics of the stretch that ends here.
   *
   * <pre>
   * tokens_per_second   tokens read since the last line over its wall time, evaluations included
   * eta                 seconds that are left, at the mean pace of this process
   * </pre>
   */
  Map<String, Double> lap(int updates, long numTokens, int maxSteps, long now) {
    double rate = (numTokens - tokens) / seconds(now - at);
    double perUpdate = seconds(now - begunAt) / (updates - begunUpdates);
    tokens = numTokens;
    at = now;
    return Map.of("tokens_per_second", rate, "eta", (maxSteps - updates) * perUpdate);
  }

  private static double seconds(long nanos) {
    return Math.max(1, nanos) / 1e9;
  }
}
