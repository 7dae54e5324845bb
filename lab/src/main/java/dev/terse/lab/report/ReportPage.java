package dev.terse.lab.report;

import dev.terse.lab.chart.Chart;
import dev.terse.lab.chart.SvgCanvas;
import dev.terse.lab.statistics.PairedComparison;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The report as one HTML page that needs nothing else: no network, no scripts; light and dark as
 * the reader's system is.
 */
final class ReportPage {
  private final Report report;
  private final Map<String, byte[]> pictures;
  private final Html page = new Html();

  private ReportPage(Report report, Map<String, byte[]> pictures) {
    this.report = report;
    this.pictures = pictures;
  }

  /**
   * The page.
   *
   * @param pictures PNGs of the charts by their names, which the page holds for taking away; may
   *     lack some
   */
  static String of(Report report, Map<String, byte[]> pictures) {
    return new ReportPage(report, pictures).write();
  }

  private String write() {
    page.element("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
        .element("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
        .element("<title>Terse quickstart</title>\n<style>\n")
        .element(style())
        .element("</style>\n</head>\n<body>\n<main>\n");
    header();
    results();
    training();
    controls();
    ChainSection.write(page, report);
    times();
    settings();
    return page.element("</main>\n</body>\n</html>\n").toString();
  }

  private void header() {
    List<ArmSummary> summaries = report.summaries();
    ArmSummary base = summaries.get(0);
    ArmSummary last = summaries.get(summaries.size() - 1);
    PairedComparison against = last.against();
    page.element("<header>\n<p class=\"kicker\">Terse quickstart</p>\n")
        .markup("<h1>%s against the model it came from</h1>\n", last.arm().name())
        .element("<div class=\"cards\">\n");
    card(number("%+.1f %%", 100 * against.tokenChange().value()), "thinking tokens");
    card(number("%.1f %%", 100 * last.accuracy().value()), "right");
    card(number("%.1f %%", 100 * base.accuracy().value()), "right before");
    card(Findings.p(against.pValue()), "McNemar p of that difference");
    card(number("%.1f", last.skips()), "skips a chain");
    page.element("</div>\n");
    report.findings().forEach(finding -> page.markup("<p class=\"finding\">%s</p>\n", finding));
    page.element("</header>\n");
  }

  private void card(String value, String what) {
    page.markup("<div class=\"card\"><b>%s</b><span>%s</span></div>\n", value, what);
  }

  private void results() {
    page.markup(
        "<section>\n<h2>The same %d problems, answered by each model</h2>\n",
        report.base().records().size());
    table(report.table());
    page.element(
            "<p class=\"note\">Greedy completions of problems that no training has seen; one that"
                + " does not end within the limit is wrong. Intervals: Wilson for accuracy,"
                + " bootstrap over problems for changes. Changes are against the base, those of GRPO"
                + " alone against the model that it began from. McNemar: exact test on the problems"
                + " that only one of the two models gets right.</p>\n")
        .element("</section>\n");
  }

  private void table(ResultTable table) {
    page.element("<table>\n<thead><tr>");
    table.header().forEach(name -> page.markup("<th scope=\"col\">%s</th>", name));
    page.element("</tr></thead>\n<tbody>\n");
    for (List<String> row : table.rows()) {
      page.markup("<tr><th scope=\"row\">%s</th>", row.get(0));
      for (int c = 1; c < row.size(); c++) { // narrow pages show the name beside each cell
        page.markup("<td data-name=\"%s\">%s</td>", table.header().get(c), row.get(c));
      }
      page.element("</tr>\n");
    }
    page.element("</tbody>\n</table>\n");
  }

  private void training() {
    page.element("<section>\n<h2>Training, and what it bought</h2>\n<div class=\"charts\">\n");
    report.charts().forEach(this::figure);
    page.element("</div>\n")
        .element(
            "<p class=\"note\">Faint: every update. Bold: running mean. The same numbers are in the"
                + " event files: <code>tensorboard --logdir</code> on the run's folder.</p>\n")
        .element("</section>\n");
  }

  private void figure(String name, Chart chart) {
    page.element("<figure>\n").element(SvgCanvas.legend(chart)).element(SvgCanvas.of(chart));
    page.markup("\n<figcaption>%s", chart.title());
    byte[] png = pictures.get(name);
    if (png != null) {
      page.markup(
          " <a download=\"%s.png\" href=\"data:image/png;base64,%s\">PNG</a>",
          name, Base64.getEncoder().encodeToString(png));
    }
    page.element("</figcaption>\n</figure>\n");
  }

  private void controls() {
    if (report.controls().isEmpty()) {
      return;
    }
    page.element("<section>\n<h2>Is it the entropy that matters?</h2>\n")
        .element(
            "<p>The same traces pruned by low entropy, at random and by high entropy, as much each"
                + " time; then the same fine-tuning, and the same problems.</p>\n");
    report.controlFindings().forEach(f -> page.markup("<p class=\"finding\">%s</p>\n", f));
    table(report.controlTable());
    page.markup(
            "<p class=\"note\">One seed, %d. Tests compare pairs of models.</p>\n", report.seed())
        .element("</section>\n");
  }

  private void times() {
    double all = report.times().stream().mapToDouble(Report.PhaseTime::seconds).sum();
    double longest = report.times().stream().mapToDouble(Report.PhaseTime::seconds).max().orElse(1);
    page.element("<section>\n<h2>Where the time went</h2>\n<div class=\"times\">\n");
    for (Report.PhaseTime time : report.times()) {
      page.markup(
          "<div class=\"time\"><span>%s%s</span><i><i style=\"width:%.1f%%\"></i></i>"
              + "<b>%.1f s</b></div>\n",
          time.title(),
          time.doneBefore() ? " (done before)" : "",
          100 * time.seconds() / longest,
          time.seconds());
    }
    page.markup("</div>\n<p class=\"note\">%.0f s in all.</p>\n</section>\n", all);
  }

  private void settings() {
    page.markup("<section>\n<h2>Settings</h2>\n<p>Seed %d.</p>\n", report.seed());
    report
        .settings()
        .forEach(
            (file, values) -> {
              page.markup("<details><summary>%s</summary>\n<dl>\n", file);
              values.forEach((key, value) -> page.markup("<dt>%s</dt><dd>%s</dd>\n", key, value));
              page.element("</dl></details>\n");
            });
    page.element("</section>\n");
  }

  private static String number(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }

  private static String style() {
    try (InputStream in = ReportPage.class.getResourceAsStream("report.css")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
