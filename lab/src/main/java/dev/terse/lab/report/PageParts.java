package dev.terse.lab.report;

import dev.terse.lab.chart.Chart;
import dev.terse.lab.chart.SvgCanvas;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/** What every page of a report is made of. It needs no network and no scripts. */
public final class PageParts {
  private final Html page;
  private final Map<String, byte[]> pictures;

  /**
   * @param page that is written
   * @param pictures PNGs of charts by their names; may lack some
   */
  public PageParts(Html page, Map<String, byte[]> pictures) {
    this.page = page;
    this.pictures = pictures;
  }

  /** All that stands before the first section. */
  public void begin(String title) {
    page.element("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
        .element("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
        .markup("<title>%s</title>\n<style>\n", title)
        .element(style())
        .element("</style>\n</head>\n<body>\n<main>\n");
  }

  /** Closes the page and gives it. */
  public String end() {
    return page.element("</main>\n</body>\n</html>\n").toString();
  }

  /** A table; on narrow pages a card a row, whose cells have their names beside them. */
  public void table(ResultTable table) {
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

  /** A chart with its legend, and its picture for taking away where there is one. */
  public void figure(String name, Chart chart) {
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

  /** Values by their names, folded away. */
  public void details(String title, Map<String, String> values) {
    page.markup("<details><summary>%s</summary>\n<dl>\n", title);
    values.forEach((key, value) -> page.markup("<dt>%s</dt><dd>%s</dd>\n", key, value));
    page.element("</dl></details>\n");
  }

  private static String style() {
    try (InputStream in = PageParts.class.getResourceAsStream("report.css")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
