package dev.terse.lab.chart;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;

/**
 * A chart: curves or spots over two axes, with a legend above them. It is drawn by {@link #draw} on
 * whatever canvas there is; a page that has a legend of its own takes {@link #plot}. Not by XChart:
 * its SVG of two curves is 225 KB instead of 10, with fixed colours that a dark page cannot change.
 *
 * @param title what it shows, for a caption and for readers who do not see it
 */
public record Chart(String title, Axis x, Axis y, List<Curve> curves, List<Spot> spots) {
  static final int WIDTH = 480;
  static final int HEIGHT = 300;

  private static final int LEFT = 52;
  private static final int RIGHT = 14;
  private static final int BOTTOM = 44;
  private static final int LABEL = 14; // base line of a first line of text
  private static final int HEAD = 28; // what is measured stands above the plot
  private static final int LINE = 18;
  private static final double LETTER = 6.8; // mean width of a letter, to lay out the legend
  private static final double CAPITAL = 9; // of a capital

  public Chart {
    curves = List.copyOf(curves);
    spots = List.copyOf(spots);
  }

  /** Curves over steps. */
  public static Chart ofCurves(String title, String x, String y, List<Curve> curves) {
    return new Chart(
        title,
        Axis.holding(x, curves.stream().flatMapToDouble(c -> DoubleStream.of(c.x())).toArray()),
        Axis.holding(y, curves.stream().flatMapToDouble(c -> DoubleStream.of(c.y())).toArray()),
        curves,
        List.of());
  }

  /** Spots with their intervals. */
  public static Chart ofSpots(String title, String x, String y, List<Spot> spots) {
    return new Chart(
        title,
        Axis.holding(
            x,
            spots.stream()
                .flatMapToDouble(s -> DoubleStream.of(s.x().low(), s.x().high()))
                .toArray()),
        Axis.holding(
            y,
            spots.stream()
                .flatMapToDouble(s -> DoubleStream.of(s.y().low(), s.y().high()))
                .toArray()),
        List.of(),
        spots);
  }

  /** Height of what {@link #draw} draws: each line of the legend adds to the plot's. */
  int height() {
    return HEIGHT + LINE * legendLines();
  }

  /** Legend and plot. */
  void draw(Canvas canvas) {
    drawLegend(canvas);
    plot(canvas, LINE * legendLines());
  }

  /** The plot alone, {@link #HEIGHT} high. */
  void plot(Canvas canvas) {
    plot(canvas, 0);
  }

  /**
   * @param top where it begins
   */
  private void plot(Canvas canvas, int top) {
    canvas.text(8, top + LABEL, y.label(), Canvas.Anchor.START, Ink.TEXT);
    frame(canvas, top);
    for (Curve curve : curves) {
      if (curve.smoothed()) {
        path(canvas, curve, curve.y(), 1, 0.35, top);
      }
      path(canvas, curve, curve.smoothed() ? curve.smooth() : curve.y(), 2.2, 1, top);
    }
    for (Spot spot : spots) {
      double px = px(spot.x().value());
      double py = py(spot.y().value(), top);
      canvas.line(px(spot.x().low()), py, px(spot.x().high()), py, spot.ink(), 1.4);
      canvas.line(px, py(spot.y().low(), top), px, py(spot.y().high(), top), spot.ink(), 1.4);
      canvas.mark(spot.mark(), px, py, spot.ink());
    }
  }

  private void drawLegend(Canvas canvas) {
    for (Placed placed : placed()) {
      double y = LINE * placed.line() + LABEL;
      placed.entry().drawKey(canvas, placed.x(), y - 4);
      canvas.text(placed.x() + 19, y, placed.entry().name(), Canvas.Anchor.START, Ink.TEXT);
    }
  }

  private int legendLines() {
    List<Placed> placed = placed();
    return placed.isEmpty() ? 0 : placed.get(placed.size() - 1).line() + 1;
  }

  /** An entry of the legend and where it stands. */
  private record Placed(Entry entry, double x, int line) {}

  /** The legend in as many lines as its names need. */
  private List<Placed> placed() {
    List<Placed> placed = new ArrayList<>();
    double x = 8;
    int line = 0;
    for (Entry entry : legend()) {
      double width = 22 + width(entry.name());
      if (x > 8 && x + width > WIDTH - RIGHT) {
        x = 8;
        line++;
      }
      placed.add(new Placed(entry, x, line));
      x += width + 12;
    }
    return placed;
  }

  /** About what a name takes, in pixels. */
  private static double width(String name) {
    return name.chars().mapToDouble(c -> Character.isUpperCase(c) ? CAPITAL : LETTER).sum();
  }

  /** An entry of the legend; without a mark it is a curve's. */
  record Entry(String name, Ink ink, Mark mark) {

    /** The curve's line or the point's figure, 14 wide around the height {@code y}. */
    void drawKey(Canvas canvas, double x, double y) {
      if (mark == null) {
        canvas.line(x, y, x + 14, y, ink, 2.2);
      } else {
        canvas.mark(mark, x + 7, y, ink);
      }
    }
  }

  /** The entries of the legend; none where there is nothing to tell apart. */
  List<Entry> legend() {
    List<Entry> entries = new ArrayList<>();
    curves.forEach(curve -> entries.add(new Entry(curve.name(), curve.ink(), null)));
    spots.stream()
        .filter(spot -> !spot.name().isEmpty())
        .forEach(spot -> entries.add(new Entry(spot.name(), spot.ink(), spot.mark())));
    return entries.size() < 2 ? List.of() : entries;
  }

  private void frame(Canvas canvas, int top) {
    int bottom = top + HEIGHT - BOTTOM;
    for (double tick : y.ticks()) {
      double at = py(tick, top);
      canvas.line(LEFT, at, WIDTH - RIGHT, at, Ink.GRID, 1);
      canvas.text(LEFT - 7, at + 4, y.text(tick), Canvas.Anchor.END, Ink.TEXT);
    }
    for (double tick : x.ticks()) {
      canvas.line(px(tick), bottom, px(tick), bottom + 4, Ink.GRID, 1);
      canvas.text(px(tick), bottom + 18, x.text(tick), Canvas.Anchor.MIDDLE, Ink.TEXT);
    }
    double middle = (LEFT + WIDTH - RIGHT) / 2.0;
    canvas.text(middle, top + HEIGHT - 8, x.label(), Canvas.Anchor.MIDDLE, Ink.TEXT);
  }

  /** The finite stretches of a curve. */
  private void path(
      Canvas canvas, Curve curve, double[] values, double width, double opacity, int top) {
    int from = 0;
    while (from < values.length) {
      int to = from;
      while (to < values.length && Double.isFinite(values[to])) {
        to++;
      }
      if (to > from) {
        double[] xs = new double[to - from];
        double[] ys = new double[to - from];
        for (int i = from; i < to; i++) {
          xs[i - from] = px(curve.x()[i]);
          ys[i - from] = py(values[i], top);
        }
        canvas.path(xs, ys, curve.ink(), width, opacity);
      }
      from = to + 1;
    }
  }

  private double px(double value) {
    return LEFT + x.share(value) * (WIDTH - RIGHT - LEFT);
  }

  private double py(double value, int top) {
    int bottom = top + HEIGHT - BOTTOM;
    return bottom - y.share(value) * (bottom - top - HEAD);
  }
}
