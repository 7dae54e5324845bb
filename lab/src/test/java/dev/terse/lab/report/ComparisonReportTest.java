package dev.terse.lab.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terse.engine.SeedTree;
import dev.terse.lab.chart.Ink;
import dev.terse.lab.chart.Mark;
import dev.terse.lab.statistics.PairedComparison;
import dev.terse.traces.segment.ThinkingEnd;
import dev.terse.trainer.eval.EvalRecord;
import dev.terse.trainer.eval.EvalRecord.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ComparisonReportTest {
  private static final String HOSTILE =
      "</div></style><script>alert(1)</script><img src=x onerror='a'> \"&amp;";

  @TempDir Path folder;

  /** Another order of the rows changes nothing, since problems are paired by their ids. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void page_hasTheNumbersOfThePairedComparison(long seed) throws IOException {
    List<EvalRecord> before = SmallComparison.records(seed, 40, 250, "");
    List<EvalRecord> after = SmallComparison.records(SeedTree.at(seed, "after"), 40, 120, "");
    List<EvalRecord> shuffled = after.stream().sorted((a, b) -> b.id().compareTo(a.id())).toList();
    ReportConfig config =
        SmallComparison.config(
            List.of(write("before", before), write("after", shuffled)), List.of(), List.of());
    ComparisonReport report = ComparisonReport.read(config);
    PairedComparison all = PairedComparison.of(before, after, 42);
    PairedComparison thinking = PairedComparison.of(before, after, EvalRecord::thinkTokens, 42);
    assertThat(report.allTokens()).as("seed %d", seed).containsExactly(all);
    assertThat(report.changes().rows())
        .as("seed %d", seed)
        .containsExactly(
            List.of(
                "after",
                change("%+.1f %% [%+.1f, %+.1f]", all.tokenChange()),
                change("%+.1f %% [%+.1f, %+.1f]", thinking.tokenChange()),
                change("%+.1f points [%+.1f, %+.1f]", all.accuracyChange()),
                all.lost() + "/" + all.gained(),
                Findings.p(all.pValue())));
    String page = ComparisonPage.of(report, Map.of());
    for (int cell = 1; cell < 6; cell++) {
      assertThat(page)
          .contains(
              "<td data-name=\"%s\">%s</td>"
                  .formatted(
                      report.changes().header().get(cell),
                      report.changes().rows().get(0).get(cell).replace("<", "&lt;")));
    }
    assertThat(page)
        .contains(
            String.format(Locale.ROOT, "<td data-name=\"all tokens\">%.1f</td>", all.tokensAfter()))
        .contains("The base is before.", report.findings().get(0));
  }

  private static String change(String format, PairedComparison.Spread spread) {
    return String.format(
        Locale.ROOT, format, 100 * spread.value(), 100 * spread.low(), 100 * spread.high());
  }

  @Test
  void budgets_countWhatEndedByThen_andSayWhatIsNotKnown() {
    ArmResult arm =
        arm(
            record("a", Status.OK, true, 10, "1"),
            record("b", Status.OK, true, 20, "1"),
            record("c", Status.OK, false, 5, "1"),
            record("d", Status.TRUNCATED, false, 30, ""));
    ArmResult longer = arm(record("a", Status.OK, true, 60, "1"));
    Budgets budgets = new Budgets(List.of(9, 10, 20, 30, 31));
    assertThat(budgets.table(List.of(arm)).rows().get(0))
        .satisfies(
            row -> {
              assertThat(row.get(1)).startsWith("0.0 % [0.0, ");
              assertThat(row.get(2)).startsWith("25.0 % [");
              assertThat(row.get(3)).startsWith("50.0 % [");
              assertThat(row.get(4)).startsWith("50.0 % [");
              assertThat(row.get(5)).isEqualTo("≥ 50.0 %");
            });
    assertThat(Budgets.of(List.of(), List.of(arm, longer)).limits())
        .containsExactly(10, 20, 30, 40, 50, 60);
    assertThat(Budgets.charts(List.of(arm, longer)).get(0).curves().get(0).y())
        .startsWith(0)
        .contains(50)
        .endsWith(Double.NaN); // cut off at 30 of 60
    assertThat(Budgets.charts(Collections.nCopies(12, arm)))
        .extracting(chart -> chart.curves().size())
        .containsExactly(6, 6, 2); // the base in each
  }

  @Test
  void budget_ofTheWholeSampling_isItsAccuracy() {
    for (long seed = 0; seed < 20; seed++) {
      ArmResult arm = arm(SmallComparison.records(seed, 30, 250, "").toArray(EvalRecord[]::new));
      long right = arm.records().stream().filter(EvalRecord::correct).count();
      assertThat(Budgets.right(arm, SmallComparison.LIMIT)).as("seed %d", seed).isEqualTo(right);
      for (int budget = 1; budget < SmallComparison.LIMIT; budget++) {
        assertThat(Budgets.right(arm, budget))
            .as("seed %d, budget %d", seed, budget)
            .isLessThanOrEqualTo(Budgets.right(arm, budget + 1));
      }
    }
  }

  @Test
  void string_isTheSameAfterNormalisationOnly() {
    assertThat(exact("1,234", "1234")).isTrue();
    assertThat(exact("$12", "12")).isTrue();
    assertThat(exact(" \\frac{1}{ 2 }.", "\\frac{1}{2}")).isTrue();
    assertThat(exact("12", "They need 5 + 7.\n#### 12")).isTrue();
    assertThat(exact("12.0", "12")).isFalse();
    assertThat(exact("0.5", "\\frac{1}{2}")).isFalse();
    assertThat(exact("", "")).isFalse();
    assertThat(Graders.isExact(record("a", Status.TRUNCATED, false, 9, "1"))).isFalse();
  }

  @Test
  void graders_areCountedApart() throws IOException {
    ArmResult arm =
        arm(
            record("a", Status.OK, true, 5, "1"),
            record("b", Status.OK, true, 5, "1.0"),
            record("c", Status.OK, false, 5, "1"),
            record("d", Status.OK, false, 5, "2"));
    assertThat(Graders.table(List.of(arm), 42).rows().get(0).subList(3, 5))
        .containsExactly("1", "1");
  }

  @Test
  void lengths_areThoseOfEachKind() throws IOException {
    Path file =
        write(
            "m",
            List.of(
                record("a", Status.OK, true, 10, "1"),
                record("b", Status.OK, true, 20, "1"),
                record("c", Status.TRUNCATED, false, 90, "")));
    ComparisonReport report =
        ComparisonReport.read(SmallComparison.config(List.of(file), List.of(), List.of()));
    assertThat(report.lengths().rows().get(0))
        .containsExactly("m", "2", "15.0", "15.0", "0", "", "", "1", "90.0", "90.0");
    assertThat(report.text()).contains("thinking tokens, cut off").doesNotContain("McNemar p\n");
  }

  @Test
  void files_ofOtherProblems_areRefusedByName() throws IOException {
    Path before =
        write(
            "before",
            List.of(record("a", Status.OK, true, 5, "1"), record("b", Status.OK, true, 5, "1")));
    Path after =
        write(
            "after",
            List.of(record("b", Status.OK, true, 5, "1"), record("x", Status.OK, true, 5, "1")));
    Path twice =
        write(
            "twice",
            List.of(record("a", Status.OK, true, 5, "1"), record("a", Status.OK, true, 5, "1")));
    Path empty = Files.createFile(folder.resolve("empty.jsonl"));
    assertThatThrownBy(() -> read(before, after, twice, empty, before))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(
            after
                + " and "
                + before
                + " are of different problems: "
                + after
                + " lacks 1 ('a') of the 2 of "
                + before
                + " and has 1 ('x') besides; let eval")
        .hasMessageContaining(twice + ": problem 'a' stands twice; ids must differ")
        .hasMessageContaining(empty + ": expected records of the eval command, found none")
        .hasMessageContaining(before + " is named twice");
    Path others =
        write(
            "others",
            List.of(
                record("a", Status.OK, true, 5, "1"),
                new EvalRecord("b", Status.OK, true, "1", "99", 5, 2, 1, 0, "")));
    assertThatThrownBy(() -> read(before, others))
        .hasMessageContaining("have different right answers under the same ids: 1 ('b')");
  }

  @Test
  void runs_withoutALog_areRefusedByName() throws IOException {
    Path file = write("m", List.of(record("a", Status.OK, true, 5, "1")));
    Path none = Files.createDirectory(folder.resolve("none"));
    Path other = Files.createDirectory(folder.resolve("other"));
    Files.writeString(other.resolve("metrics.jsonl"), "{\"step\": 1, \"mine\": 2}\n");
    assertThatThrownBy(
            () ->
                ComparisonReport.read(
                    SmallComparison.config(List.of(file), List.of(none, other), List.of())))
        .hasMessageContaining(none + " holds no metrics.jsonl; runs takes the output_dir of")
        .hasMessageContaining("metrics.jsonl has none of the metrics that are drawn: train/loss,");
  }

  @Test
  void baseline_isFirst_whereverItStands() throws IOException {
    Path a = write("a", List.of(record("p", Status.OK, true, 5, "1")));
    Path b = write("b", List.of(record("p", Status.OK, true, 5, "1")));
    for (List<String> records :
        List.of(List.of(a.toString(), b.toString()), List.of(a.toString()))) {
      ReportConfig config =
          new ReportConfig(
              records, b.toString(), List.of(), "o", false, List.of(), 1, ThinkingEnd.AUTO, 1);
      assertThat(ComparisonReport.read(config).arms())
          .extracting(ArmResult::name)
          .containsExactly("b", "a");
    }
  }

  @Test
  void keys_thatAreWrong_areNamed() {
    assertThatThrownBy(() -> SmallComparison.config(List.of(), List.of(), List.of()))
        .hasMessageContaining("records names no file: expected files that eval has written");
    assertThatThrownBy(() -> SmallComparison.config(List.of(folder), List.of(), List.of(5, 5)))
        .hasMessageContaining("each larger than the one before, was [5, 5]");
    assertThatThrownBy(
            () -> SmallComparison.config(List.of(folder), List.of(), List.of(1, 2, 3, 4, 5, 6, 7)))
        .hasMessageContaining("budgets must be at most 6, as many columns as a page has, were 7");
  }

  @Test
  void page_hostileTexts_areTextAndNoMarkup_andNothingComesFromOutside() throws IOException {
    String calm = ComparisonPage.of(SmallComparison.of(folder, ""), Map.of());
    String page = ComparisonPage.of(SmallComparison.of(folder, HOSTILE), Map.of());
    assertThat(tags(page)).isEqualTo(tags(calm));
    assertThat(page)
        .contains("<title>Terse report</title>", "&lt;script&gt;alert(1)", "3 chains side by side")
        .contains("<h4>a-recipe-with-a-rather-long-name <span", "<span class=\"skip\">SKIP</span>")
        .contains("train/loss: run", "eval/accuracy: run")
        .doesNotContain("bits", "NaN")
        .doesNotContainIgnoringCase("<script", "<link", "@import", "http:", "https:");
  }

  private static List<String> tags(String page) {
    return Pattern.compile("<[^>]*>").matcher(page).results().map(r -> r.group()).toList();
  }

  private ComparisonReport read(Path... files) throws IOException {
    return ComparisonReport.read(SmallComparison.config(List.of(files), List.of(), List.of()));
  }

  private Path write(String name, List<EvalRecord> records) throws IOException {
    return SmallComparison.write(folder.resolve(name + ".jsonl"), records);
  }

  private static boolean exact(String answer, String gold) {
    return Graders.isExact(new EvalRecord("a", Status.OK, true, answer, gold, 1, 1, 1, 0, ""));
  }

  private static ArmResult arm(EvalRecord... records) {
    return new ArmResult("m", Ink.BASE, Mark.DISC, List.of(records));
  }

  private static EvalRecord record(
      String id, Status status, boolean correct, int thinking, String answer) {
    return new EvalRecord(id, status, correct, answer, "1", thinking, 0, 1, 0, "");
  }
}
