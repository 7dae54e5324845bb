package dev.terse.lab.quickstart;

import dev.terse.engine.Engine;
import dev.terse.model.folder.ModelFolder;
import dev.terse.model.weights.WeightUse;
import dev.terse.traces.CompressReport;
import dev.terse.traces.Compressor;
import dev.terse.traces.Intake;
import dev.terse.traces.prune.Placeholder;
import dev.terse.traces.prune.Pruner;
import dev.terse.traces.score.TraceScorer;
import dev.terse.traces.segment.SkipCounts;
import dev.terse.traces.segment.ThinkingRule;
import dev.terse.trainer.data.RightTrace;
import dev.terse.trainer.metrics.Phases;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The base scores its right traces once; each way of pruning makes a training set of them. */
record Pruning(QuickstartConfig config, QuickstartFiles files, Engine engine, Phases phases) {
  private static final int BATCH_TOKENS = 4096;

  /** Writes the training sets; returns what became of the traces, of the main set. */
  CompressReport run() throws IOException {
    List<Compressor.Target> targets = new ArrayList<>();
    targets.add(target(Pruner.Order.LOW, Pruner.Budget.STEPS));
    for (Pruner.Budget budget : config.controls()) {
      for (Pruner.Order order : Pruner.Order.values()) {
        Compressor.Target target = target(order, budget);
        if (!target.equals(targets.get(0))) {
          targets.add(target);
        }
      }
    }
    Intake intake =
        new Intake(
            Intake.BadRows.FAIL,
            Integer.MAX_VALUE,
            BATCH_TOKENS,
            ThinkingRule.MARKS,
            RightTrace::test);
    try (ModelFolder model = ModelFolder.load(config.base(), engine, WeightUse.READ);
        Phases.Phase phase = phases.start("scoring", "tokens", -1)) {
      return new Compressor(TraceScorer.of(model), intake)
          .run(files.traces(), targets, phase)
          .get(0);
    }
  }

  private Compressor.Target target(Pruner.Order order, Pruner.Budget budget) {
    return new Compressor.Target(
        new Compressor.Method(
            config.score(), config.pruner(order, budget), Placeholder.perStep(SkipCounts.SKIP)),
        files.pruned(order, budget),
        null);
  }
}
