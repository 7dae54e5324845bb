package dev.terse.lab.quickstart;

import dev.terse.trainer.metrics.MetricSink;
import dev.terse.trainer.metrics.Phases;
import java.util.Map;

/** Turns the logged steps of a training into the progress of one phase. */
final class StepProgress implements MetricSink {
  private final Phases.Phase phase;
  private long last;

  /**
   * @param updates planned, or -1
   */
  StepProgress(Phases phases, String name, long updates) {
    this.phase = phases.start(name, "updates", updates);
  }

  @Override
  public void scalars(long step, Map<String, Double> values) {
    phase.advance(step - last);
    last = step;
  }

  @Override
  public void close() {
    phase.close();
  }
}
