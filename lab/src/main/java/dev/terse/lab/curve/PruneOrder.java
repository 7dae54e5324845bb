package dev.terse.lab.curve;

import dev.terse.traces.prune.Pruner;
import dev.terse.traces.score.StepScore;
import java.util.Locale;

/** What of a chain goes first. */
public enum PruneOrder {
  /** Steps of the lowest score: the method. */
  LOW(Pruner.Order.LOW, false),
  /** Steps of the highest score: a control. */
  HIGH(Pruner.Order.HIGH, false),
  /** Any steps, once a seed: a control. */
  RANDOM(Pruner.Order.RANDOM, false),
  /** Steps from the beginning: a control that reads nothing. */
  FIRST(Pruner.Order.LOW, false),
  /** Steps from the end: likewise. */
  LAST(Pruner.Order.HIGH, false),
  /** Tokens of the lowest entropy, whatever their step; nothing stands in their place. */
  TOKEN_LOW(Pruner.Order.LOW, true),
  /** Tokens of the highest entropy. */
  TOKEN_HIGH(Pruner.Order.HIGH, true),
  /** Any tokens, once a seed. */
  TOKEN_RANDOM(Pruner.Order.RANDOM, true);

  private final Pruner.Order end;
  private final boolean tokens;

  PruneOrder(Pruner.Order end, boolean tokens) {
    this.end = end;
    this.tokens = tokens;
  }

  /** Which end of the ranking goes first. */
  Pruner.Order end() {
    return end;
  }

  /** Whether tokens are pruned instead of steps. */
  boolean ofTokens() {
    return tokens;
  }

  /** Whether a seed decides. */
  boolean isRandom() {
    return end == Pruner.Order.RANDOM;
  }

  /**
   * What steps are ranked by.
   *
   * @param asked the score of low and high
   */
  StepScore score(StepScore asked) {
    return this == FIRST || this == LAST ? StepScore.POSITION : asked;
  }

  /** The name in configuration, e.g. {@code token_low}. */
  String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}
