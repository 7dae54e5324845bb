package dev.terse.examples;

import dev.terse.engine.Engine;
import dev.terse.engine.nd4j.Nd4jEngine;
import dev.terse.model.folder.ModelFolder;
import dev.terse.traces.prune.Placeholder;
import dev.terse.traces.prune.PrunedTrace;
import dev.terse.traces.prune.Pruner;
import dev.terse.traces.score.ScoredTrace;
import dev.terse.traces.score.StepScore;
import dev.terse.traces.score.TraceScorer;
import dev.terse.traces.segment.Trace;
import java.nio.file.Path;

/** The method on one chain of thought. Argument: MODEL. */
public final class CompressTrace {
  private static final Trace TRACE =
      new Trace(
          "baker",
          "A baker has 12 eggs. 9 farmers bring 8 eggs each. How many eggs does the baker have now?",
          """
          <think>
          The story begins with 12 eggs, then 9 times 8 more.

          Plan: 12, +9*8.

          So 9*8=72.

          Then the baker has 12+72=84 eggs.

          The result is 84 eggs.
          </think>

          The answer is \\boxed{84}.""",
          "84");

  private CompressTrace() {}

  /** Prints what each step would have told, and the chain without the most predictable 40 %. */
  public static void main(String[] args) {
    try (Engine engine = new Nd4jEngine();
        ModelFolder model = ModelFolder.load(Path.of(args[0]), engine)) {
      ScoredTrace scored = TraceScorer.of(model).score(TRACE);
      scored
          .steps()
          .forEach(s -> System.out.printf("%.3f bits: %s%n", s.entropyMean(), scored.text(s)));
      PrunedTrace pruned = PrunedTrace.of(scored, StepScore.ENTROPY_MEAN, Pruner.lowest(0.4));
      System.out.println(pruned.example(Placeholder.perStep("[SKIP]")).completion());
    }
  }
}
