package dev.terse.lab.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class ChartTest {

  @Test
  void axis_ofAnyRange_hasRoundTicksThatHoldIt() {
    Axis axis = Axis.holding("x", 3, 97);
    assertThat(axis.ticks()).containsExactly(0.0, 20.0, 40.0, 60.0, 80.0, 100.0);
    assertThat(axis.ticks().stream().map(axis::text))
        .containsExactly("0", "20", "40", "60", "80", "100");
    Axis small = Axis.holding("y", -0.031, 0.018);
    assertThat(small.ticks().stream().map(small::text))
        .containsExactly("-0.04", "-0.03", "-0.02", "-0.01", "0.00", "0.01", "0.02");
    Axis quarters = Axis.holding("y", 0, 0.11);
    assertThat(quarters.ticks().stream().map(quarters::text))
        .containsExactly("0.000", "0.025", "0.050", "0.075", "0.100", "0.125");
    assertThat(Axis.holding("y", 5, Double.NaN, 5).share(5)).isBetween(0.0, 1.0);
    assertThat(Axis.holding("nothing").ticks()).isNotEmpty();
  }

  @Test
  void curve_smooth_isTheUnbiasedRunningMean_andKeepsGaps() {
    Curve curve = new Curve("c", Ink.SFT, new double[] {1, 2, 3}, new double[] {4, Double.NaN, 1});
    assertThat(curve.smooth()[0]).isCloseTo(4, within(1e-12));
    assertThat(curve.smooth()[1]).isNaN();
    assertThat(curve.smooth()[2]).isCloseTo((0.8 * 4 + 1) / 1.8, within(1e-12));
  }

  @Test
  void svg_ofCurves_isOneElementWithColoursOfThePage() {
    String svg = SvgCanvas.of(curves("Loss <b>\"x\"</b>"));
    assertThat(svg)
        .startsWith("<svg viewBox=\"0 0 480 300\" role=\"img\" aria-label=\"Loss &lt;b&gt;")
        .endsWith("</svg>")
        .contains("stroke=\"var(--ink-sft)\"")
        .doesNotContain("<b>", "NaN");
  }

  @Test
  void svg_valuesThatAreNotFinite_leaveAGap() {
    Curve gap =
        new Curve("c", Ink.SFT, new double[] {1, 2, 3, 4}, new double[] {1, Double.NaN, 2, 3});
    String svg = SvgCanvas.of(Chart.ofCurves("t", "x", "y", List.of(gap)));
    assertThat(svg.split("opacity=\"0.35\"", -1)).hasSize(3); // two faint stretches
  }

  @Test
  void legend_ofManyNames_takesLinesOfItsOwn_andLeavesThePlotItsHeight() {
    Spot.Measured x = new Spot.Measured(10, 8, 12);
    List<Spot> spots =
        IntStream.range(0, 9)
            .mapToObj(i -> new Spot("random, equal steps " + i, Ink.RANDOM, Mark.RING, x, x))
            .toList();
    Chart many = Chart.ofSpots("t", "x", "y", spots);
    assertThat(many.height()).isEqualTo(Chart.HEIGHT + 5 * 18); // two names a line
    assertThat(SvgCanvas.of(many))
        .startsWith("<svg viewBox=\"0 0 480 300\"")
        .doesNotContain("equal");
    assertThat(SvgCanvas.legend(many).split("<li>", -1)).hasSize(1 + 9);
    Chart one = Chart.ofSpots("t", "x", "y", spots.subList(0, 1));
    assertThat(one.height()).isEqualTo(Chart.HEIGHT);
    assertThat(SvgCanvas.legend(one)).isEmpty();
  }

  @Test
  void png_ofEachKind_isAPictureWithColours() throws IOException {
    Spot.Measured x = new Spot.Measured(10, 8, 12);
    Chart spots =
        Chart.ofSpots(
            "t",
            "x",
            "y",
            List.of(
                new Spot("a", Ink.BASE, Mark.DISC, x, x),
                new Spot("b", Ink.LOW, Mark.RING, x, x),
                new Spot("c", Ink.HIGH, Mark.SQUARE, x, x)));
    for (Chart chart : List.of(curves("t"), spots)) {
      BufferedImage image = ImageIO.read(new ByteArrayInputStream(PngCanvas.of(chart)));
      assertThat(image.getWidth()).isEqualTo(960);
      assertThat(image.getHeight()).isEqualTo(600 + 2 * 18); // a line of legend above the plot
      Set<Integer> colours = new HashSet<>();
      for (int i = 0; i < 960 * image.getHeight(); i++) {
        colours.add(image.getRGB(i % 960, i / 960));
      }
      assertThat(colours).hasSizeGreaterThan(4);
    }
  }

  private static Chart curves(String title) {
    return Chart.ofCurves(
        title,
        "update",
        "loss",
        List.of(
            new Curve("train", Ink.SFT, new double[] {1, 2, 3}, new double[] {3, 2, 1.5}),
            new Curve("valid", Ink.GRPO, new double[] {1, 3}, new double[] {3.5, 2})));
  }
}
