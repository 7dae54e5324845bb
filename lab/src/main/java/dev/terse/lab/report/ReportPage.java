package dev.terse.lab.report;

import dev.terse.lab.statistics.PairedComparison;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The report as one HTML page that needs nothing else: no network, no scripts; light and dark as
 * the reader's system is.
 */
final class ReportPage {
  private final Report report;
  private final Html page = new Html();
  private final PageParts parts;

  private ReportPage(Report report, Map<String, byte[]> pictures) {
    this.report = report;
    this.parts = new PageParts(page, pictures);
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
    parts.begin("Terse quickstart");
    header();
    results();
    training();
    controls();
    ChainSection.write(page, report.judged(), report.chains());
    times();
    settings();
    return parts.end();
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
    parts.table(report.table());
    page.element(
            "<p class=\"note\">Greedy completions of problems that no training has seen; one that"
                + " does not end within the limit is wrong. Intervals: Wilson for accuracy,"
                + " bootstrap over problems for changes. Changes are against the base, those of GRPO"
                + " alone against the model that it began from. McNemar: exact test on the problems"
                + " that only one of the two models gets right.</p>\n")
        .element("</section>\n");
  }

  private void training() {
    page.element("<section>\n<h2>Training, and what it bought</h2>\n<div class=\"charts\">\n");
    report.charts().forEach(parts::figure);
    page.element("</div>\n")
        .element(
            "<p class=\"note\">Faint: every update. Bold: running mean. The same numbers are in the"
                + " event files: <code>tensorboard --logdir</code> on the run's folder.</p>\n")
        .element("</section>\n");
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
    parts.table(report.controlTable());
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
    report.settings().forEach(parts::details);
    page.element("</section>\n");
  }

  private static String number(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }
}
