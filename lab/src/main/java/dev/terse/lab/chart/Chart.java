package dev.terse.lab.chart;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;

/**
 * A chart: curves or spots over two axes, with a legend above them. It is drawn once, by {@link
 * #draw}, on whatever canvas there is. Not by XChart: its SVG of two curves is 225 KB instead of
 * 10, with fixed colours that a dark page cannot change.
 *
 * @param title what it shows, for a caption and for readers who do not see it
 */
public record Chart(String title, Axis x, Axis y, List<Curve> curves, List<Spot> spots) {
  static final int WIDTH = 480;
  static final int HEIGHT = 300;

  private static final int LEFT = 52;
  private static final int RIGHT = 14;
  private static final int BOTTOM = 44;
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

  void draw(Canvas canvas) {
    int top = legend(canvas);
    frame(canvas, top);
    for (Curve curve : curves) {
      path(canvas, curve, curve.y(), 1, 0.35, top);
      path(canvas, curve, curve.smooth(), 2.2, 1, top);
    }
    for (Spot spot : spots) {
      double px = px(spot.x().value());
      double py = py(spot.y().value(), top);
      canvas.line(px(spot.x().low()), py, px(spot.x().high()), py, spot.ink(), 1.4);
      canvas.line(px, py(spot.y().low(), top), px, py(spot.y().high(), top), spot.ink(), 1.4);
      canvas.mark(spot.mark(), px, py, spot.ink());
    }
  }

  /** What is measured, then a line or more of names; returns where the plot may begin. */
  private int legend(Canvas canvas) {
    int line = 14;
    canvas.text(8, line, y.label(), Canvas.Anchor.START, Ink.TEXT);
    List<Entry> entries = entries();
    if (entries.size() < 2) {
      return line + 14;
    }
    double at = LEFT;
    line += LINE + 2;
    for (Entry entry : entries) {
      double width = 22 + width(entry.name());
      if (at > LEFT && at + width > WIDTH - RIGHT) {
        at = LEFT;
        line += LINE;
      }
      if (entry.mark() == null) {
        canvas.line(at, line - 4, at + 14, line - 4, entry.ink(), 2.2);
      } else {
        canvas.mark(entry.mark(), at + 7, line - 4, entry.ink());
      }
      canvas.text(at + 19, line, entry.name(), Canvas.Anchor.START, Ink.TEXT);
      at += width + 12;
    }
    return line + 14;
  }

  /** About what a name takes, in pixels. */
  private static double width(String name) {
    return name.chars().mapToDouble(c -> Character.isUpperCase(c) ? CAPITAL : LETTER).sum();
  }

  /** A line of the legend; without a mark it is a curve's. */
  private record Entry(String name, Ink ink, Mark mark) {}

  private List<Entry> entries() {
    List<Entry> entries = new ArrayList<>();
    curves.forEach(curve -> entries.add(new Entry(curve.name(), curve.ink(), null)));
    spots.forEach(spot -> entries.add(new Entry(spot.name(), spot.ink(), spot.mark())));
    return entries;
  }

  private void frame(Canvas canvas, int top) {
    int bottom = HEIGHT - BOTTOM;
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
    canvas.text(middle, HEIGHT - 8, x.label(), Canvas.Anchor.MIDDLE, Ink.TEXT);
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
    int bottom = HEIGHT - BOTTOM;
    return bottom - y.share(value) * (bottom - top);
  }
}
