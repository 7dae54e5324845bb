package dev.terse.trainer.checkpoint;

/**
 * The best evaluation so far.
 *
 * @param value of metric_for_best_model
 * @param step updates done when it was evaluated
 */
public record BestModel(double value, int step) {}
