package dev.terse.lab.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportPageTest {
  private static final String HOSTILE =
      "</div></style><script>alert(1)</script><img src=x onerror='a'> \"&amp; \u0000\u001b \ud83d";

  @TempDir Path folder;

  @Test
  void page_ofASmallResult_hasAllItsParts() throws IOException {
    Report report = SmallReport.of(folder, "");
    String page = Files.readString(ReportFiles.write(report, folder));
    assertThat(page)
        .startsWith("<!doctype html>")
        .contains(
            "<title>Terse quickstart</title>", "prefers-color-scheme: dark", "width=device-width")
        .contains(
            "<th scope=\"row\">SFT+GRPO</th><td data-name=\"accuracy [95 %]\">89.0 % [83.9, 92.6]</td>"
                + "<td data-name=\"thinking tokens\">51.0</td>")
        .contains("<th scope=\"row\">GRPO alone, from SFT</th>", "GRPO&#39;s own part, from SFT to")
        .contains("low-entropy pruning is better than random pruning here")
        .contains("low-entropy pruning is no better than high-entropy pruning here")
        .contains("1 chains side by side", "50 thinking tokens, 4 skipped")
        .contains("(done before)", "90 s in all.", "<dt>kappa</dt><dd>0.5 </dd>");
    assertThat(page.split("<svg viewBox=\"0 0 480 ", -1)).hasSize(1 + report.charts().size());
    assertThat(page.split("<span class=\"skip\">", -1)).hasSize(1 + 1 + 3 * 3); // legend, marks
    assertThat(page)
        .contains("<div class=\"step\" style=\"--shade:0.000\" title=\"2.50 bits a token\"><span")
        .contains("0<i></i>1.50 bits and more") // a step of only marks is not in the scale either
        .contains("<li><svg viewBox=\"0 0 14 14\" aria-hidden=\"true\">");
    assertThat(report.charts().keySet())
        .allSatisfy(name -> assertThat(folder.resolve("charts/" + name + ".png")).exists())
        .allSatisfy(name -> assertThat(page).contains("download=\"" + name + ".png\""));
    assertThat(folder.resolve("table.txt")).hasContent(ReportFiles.text(report));
  }

  @Test
  void page_needsNothingFromOutside() throws IOException {
    String page = ReportPage.of(SmallReport.of(folder, ""), Map.of());
    assertThat(page).doesNotContainIgnoringCase("<script", "<link", "@import", "http:", "https:");
    assertThat(Pattern.compile("(src|href|url\\()\\s*=?\\s*[\"']?(?!data:)").matcher(page).find())
        .isFalse();
  }

  @Test
  void page_hostileTexts_areTextAndNoMarkup() throws IOException {
    String calm = ReportPage.of(SmallReport.of(folder, ""), Map.of());
    String page = ReportPage.of(SmallReport.of(folder, HOSTILE), Map.of());
    assertThat(tags(page)).isEqualTo(tags(calm));
    assertThat(page)
        .contains("&lt;script&gt;alert(1)&lt;/script&gt;&lt;img src=x onerror=&#39;a&#39;&gt;")
        .contains("&quot;&amp;amp; \ufffd\ufffd \ufffd")
        .doesNotContain("\u0000", "\u001b");
  }

  private static List<String> tags(String page) {
    return Pattern.compile("<[^>]*>").matcher(page).results().map(r -> r.group()).toList();
  }

  @Test
  void text_ofASmallResult_isTheTableAndItsSentences() throws IOException {
    assertThat(ReportFiles.text(SmallReport.of(folder, "")))
        .startsWith(
            """
            model                     accuracy [95 %]  thinking tokens  all tokens  skips  thinking change [95 %]       accuracy change [95 %]  lost/gained  McNemar p
            base                  90.0 % [85.1, 93.4]            101.0       106.0   0.00
            SFT                   75.0 % [68.6, 80.5]             61.0        66.0   3.00  -39.6 % [-39.6, -39.6]  -15.0 points [-20.0, -10.5]         30/0   < 0.0001
            SFT+GRPO              89.0 % [83.9, 92.6]             51.0        56.0   4.00  -49.5 % [-49.6, -49.5]     -1.0 points [-2.5, +0.0]          2/0       0.50
            GRPO alone, from SFT                                                           -16.4 % [-16.4, -16.4]   +14.0 points [+9.0, +19.5]         2/30   < 0.0001

            SFT thinks with 39.6 % fewer tokens than the base (95 % interval 39.6 to 39.6 %); its accuracy is significantly lower:\
             75.0 % against 90.0 %, -15.0 points [-20.0, -10.5], McNemar p < 0.0001, 200 problems.
            """)
        .contains(
            "\nGRPO's own part, from SFT to SFT+GRPO: -16.4 % thinking tokens [-16.4, -16.4],"
                + " significantly fewer; accuracy +14.0 points [")
        .contains("], significantly higher (2 lost, 30 gained, McNemar p < 0.0001).\n")
        .endsWith(
            "high-entropy pruning here: 75.0 % right against 75.5 % (-0.5 points [-1.5, +0.0],"
                + " McNemar p = 1.00), with +51.2 % thinking tokens [+51.1, +51.4].\n");
  }

  @Test
  void chains_writtenAndRead_areTheSame() throws IOException {
    List<Chain> chains =
        List.of(new Chain("a", "q \u2028", List.of(new Chain.Step("s\n\n", 0.25)), "7"));
    Path file = folder.resolve("chains.jsonl");
    Chain.write(file, chains);
    assertThat(Chain.read(file)).isEqualTo(chains);
  }
}
