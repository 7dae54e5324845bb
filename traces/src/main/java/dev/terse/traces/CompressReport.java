package dev.terse.traces;

import dev.terse.traces.prune.PrunedTrace;
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
  private long tokensRead;
  private long steps;
  private long prunedSteps;
  private long thinkingTokens;
  private long prunedTokens;

  /**
   * @param maxTokens the limit behind {@link DropReason#TOO_LONG}
   */
  CompressReport(int maxTokens) {
    this.maxTokens = maxTokens;
  }

  void drop(DropReason reason) {
    dropped.merge(reason, 1L, Long::sum);
  }

  void pass(long tokens) {
    tokensRead += tokens;
  }

  void write(PrunedTrace trace) {
    int tokens = trace.scored().tokens();
    steps += trace.pruned().length;
    prunedSteps += trace.prunedSteps();
    thinkingTokens += tokens;
    prunedTokens += trace.prunedTokens();
    prunedShare.addValue(trace.prunedTokens() / (double) Math.max(1, tokens));
    for (int i = 0; i < trace.pruned().length; i++) {
      double entropy = trace.scored().steps().get(i).entropyMean();
      stepEntropy.addValue(entropy);
      medianEntropy.increment(entropy);
      if (trace.pruned()[i]) {
        prunedEntropy.addValue(entropy);
      }
    }
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
    return String.join(
        System.lineSeparator(),
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
