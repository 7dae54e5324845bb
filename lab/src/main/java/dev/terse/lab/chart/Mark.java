package dev.terse.lab.chart;

/** The figure of a point. */
public enum Mark {
  DISC,
  SQUARE,
  RING
}
