package dev.terse.trainer.metrics;

import java.io.IOException;
import java.util.Map;

/**
 * Where a run's numbers go: TensorBoard, JSONL, console, DL4J listeners. A sink that fails (full
 * disk) says so once and never stops training. NaN and infinite values are written as they are. Not
 * every sink has a use for more than scalars: a listener may be a lambda.
 */
@FunctionalInterface
public interface MetricSink extends AutoCloseable {

  /**
   * The run goes on after update {@code done}, or begins where that is 0: what a run that was
   * broken off has logged beyond it no longer holds. Nothing is written before that.
   *
   * @throws IOException if there can be no log
   */
  default void begin(long done) throws IOException {}

  /** Named numbers of one step, e.g. {@code train/loss}; names are TRL's. */
  void scalars(long step, Map<String, Double> values);

  /** The distribution of some values at one step. */
  default void histogram(long step, String name, double[] values) {}

  /** Markdown text of one step, e.g. completions with their steps and skips. */
  default void text(long step, String name, String markdown) {}

  /** The run's configuration, once at the start. */
  default void hparams(Map<String, Object> config) {}

  /** Gives back what the sink holds. */
  @Override
  default void close() {}
}
