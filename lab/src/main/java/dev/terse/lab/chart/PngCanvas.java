package dev.terse.lab.chart;

import java.awt.AlphaComposite;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import javax.imageio.ImageIO;

/** Draws into a PNG on white paper, twice as fine as the chart's units; needs no screen. */
public final class PngCanvas implements Canvas {
  private static final int SCALE = 2;
  private static final int FONT_SIZE = 12;

  private final Graphics2D graphics;

  private PngCanvas(Graphics2D graphics) {
    this.graphics = graphics;
  }

  /** The chart as the bytes of a PNG file. */
  public static byte[] of(Chart chart) throws IOException {
    BufferedImage image =
        new BufferedImage(SCALE * Chart.WIDTH, SCALE * chart.height(), BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    graphics.setColor(Color.WHITE);
    graphics.fillRect(0, 0, image.getWidth(), image.getHeight());
    graphics.scale(SCALE, SCALE);
    graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
    graphics.setRenderingHint(
        RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    graphics.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, FONT_SIZE));
    chart.draw(new PngCanvas(graphics));
    graphics.dispose();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageIO.write(image, "png", bytes);
    return bytes.toByteArray();
  }

  @Override
  public void path(double[] x, double[] y, Ink ink, double width, double opacity) {
    Path2D path = new Path2D.Double();
    path.moveTo(x[0], y[0]);
    for (int i = 1; i < x.length; i++) {
      path.lineTo(x[i], y[i]);
    }
    graphics.setColor(new Color(ink.rgb()));
    graphics.setComposite(AlphaComposite.SrcOver.derive((float) opacity));
    graphics.setStroke(
        new BasicStroke((float) width, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
    graphics.draw(path);
    graphics.setComposite(AlphaComposite.SrcOver);
  }

  @Override
  public void mark(Mark mark, double x, double y, Ink ink) {
    graphics.setColor(new Color(ink.rgb()));
    switch (mark) {
      case DISC -> graphics.fill(new Ellipse2D.Double(x - 5, y - 5, 10, 10));
      case SQUARE -> graphics.fill(new Rectangle2D.Double(x - 4, y - 4, 8, 8));
      case RING -> {
        Ellipse2D ring = new Ellipse2D.Double(x - 4, y - 4, 8, 8);
        graphics.setColor(Color.WHITE);
        graphics.fill(ring);
        graphics.setColor(new Color(ink.rgb()));
        graphics.setStroke(new BasicStroke(2));
        graphics.draw(ring);
      }
    }
  }

  @Override
  public void text(double x, double y, String text, Anchor anchor, Ink ink) {
    double width = graphics.getFontMetrics().stringWidth(text);
    double shift =
        switch (anchor) {
          case START -> 0;
          case MIDDLE -> width / 2;
          case END -> width;
        };
    graphics.setColor(new Color(ink.rgb()));
    graphics.drawString(text, (float) (x - shift), (float) y);
  }
}
