package dev.terse.trainer.chart;

/** The figure of a point. */
public enum Mark {
  DISC,
  SQUARE,
  RING
}
