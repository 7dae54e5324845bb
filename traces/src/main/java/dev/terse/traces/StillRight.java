package dev.terse.traces;

import dev.terse.traces.prune.SftExample;
import java.util.List;

/** Says of pruned traces whether the model still answers them right. */
public interface StillRight {

  /** What the model answers from the pruned thinking. */
  enum Outcome {
    /** The gold answer. */
    RIGHT,
    /** Another one, or none. */
    WRONG,
    /** It did not end within the limit. */
    CUT
  }

  /** Traces that are best asked about together. */
  int batch();

  /** The outcome of each, in order; all have a gold answer. */
  List<Outcome> of(List<SftExample> pruned);
}
