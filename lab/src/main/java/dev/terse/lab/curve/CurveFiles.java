package dev.terse.lab.curve;

import dev.terse.io.AtomicFile;
import dev.terse.lab.chart.Chart;
import dev.terse.lab.report.ReportFiles;
import dev.terse.lab.report.ResultTable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Where a curve is written: beside {@code NAME.jsonl} a table {@code NAME.csv}, a page {@code
 * NAME.html} and a picture {@code NAME-CHART.png} a chart.
 */
public final class CurveFiles {
  private static final String HEADER =
      "order,masked,kappa,seed,chains,problems,accuracy,accuracy_low,accuracy_high,"
          + "thinking_tokens,answer_tokens,tokens,states_answer,statements,cut_off,no_answer\n";

  private CurveFiles() {}

  /** Files that are written, the answers first. */
  public static List<Path> outputs(CurveConfig config) {
    Path output = Path.of(config.output());
    List<Path> files = new ArrayList<>(List.of(output, table(output), page(output)));
    CurveCharts.names(config).forEach(chart -> files.add(picture(output, chart)));
    return files;
  }

  /** The table. */
  public static Path table(Path output) {
    return beside(output, ".csv");
  }

  /** The page. */
  public static Path page(Path output) {
    return beside(output, ".html");
  }

  private static Path picture(Path output, String chart) {
    return beside(output, "-" + chart + ".png");
  }

  private static Path beside(Path output, String ending) {
    String name = output.getFileName().toString().replaceFirst("\\.jsonl$", "");
    return output.resolveSibling(name + ending);
  }

  /** Writes all but the answers. */
  static void write(CurveReport report, Path output) throws IOException {
    Map<String, Chart> charts = CurveCharts.of(report);
    Map<String, byte[]> pictures = ReportFiles.pictures(charts);
    AtomicFile.write(table(output), csv(report));
    AtomicFile.write(page(output), CurvePage.of(report, charts, pictures));
    for (Map.Entry<String, byte[]> picture : pictures.entrySet()) {
      AtomicFile.write(
          picture(output, picture.getKey()),
          channel -> AtomicFile.writeFully(channel, ByteBuffer.wrap(picture.getValue())));
    }
  }

  /** A row a point: means over seeds, then each seed of a random order. */
  static String csv(CurveReport report) {
    StringBuilder csv = new StringBuilder(HEADER);
    csv.append("no_thinking,false,").append(numbers(report, report.noThinking()));
    report
        .summaries()
        .forEach(
            (series, points) -> {
              String begin = series.order().key() + "," + series.masked() + ",";
              points.forEach(point -> csv.append(begin).append(numbers(report, point)));
              report
                  .seeds()
                  .get(series)
                  .forEach(point -> csv.append(begin).append(numbers(report, point)));
            });
    return csv.toString();
  }

  private static String numbers(CurveReport report, PointSummary one) {
    return ResultTable.text(
        "%s,%s,%d,%d,%.6f,%.6f,%.6f,%.3f,%.3f,%.3f,%.6f,%.3f,%.6f,%.6f\n",
        one.kappa().toPlainString(),
        one.seed() == null ? "" : one.seed().toString(),
        report.samples(),
        report.problems(),
        one.accuracy().value(),
        one.accuracy().low(),
        one.accuracy().high(),
        one.thinking(),
        one.answer(),
        one.tokens(),
        one.stated(),
        one.statements(),
        one.cut(),
        one.none());
  }
}
