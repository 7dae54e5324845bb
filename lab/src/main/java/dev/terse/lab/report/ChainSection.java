package dev.terse.lab.report;

import dev.terse.traces.segment.SkipCounts;
import dev.terse.trainer.eval.EvalRecord;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.math3.stat.descriptive.rank.Percentile;

/** Completions of the same problems side by side, their steps shaded by entropy. */
final class ChainSection {
  /** The darkest shade; text on it must stay readable. */
  private static final double MAX_SHADE = 0.55;

  /** Percentile of the steps that is shaded darkest: a few wild steps would leave the rest pale. */
  private static final double FULL_SHADE = 95;

  private final Html page;
  private final List<ArmResult> arms;
  private final List<List<Chain>> chains;
  private final double fullBits;

  private ChainSection(Html page, List<ArmResult> arms, List<List<Chain>> chains) {
    this.page = page;
    this.arms = arms;
    this.chains = chains;
    double[] bits =
        chains.stream()
            .flatMap(List::stream)
            .flatMap(chain -> chain.steps().stream())
            .filter(step -> !isOnlySkips(step) && step.isMeasured())
            .mapToDouble(Chain.Step::bits)
            .toArray();
    this.fullBits = bits.length == 0 ? 0 : new Percentile(FULL_SHADE).evaluate(bits);
  }

  /**
   * Writes the section; nothing where there are no chains.
   *
   * @param chains of the same problems, one list for each model
   */
  static void write(Html page, List<ArmResult> arms, List<List<Chain>> chains) {
    if (!chains.isEmpty() && !chains.get(0).isEmpty()) {
      new ChainSection(page, arms, chains).write();
    }
  }

  private void write() {
    int count = chains.get(0).size();
    page.markup("<section>\n<h2>%d chains side by side</h2>\n", count)
        .markup("<p>The first %d problems, not chosen. ", count);
    if (chains.stream().flatMap(List::stream).anyMatch(Chain::isMeasured)) {
      page.markup(
          "A step's shade is the mean entropy of its tokens by the model that wrote it:"
              + " <span class=\"scale\">0<i></i>%.2f bits and more</span>. ",
          fullBits);
    }
    page.element("<span class=\"skip\">SKIP</span> stands where a step was left out.</p>\n");
    for (int p = 0; p < count; p++) {
      page.markup("<article>\n<h3>%s</h3>\n", chains.get(0).get(p).question())
          .element("<div class=\"sides\">\n");
      for (int a = 0; a < arms.size(); a++) {
        side(arms.get(a), chains.get(a).get(p));
      }
      page.element("</div>\n</article>\n");
    }
    page.element("</section>\n");
  }

  private void side(ArmResult arm, Chain chain) {
    EvalRecord record = byId(arm).get(chain.id());
    page.element("<div class=\"side\">\n")
        .markup("<h4>%s <span class=\"%s\">", arm.name(), record.correct() ? "right" : "wrong")
        .markup("%s</span>", verdict(record))
        .markup(
            "<small>%d thinking tokens%s</small></h4>\n",
            record.thinkTokens(), record.skips() == 0 ? "" : ", " + record.skips() + " skipped");
    for (Chain.Step step : chain.steps()) {
      page.markup("<div class=\"step\" style=\"--shade:%.3f\"", shade(step));
      if (step.isMeasured()) {
        page.markup(" title=\"%.2f bits a token\"", step.bits());
      }
      page.element(">");
      marked(step.text().strip());
      page.element("</div>\n");
    }
    page.markup("<div class=\"answer\">%s</div>\n</div>\n", chain.answer().strip());
  }

  /** A step that was left out says nothing: its mark is not surprising, whatever its entropy. */
  private double shade(Chain.Step step) {
    return fullBits == 0 || isOnlySkips(step) || !step.isMeasured()
        ? 0
        : MAX_SHADE * Math.min(1, step.bits() / fullBits);
  }

  private static boolean isOnlySkips(Chain.Step step) {
    return step.text().replace(SkipCounts.SKIP, "").isBlank();
  }

  private static String verdict(EvalRecord record) {
    return switch (record.status()) {
      case OK -> record.correct() ? "right" : "wrong";
      case TRUNCATED -> "cut off";
      case NO_ANSWER -> "no answer";
    };
  }

  /** The text with its skip marks as pills. */
  private void marked(String text) {
    int at = 0;
    for (int next = text.indexOf(SkipCounts.SKIP); next >= 0; ) {
      page.text(text.substring(at, next)).element("<span class=\"skip\">SKIP</span>");
      at = next + SkipCounts.SKIP.length();
      next = text.indexOf(SkipCounts.SKIP, at);
    }
    page.text(text.substring(at));
  }

  private static Map<String, EvalRecord> byId(ArmResult arm) {
    Map<String, EvalRecord> byId = new HashMap<>();
    arm.records().forEach(record -> byId.put(record.id(), record));
    return byId;
  }
}
