package dev.terse.lab.report;

import dev.terse.lab.statistics.PairedComparison;
import dev.terse.lab.statistics.PairedComparison.Spread;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The models side by side, as texts: the terminal and the page show the same cells.
 *
 * @param header names of the columns
 * @param rows one a model, with as many cells
 */
public record ResultTable(List<String> header, List<List<String>> rows) {
  private static final List<String> HEADER =
      List.of(
          "model",
          "accuracy [95 %]",
          "thinking tokens",
          "all tokens",
          "skips",
          "thinking change [95 %]",
          "accuracy change [95 %]",
          "lost/gained",
          "McNemar p");

  /** The table of the summaries, in their order. */
  public static ResultTable of(List<ArmSummary> summaries) {
    return new ResultTable(HEADER, summaries.stream().map(ResultTable::row).toList());
  }

  /** The same with one more row of nothing but changes: {@code summary} against another model. */
  ResultTable with(String name, ArmSummary summary) {
    List<String> cells = new ArrayList<>(List.of(name, "", "", "", ""));
    cells.addAll(changes(summary.against()));
    List<List<String>> more = new ArrayList<>(rows);
    more.add(cells);
    return new ResultTable(header, more);
  }

  private static List<String> row(ArmSummary summary) {
    List<String> cells = new ArrayList<>();
    cells.add(summary.arm().name());
    cells.add(share(summary.accuracy()));
    cells.add(text("%.1f", summary.thinking().value()));
    cells.add(text("%.1f", summary.tokens().value()));
    cells.add(text("%.2f", summary.skips()));
    cells.addAll(summary.against() == null ? List.of("", "", "", "") : changes(summary.against()));
    return cells;
  }

  private static List<String> changes(PairedComparison against) {
    return List.of(
        change(against.tokenChange()),
        points(against.accuracyChange()),
        against.lost() + "/" + against.gained(),
        Findings.p(against.pValue()));
  }

  /** A share in percent with its interval. */
  public static String share(Spread share) {
    return interval("%.1f %% [%.1f, %.1f]", share);
  }

  /** A relative change in percent with its interval. */
  static String change(Spread change) {
    return interval("%+.1f %% [%+.1f, %+.1f]", change);
  }

  /** A difference of shares in points with its interval. */
  public static String points(Spread change) {
    return interval("%+.1f points [%+.1f, %+.1f]", change);
  }

  private static String interval(String format, Spread change) {
    return text(format, 100 * change.value(), 100 * change.low(), 100 * change.high());
  }

  /** The table for a terminal: the first column to the left, numbers to the right. */
  public String text() {
    int[] widths = new int[header.size()];
    List<List<String>> all = new ArrayList<>(List.of(header));
    all.addAll(rows);
    for (List<String> row : all) {
      for (int c = 0; c < widths.length; c++) {
        widths[c] = Math.max(widths[c], row.get(c).length());
      }
    }
    StringBuilder text = new StringBuilder();
    for (List<String> row : all) {
      StringBuilder line = new StringBuilder();
      for (int c = 0; c < widths.length; c++) {
        String blanks = " ".repeat(widths[c] - row.get(c).length());
        line.append(c == 0 ? row.get(c) + blanks : "  " + blanks + row.get(c));
      }
      text.append(line.toString().stripTrailing()).append('\n');
    }
    return text.toString();
  }

  /** A text with its numbers as they are written everywhere. */
  public static String text(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
