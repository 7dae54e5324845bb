package dev.terse.traces.prune;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.terse.traces.score.ScoredStep;
import dev.terse.traces.score.ScoredTrace;
import dev.terse.traces.score.StepScore;
import dev.terse.traces.segment.Step;
import dev.terse.traces.segment.Thinking;
import dev.terse.traces.segment.Trace;
import java.util.List;

/**
 * A scored trace with the choice of steps to leave out.
 *
 * @param pruned one a step; not copied
 */
public record PrunedTrace(ScoredTrace scored, boolean[] pruned) {

  /** Ranks and chooses. */
  public static PrunedTrace of(ScoredTrace scored, StepScore score, Pruner pruner) {
    int[] tokens = scored.steps().stream().mapToInt(ScoredStep::tokens).toArray();
    boolean[] pruned = pruner.choose(scored.trace().id(), score.of(scored.steps()), tokens);
    return new PrunedTrace(scored, pruned);
  }

  /** Number of pruned steps. */
  public int prunedSteps() {
    int count = 0;
    for (boolean p : pruned) {
      count += p ? 1 : 0;
    }
    return count;
  }

  /** Tokens of the pruned steps. */
  public int prunedTokens() {
    int count = 0;
    for (int i = 0; i < pruned.length; i++) {
      count += pruned[i] ? scored.steps().get(i).tokens() : 0;
    }
    return count;
  }

  /**
   * The training example: chain with marks, then the answer as it was ({@link Thinking#with}).
   * Nothing but the white space between them is changed.
   */
  public SftExample example(Placeholder placeholder) {
    Thinking thinking = scored.thinking();
    List<Step> steps = scored.steps().stream().map(ScoredStep::step).toList();
    String completion = thinking.with(placeholder.apply(thinking.text(), steps, pruned));
    Trace trace = scored.trace();
    return new SftExample(trace.id(), trace.prompt(), completion, trace.gold());
  }

  /**
   * The row of the steps file: code-point offsets, entropies in bits.
   *
   * <pre>
   * Row  --> {"id": Text, "steps": [Step, …]}
   * Step --> {"start": Offset, "end": Offset, "tokens": Count, "entropy_mean": Bits, …}
   * </pre>
   */
  public ObjectNode stepsRow() {
    ObjectNode row = JsonNodeFactory.instance.objectNode().put("id", scored.trace().id());
    ArrayNode steps = row.putArray("steps");
    for (int i = 0; i < pruned.length; i++) {
      ScoredStep step = scored.steps().get(i);
      steps
          .addObject()
          .put("start", step.start())
          .put("end", step.end())
          .put("tokens", step.tokens())
          .put("entropy_mean", step.entropyMean())
          .put("entropy_sum", step.entropySum())
          .put("pruned", pruned[i]);
    }
    return row;
  }
}
