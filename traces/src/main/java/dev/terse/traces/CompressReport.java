package dev.terse.traces;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.commons.math3.stat.descriptive.SummaryStatistics;
import org.apache.commons.math3.stat.descriptive.rank.PSquarePercentile;

/** What a run of the {@link Compressor} read, dropped, pruned and measured. */
public final class CompressReport {
  private final Map<DropReason, Long> dropped = new EnumMap<>(DropReason.class);
  private final SummaryStatistics stepEntropy = new SummaryStatistics();
  private final PSquarePercentile medianEntropy = new PSquarePercentile(50);
  private final SummaryStatistics prunedEntropy = new SummaryStatistics();
  private final SummaryStatistics prunedShare = new SummaryStatistics();
  private final int maxTokens;
  private final boolean keepsIfRight;
  private long tokensRead;
  private long steps;
  private long prunedSteps;
  private long thinkingTokens;
  private long prunedTokens;

  /**
   * @param maxTokens the limit behind {@link DropReason#TOO_LONG}
   * @param dropped rows that were dropped before any was scored, by reason
   * @param keepsIfRight whether the model was asked to answer from the pruned thinking
   */
  CompressReport(int maxTokens, Map<DropReason, Long> dropped, boolean keepsIfRight) {
    this.maxTokens = maxTokens;
    this.keepsIfRight = keepsIfRight;
    this.dropped.putAll(dropped);
  }

  void drop(DropReason reason) {
    dropped.merge(reason, 1L, Long::sum);
  }

  void pass(long tokens) {
    tokensRead += tokens;
  }

  /**
   * Counts a trace that is written.
   *
   * @param row of its steps ({@link dev.terse.traces.prune.PrunedTrace#stepsRow})
   */
  void write(JsonNode row) {
    long tokens = 0;
    long pruned = 0;
    for (JsonNode step : row.get("steps")) {
      double entropy = step.get("entropy_mean").doubleValue();
      steps++;
      tokens += step.get("tokens").longValue();
      stepEntropy.addValue(entropy);
      medianEntropy.increment(entropy);
      if (step.get("pruned").booleanValue()) {
        prunedSteps++;
        pruned += step.get("tokens").longValue();
        prunedEntropy.addValue(entropy);
      }
    }
    thinkingTokens += tokens;
    prunedTokens += pruned;
    prunedShare.addValue(pruned / (double) Math.max(1, tokens));
  }

  /** Rows read, blank lines not counted. */
  public long rowsRead() {
    return rowsWritten() + dropped.values().stream().mapToLong(n -> n).sum();
  }

  /** Training examples written. */
  public long rowsWritten() {
    return prunedShare.getN();
  }

  /** Rows that were dropped for {@code reason}. */
  public long dropped(DropReason reason) {
    return dropped.getOrDefault(reason, 0L);
  }

  /** Steps of all written rows. */
  public long steps() {
    return steps;
  }

  /** Steps that were pruned. */
  public long prunedSteps() {
    return prunedSteps;
  }

  /** Tokens of the thinking texts of all written rows, before pruning. */
  public long thinkingTokens() {
    return thinkingTokens;
  }

  /** Tokens of the pruned steps; the marks in their place are not taken off. */
  public long prunedTokens() {
    return prunedTokens;
  }

  /** Tokens that the scoring model read. */
  public long tokensRead() {
    return tokensRead;
  }

  /** Mean step entropies in bits: mean, deviation, least and largest over all steps. */
  public SummaryStatistics stepEntropy() {
    return new SummaryStatistics(stepEntropy);
  }

  /** Dropped rows in words, e.g. {@code 2 no </think>, 1 malformed row}. */
  public String droppedText() {
    List<String> parts = new ArrayList<>();
    dropped.forEach((reason, count) -> parts.add(count + " " + words(reason)));
    return parts.isEmpty() ? "none" : String.join(", ", parts);
  }

  private String words(DropReason reason) {
    return reason == DropReason.TOO_LONG ? "longer than " + maxTokens + " tokens" : reason.words();
  }

  /** The report for a terminal, a few lines. */
  public String text() {
    List<String> lines = new ArrayList<>(lines());
    if (keepsIfRight) {
      lines.add(1, keptIfRight());
    }
    return String.join(System.lineSeparator(), lines);
  }

  private String keptIfRight() {
    long lost = dropped(DropReason.LOST);
    long cut = dropped(DropReason.CUT);
    return line(
        "answers from the pruned thinking: kept %d (still right), lost %d (no longer right, %.1f"
            + " %%), cut off %d, without gold answer %d",
        rowsWritten(),
        lost,
        percent(lost, rowsWritten() + lost + cut),
        cut,
        dropped(DropReason.NO_GOLD));
  }

  private List<String> lines() {
    return List.of(
        line("rows: %d read, %d written; dropped: %s", rowsRead(), rowsWritten(), droppedText()),
        line("steps: %d, pruned %d (%.1f %%)", steps, prunedSteps, percent(prunedSteps, steps)),
        line(
            "thinking tokens: %d, in pruned steps %d (%.1f %%; a trace %.1f ± %.1f %%)",
            thinkingTokens,
            prunedTokens,
            percent(prunedTokens, thinkingTokens),
            100 * prunedShare.getMean(),
            100 * prunedShare.getStandardDeviation()),
        line(
            "step entropy, bits a token: mean %.4f, median %.4f, deviation %.4f, %.4f to %.4f; %s",
            stepEntropy.getMean(),
            medianEntropy.getResult(),
            stepEntropy.getStandardDeviation(),
            stepEntropy.getMin(),
            stepEntropy.getMax(),
            prunedSteps == 0
                ? "no step pruned"
                : line(
                    "pruned steps: mean %.4f, up to %.4f",
                    prunedEntropy.getMean(), prunedEntropy.getMax())));
  }

  private static String line(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }

  private static double percent(long part, long whole) {
    return 100.0 * part / Math.max(1, whole);
  }
}
