package dev.terse.lab.curve;

import dev.terse.io.hub.InputKind;
import dev.terse.traces.prune.Placeholder;
import dev.terse.traces.prune.Pruner;
import dev.terse.traces.score.StepScore;
import dev.terse.traces.segment.SkipCounts;
import dev.terse.traces.segment.ThinkingEnd;
import dev.terse.trainer.config.CheckedBy;
import dev.terse.trainer.config.Default;
import dev.terse.trainer.config.Range;
import dev.terse.trainer.config.places.Reads;
import dev.terse.trainer.config.places.Writes;
import dev.terse.trainer.model.EngineConfig;
import dev.terse.trainer.model.ModelRule;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Configuration of the curve command. docs/commands/curve.md lists every key.
 *
 * @param modelNameOrPath the model that scores the chains and answers after them
 * @param datasetName file of the chains
 * @param output file of the answers; table, page and pictures are written beside it
 * @param overwrite whether files that stand there are replaced
 * @param kappas shares that are pruned, rising; unset takes 0 to 1 in tenths
 * @param orders what goes first; unset takes all
 * @param randomSeeds seeds of each random order, from {@code seed} on
 * @param score what steps are ranked by
 * @param budget what kappa is a share of
 * @param leakControl whether each order of steps is measured once more with the final answer masked
 *     in what stays
 * @param mask what stands for a masked answer
 * @param placeholder what stands for a pruned step; empty deletes
 * @param mergeRuns whether neighbouring pruned steps have one placeholder
 * @param thinking where thinking ends, in all chains alike
 * @param maxSamples chains from the beginning of the file; unset takes all
 * @param maxCompletionLength most tokens of an answer; one that is longer is wrong
 * @param answerPolicy where the answer may stand and who compares it, see docs/answers.md
 * @param maxLive sequences decoded together
 * @param seed of the random orders and of the bootstrap
 */
@CheckedBy(ModelRule.class)
public record CurveConfig(
    @Reads(InputKind.MODEL) String modelNameOrPath,
    @Reads(InputKind.FILE) String datasetName,
    EngineConfig engine,
    @Writes(Writes.Kind.FILE) String output,
    @Default("false") boolean overwrite,
    @Default(Default.UNSET) List<BigDecimal> kappas,
    @Default(Default.UNSET) List<PruneOrder> orders,
    @Default("3") @Range("[1, inf)") int randomSeeds,
    @Default("entropy_mean") StepScore score,
    @Default("steps") Pruner.Budget budget,
    @Default("true") boolean leakControl,
    @Default("?") String mask,
    @Default(SkipCounts.SKIP) String placeholder,
    @Default("false") boolean mergeRuns,
    @Default("auto") ThinkingEnd thinking,
    @Default(Default.UNSET) @Range("[1, inf)") Integer maxSamples,
    @Default("256") @Range("[1, inf)") int maxCompletionLength,
    @Default("lenient") String answerPolicy,
    @Default("32") @Range("[1, inf)") int maxLive,
    @Default("42") long seed) {
  private static final int TENTHS = 10;

  public CurveConfig {
    kappas =
        kappas.isEmpty()
            ? IntStream.rangeClosed(0, TENTHS).mapToObj(k -> BigDecimal.valueOf(k, 1)).toList()
            : kappas;
    orders = orders.isEmpty() ? List.of(PruneOrder.values()) : orders;
    for (int k = 0; k < kappas.size(); k++) {
      boolean within = kappas.get(k).signum() >= 0 && kappas.get(k).compareTo(BigDecimal.ONE) <= 0;
      if (!within || k > 0 && kappas.get(k).compareTo(kappas.get(k - 1)) <= 0) {
        throw new IllegalArgumentException(
            "kappas must be numbers from 0 to 1, each larger than the one before, was " + kappas);
      }
    }
    if (new HashSet<>(orders).size() < orders.size()) {
      throw new IllegalArgumentException("orders names one twice, was " + orders);
    }
    if (leakControl && mask.isBlank()) {
      throw new IllegalArgumentException(
          "mask must not be blank: it stands for the answer where leak_control hides it");
    }
  }

  /** Model and file that are read. */
  public List<Path> inputs() {
    return List.of(InputKind.MODEL.place(modelNameOrPath), InputKind.FILE.place(datasetName));
  }

  /** All ways of pruning: each order, and each of steps with the answer masked. */
  List<Series> series() {
    List<Series> series = new ArrayList<>();
    orders.forEach(order -> series.add(Series.of(order, false, seed, randomSeeds)));
    if (leakControl) {
      orders.stream()
          .filter(order -> !order.ofTokens())
          .forEach(order -> series.add(Series.of(order, true, seed, randomSeeds)));
    }
    return series;
  }

  /** All that is done to each chain. */
  List<Point> points() {
    List<Point> points = new ArrayList<>(List.of(Point.NO_THINKING));
    for (Series one : series()) {
      kappas.forEach(kappa -> points.addAll(one.points(kappa)));
    }
    return points;
  }

  /** The choice of what goes at a point; of tokens, kappa is a share in either budget. */
  Pruner pruner(Point point) {
    PruneOrder order = point.series().order();
    return new Pruner(
        point.kappa(),
        order.ofTokens() ? Pruner.Budget.STEPS : budget,
        order.end(),
        0,
        0,
        point.seed());
  }

  /** What stands for pruned steps. */
  Placeholder placeholders() {
    return mergeRuns ? Placeholder.mergedRuns(placeholder) : Placeholder.perStep(placeholder);
  }
}
