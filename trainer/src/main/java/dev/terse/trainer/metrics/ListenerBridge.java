package dev.terse.trainer.metrics;

import java.util.List;

/**
 * A library of training listeners. It is found by {@link java.util.ServiceLoader}: the trainer
 * knows none.
 */
public interface ListenerBridge {
  /**
   * Lets listeners of the classes that a configuration names ({@code training_listeners}) hear a
   * run.
   *
   * @throws IllegalArgumentException if a class is missing, is no listener or cannot be made
   */
  MetricSink sink(List<String> classes);
}
