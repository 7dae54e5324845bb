package dev.terse.lab.report;

import dev.terse.io.AtomicFile;
import dev.terse.lab.chart.Chart;
import dev.terse.lab.chart.PngCanvas;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A report on file: of a quickstart {@code report.html}, {@code table.txt} and the charts as
 * pictures; of a comparison the page alone.
 */
public final class ReportFiles {
  private static final Logger LOG = LoggerFactory.getLogger(ReportFiles.class);

  private ReportFiles() {}

  /** Writes the report into {@code folder}; returns the page. */
  public static Path write(Report report, Path folder) throws IOException {
    Map<String, byte[]> pictures = pictures(report.charts());
    Path charts = Files.createDirectories(folder.resolve("charts"));
    for (Map.Entry<String, byte[]> picture : pictures.entrySet()) {
      Files.write(charts.resolve(picture.getKey() + ".png"), picture.getValue());
    }
    AtomicFile.write(folder.resolve("table.txt"), text(report));
    Path page = folder.resolve("report.html");
    AtomicFile.write(page, ReportPage.of(report, pictures));
    return page;
  }

  /** Writes a comparison as one page with its pictures in it. */
  public static void write(ComparisonReport report, Path page) throws IOException {
    AtomicFile.write(page, ComparisonPage.of(report, pictures(report.charts())));
  }

  /** Tables and findings for a terminal. */
  public static String text(Report report) {
    StringBuilder text = new StringBuilder(report.table().text()).append('\n');
    report.findings().forEach(finding -> text.append(finding).append('\n'));
    if (!report.controls().isEmpty()) {
      text.append('\n').append(report.controlTable().text()).append('\n');
      report.controlFindings().forEach(finding -> text.append(finding).append('\n'));
    }
    return text.toString();
  }

  /** PNGs by the names of the charts; fewer where this Java cannot write letters. */
  public static Map<String, byte[]> pictures(Map<String, Chart> charts) throws IOException {
    Map<String, byte[]> pictures = new LinkedHashMap<>();
    try {
      for (Map.Entry<String, Chart> chart : charts.entrySet()) {
        pictures.put(chart.getKey(), PngCanvas.of(chart.getValue()));
      }
    } catch (LinkageError | InternalError e) { // what Java throws without fonts or their library
      LOG.warn(
          "no PNGs: this Java finds no fonts ({}); the page has all charts. Install fontconfig"
              + " and a font, such as fonts-dejavu-core, for the PNGs",
          e.toString());
    }
    return pictures;
  }
}
