package dev.terse.lab.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.terse.lab.chart.Markup;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The report as a browser lays it out: a phone, a tablet and a desk, by day and by night. */
@Tag("browser")
class ReportBrowserTest {
  private static final List<Integer> WIDTHS = List.of(390, 768, 1280);

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"light", "dark"})
  void page_atThreeWidths_isReadable(String scheme) throws IOException, InterruptedException {
    String page = ReportPage.of(SmallReport.of(folder, ""), Map.of());
    assertThat(measured(page, scheme)).isEmpty();
  }

  /** Records have no times and no entropies, so there is nothing to measure of these. */
  @ParameterizedTest
  @ValueSource(strings = {"light", "dark"})
  void comparison_atThreeWidths_isReadable(String scheme) throws IOException, InterruptedException {
    String page = ComparisonPage.of(SmallComparison.of(folder, ""), Map.of());
    assertThat(measured(page, scheme))
        .containsExactlyInAnyOrderElementsOf(
            WIDTHS.stream()
                .flatMap(width -> Stream.of(width + ": no times", width + ": no step is shaded"))
                .toList());
  }

  /** The measure sees what was wrong once: else a page that is well says nothing. */
  @Test
  void measure_ofPagesThatAreWrong_saysWhat() throws IOException, InterruptedException {
    String page = ReportPage.of(SmallReport.of(folder, ""), Map.of());
    String wrong =
        page.replace(
                "</style>",
                ".time b { position: relative; top: 40px; } td { display: none !important; }"
                    + " .note { color: #777; width: 1300px; max-width: none; }</style>")
            .replace("--shade:0.000", "--shade:0.300");
    assertThat(String.join("\n", measured(wrong, "light")))
        .contains("390: the page scrolls sideways")
        .contains("1280: beyond the edge: <p class='note'>")
        .contains("768: the time is not beside its phase: <div class='time'>")
        .contains("390: column not seen: thinking change [95 %]")
        .contains("1280: contrast 4.48: <p class='note'>")
        .contains("390: a step of only marks is shaded");
  }

  private List<String> measured(String page, String scheme)
      throws IOException, InterruptedException {
    Optional<Chromium> browser = Chromium.find();
    assumeTrue(
        browser.isPresent(), "no Chromium on the PATH; install one or name it by CHROMIUM=FILE");
    Path wrapper = folder.resolve("frames.html");
    Files.writeString(wrapper, frames(page, scheme));
    int widest = WIDTHS.stream().mapToInt(Integer::intValue).max().orElseThrow();
    String dom = browser.get().dom(wrapper, folder.resolve("profile"), scheme, widest);
    Matcher result = Pattern.compile("<pre id=\"found\">([^<]*)</pre>").matcher(dom);
    assertThat(result.find()).as("measured: %s", dom).isTrue();
    return result
        .group(1)
        .lines()
        .map(line -> line.replace("&lt;", "<").replace("&gt;", ">"))
        .toList();
  }

  /** A page with the report in a frame of each width, which measures them when they are there. */
  private static String frames(String page, String scheme) throws IOException {
    StringBuilder frames =
        new StringBuilder("<!doctype html><html style=\"color-scheme: light dark\"><body>");
    for (int width : WIDTHS) {
      frames.append(
          "<iframe style=\"border: 0\" width=\"%d\" height=\"4000\" srcdoc=\"%s\"></iframe>"
              .formatted(width, Markup.escape(page)));
    }
    return frames
        .append("<script>\n%s</script><script>addEventListener('load', () => {".formatted(script()))
        .append("const found = [];")
        .append("for (const frame of document.querySelectorAll('iframe')) {")
        .append(
            "for (const line of findings(frame, Number(frame.width), '%s')) {".formatted(scheme))
        .append("found.push(frame.width + ': ' + line.replace(/\\s+/g, ' ')); } }")
        .append("document.body.innerHTML = '<pre id=found></pre>';")
        .append("document.getElementById('found').textContent = found.join('\\n'); });")
        .append("</script></body></html>")
        .toString();
  }

  private static String script() throws IOException {
    try (InputStream in = ReportBrowserTest.class.getResourceAsStream("measure.js")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
