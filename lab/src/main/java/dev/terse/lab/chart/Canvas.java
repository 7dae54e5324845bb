package dev.terse.lab.chart;

/** What charts are drawn on. Units are those of the chart; y grows downwards. */
interface Canvas {

  /** Where a text stands relative to its point. */
  enum Anchor {
    START,
    MIDDLE,
    END
  }

  /** A line through all points. */
  void path(double[] x, double[] y, Ink ink, double width, double opacity);

  /** A small figure around a point. */
  void mark(Mark mark, double x, double y, Ink ink);

  void text(double x, double y, String text, Anchor anchor, Ink ink);

  /** A line between two points. */
  default void line(double x1, double y1, double x2, double y2, Ink ink, double width) {
    path(new double[] {x1, x2}, new double[] {y1, y2}, ink, width, 1);
  }
}
