package dev.terse.lab.chart;

import java.util.Locale;

/** Draws into an SVG element whose colours are CSS variables, to be put into a page. */
public final class SvgCanvas implements Canvas {
  private final StringBuilder svg = new StringBuilder();

  private SvgCanvas() {}

  /** The chart without its legend as an {@code <svg>} element. */
  public static String of(Chart chart) {
    SvgCanvas canvas = new SvgCanvas();
    canvas.add(
        "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">",
        Chart.WIDTH, Chart.HEIGHT, Markup.escape(chart.title()));
    chart.plot(canvas);
    return canvas.svg.append("</svg>").toString();
  }

  /** The legend as a list whose lines the page breaks; empty where the chart has none. */
  public static String legend(Chart chart) {
    if (chart.legend().isEmpty()) {
      return "";
    }
    SvgCanvas canvas = new SvgCanvas();
    canvas.add("<ul class=\"legend\">");
    for (Chart.Entry entry : chart.legend()) {
      canvas.add("<li><svg viewBox=\"0 0 14 14\" aria-hidden=\"true\">");
      entry.drawKey(canvas, 0, 7);
      canvas.add("</svg>%s</li>", Markup.escape(entry.name()));
    }
    canvas.add("</ul>\n");
    return canvas.svg.toString();
  }

  @Override
  public void path(double[] x, double[] y, Ink ink, double width, double opacity) {
    StringBuilder points = new StringBuilder();
    for (int i = 0; i < x.length; i++) {
      points.append(i == 0 ? "" : " ").append(number(x[i])).append(',').append(number(y[i]));
    }
    add(
        "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"%s\" opacity=\"%s\"/>",
        points, colour(ink), number(width), number(opacity));
  }

  @Override
  public void mark(Mark mark, double x, double y, Ink ink) {
    switch (mark) {
      case DISC ->
          add(
              "<circle cx=\"%s\" cy=\"%s\" r=\"5\" fill=\"%s\"/>",
              number(x), number(y), colour(ink));
      case RING ->
          add(
              "<circle cx=\"%s\" cy=\"%s\" r=\"4\" fill=\"var(--paper)\" stroke=\"%s\""
                  + " stroke-width=\"2\"/>",
              number(x), number(y), colour(ink));
      case SQUARE ->
          add(
              "<rect x=\"%s\" y=\"%s\" width=\"8\" height=\"8\" fill=\"%s\"/>",
              number(x - 4), number(y - 4), colour(ink));
    }
  }

  @Override
  public void text(double x, double y, String text, Anchor anchor, Ink ink) {
    add(
        "<text x=\"%s\" y=\"%s\" text-anchor=\"%s\" fill=\"%s\">%s</text>",
        number(x),
        number(y),
        anchor.name().toLowerCase(Locale.ROOT),
        colour(ink),
        Markup.escape(text));
  }

  private void add(String format, Object... values) {
    svg.append(String.format(Locale.ROOT, format, values));
  }

  private static String colour(Ink ink) {
    return "var(--" + ink.variable() + ")";
  }

  /** Two decimals at most. */
  private static String number(double value) {
    return String.format(Locale.ROOT, "%.2f", value).replaceAll("\\.?0+$", "");
  }
}
