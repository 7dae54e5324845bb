package dev.terse.lab.report;

import dev.terse.lab.chart.Chart;
import java.util.Map;

/** Judged models side by side as one HTML page that needs nothing else. */
final class ComparisonPage {
  private final ComparisonReport report;
  private final Html page = new Html();
  private final PageParts parts;

  private ComparisonPage(ComparisonReport report, Map<String, byte[]> pictures) {
    this.report = report;
    this.parts = new PageParts(page, pictures);
  }

  /**
   * The page.
   *
   * @param pictures PNGs of the charts by their names; may lack some
   */
  static String of(ComparisonReport report, Map<String, byte[]> pictures) {
    return new ComparisonPage(report, pictures).write();
  }

  private String write() {
    parts.begin("Terse report");
    header();
    results();
    changes();
    budgets();
    lengths();
    graders();
    runs();
    ChainSection.write(page, report.arms(), report.chains());
    sources();
    return parts.end();
  }

  private void header() {
    int models = report.arms().size();
    int problems = report.arms().get(0).records().size();
    page.element("<header>\n<p class=\"kicker\">Terse report</p>\n")
        .markup(
            "<h1>%d %s on the same %d problems</h1>\n",
            models, models == 1 ? "model" : "models", problems);
    if (models > 1) {
      page.markup("<p>The base is %s.</p>\n", report.arms().get(0).name());
    }
    report.findings().forEach(finding -> page.markup("<p class=\"finding\">%s</p>\n", finding));
    page.element("</header>\n");
  }

  private void results() {
    page.element("<section>\n<h2>What each model does</h2>\n");
    parts.table(report.results());
    note(
        "Means over all problems; a completion that does not end within its limit is wrong, and"
            + " counted under cut off. Intervals of accuracy: Wilson.");
    charts(report.spots());
    page.element("</section>\n");
  }

  private void changes() {
    if (report.allTokens().isEmpty()) {
      return;
    }
    page.element("<section>\n<h2>Against the base, problem by problem</h2>\n");
    parts.table(report.changes());
    page.markup(
            "<p class=\"note\">Intervals: 10,000 bootstrap resamples of problems, seed %d. Lost:"
                + " right by the base only; gained: by the other only. McNemar: exact test on"
                + " these.</p>\n",
            report.seed())
        .element("</section>\n");
  }

  private void budgets() {
    page.element("<section>\n<h2>With a budget of tokens</h2>\n");
    parts.table(report.budgets().table(report.arms()));
    note(
        "From one sampling: a right answer counts at a budget if its completion ended by so many"
            + " tokens. ≥ stands where completions were cut off below the budget: what they would"
            + " have said is not known, and the curve ends there.");
    charts(report.budgetCharts());
    page.element("</section>\n");
  }

  private void lengths() {
    page.element("<section>\n<h2>Lengths of right and wrong completions</h2>\n");
    parts.table(report.lengths());
    note("Number of completions and their mean tokens. Wrong ones ended by themselves.");
    page.element("</section>\n");
  }

  private void graders() {
    page.element("<section>\n<h2>Two graders</h2>\n");
    parts.table(report.graders());
    note(
        "The recorded verdict compares by value. The exact string compares the answer that was"
            + " found letter by letter, without white space, commas, dollar signs, case and a last"
            + " point.");
    page.element("</section>\n");
  }

  private void runs() {
    if (report.runs().isEmpty()) {
      return;
    }
    page.element("<section>\n<h2>Training</h2>\n");
    charts(RunCurves.charts(report.runs()));
    note("Faint: every update. Bold: running mean; of what is held out, the values.");
    page.element("</section>\n");
  }

  private void charts(Map<String, Chart> charts) {
    page.element("<div class=\"charts\">\n");
    charts.forEach(parts::figure);
    page.element("</div>\n");
  }

  private void sources() {
    page.element("<section>\n<h2>Files</h2>\n");
    parts.details("Records", report.files());
    page.element("</section>\n");
  }

  private void note(String text) {
    page.markup("<p class=\"note\">%s</p>\n", text);
  }
}
