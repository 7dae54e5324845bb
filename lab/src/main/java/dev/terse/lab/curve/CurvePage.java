package dev.terse.lab.curve;

import dev.terse.lab.chart.Chart;
import dev.terse.lab.report.Html;
import dev.terse.lab.report.PageParts;
import java.util.List;
import java.util.Map;

/** A curve as one HTML page that needs nothing else. */
final class CurvePage {
  private final CurveReport report;
  private final Html page = new Html();
  private final PageParts parts;

  private CurvePage(CurveReport report, Map<String, byte[]> pictures) {
    this.report = report;
    this.parts = new PageParts(page, pictures);
  }

  /**
   * The page.
   *
   * @param pictures PNGs of the charts by their names; may lack some
   */
  static String of(CurveReport report, Map<String, Chart> charts, Map<String, byte[]> pictures) {
    return new CurvePage(report, pictures).write(charts);
  }

  private String write(Map<String, Chart> charts) {
    parts.begin("Terse curve");
    header();
    page.element("<section>\n<h2>The curves</h2>\n<div class=\"charts\">\n");
    charts.forEach(parts::figure);
    page.element("</div>\n");
    note(
        "No thinking: the model answers after an empty thinking, without marks for what is gone. A"
            + " random order is the mean over its seeds.");
    page.element("</section>\n");
    comparisons();
    leaks();
    page.element("<section>\n<h2>By kappa</h2>\n");
    report
        .tables()
        .forEach(
            (title, table) -> {
              page.markup("<h3>%s</h3>\n", title);
              parts.table(table);
            });
    note(
        "Thinking tokens are those between prompt and answer, marks with them. The answer is"
            + " greedy; one that does not end within its limit is wrong.");
    page.element("</section>\n");
    details();
    page.element("<section>\n<h2>Settings</h2>\n");
    parts.details("What this follows from", report.inputs());
    page.element("</section>\n");
    return parts.end();
  }

  private void header() {
    page.element("<header>\n<p class=\"kicker\">Terse curve</p>\n")
        .markup("<h1>%d chains, pruned, and the answers after them</h1>\n", report.samples())
        .markup("<p>%s. %s</p>\n", report.chains(), report.ends());
    List<Comparison> comparisons = report.comparisons();
    if (!comparisons.isEmpty()) {
      String last = comparisons.get(comparisons.size() - 1).sentence();
      page.markup("<p class=\"finding\">%s</p>\n", last);
    }
    page.element("</header>\n");
  }

  private void comparisons() {
    if (report.comparisons().isEmpty()) {
      return;
    }
    page.element("<section>\n<h2>At equal thinking tokens</h2>\n");
    for (int i = report.comparisons().size() - 1; i >= 0; i--) {
      Comparison one = report.comparisons().get(i);
      page.markup("<details><summary>%s</summary>\n", one.sentence());
      parts.table(one.table());
      page.element("</details>\n");
    }
    page.markup(
            "<p class=\"note\">At each kappa of the one, the other is read between its two"
                + " neighbouring kappas, so that both keep as many thinking tokens in the mean."
                + " Kappas 0 and 1, where all are the same, do not count. The last two columns"
                + " compare at the same kappa, where tokens differ. Intervals: 10,000 resamples of"
                + " the %d problems, chains and seeds of a problem together.</p>\n",
            report.problems())
        .element("</section>\n");
  }

  private void leaks() {
    if (report.leaks().isEmpty()) {
      return;
    }
    page.element("<section>\n<h2>Is the answer only copied?</h2>\n");
    parts.table(report.leakTable());
    page.markup(
            "<p class=\"note\">Masked: each place that states the right answer or the chain's own"
                + " is replaced by %s before the model answers.</p>\n",
            report.config().mask())
        .element("</section>\n");
  }

  private void details() {
    page.element("<section>\n<h2>All points</h2>\n");
    for (Series series : report.summaries().keySet()) {
      page.markup("<details><summary>%s</summary>\n", series.name());
      parts.table(report.details(series));
      page.element("</details>\n");
    }
    page.markup(
            "<p class=\"note\">Intervals of accuracy: Wilson, for as many trials as the %d chains"
                + " are worth if those of a problem are all alike.</p>\n",
            report.samples())
        .element("</section>\n");
  }

  private void note(String text) {
    page.markup("<p class=\"note\">%s</p>\n", text);
  }
}
