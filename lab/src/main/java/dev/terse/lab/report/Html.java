package dev.terse.lab.report;

import dev.terse.lab.chart.Markup;
import java.util.Locale;

/**
 * HTML under way. Values get in escaped, so that nothing a model has written is ever markup; what
 * is markup comes in by the methods that say so.
 */
public final class Html {
  private final StringBuilder html = new StringBuilder();

  /** Adds markup; texts for its {@code %s} are escaped, numbers are formatted. */
  public Html markup(String format, Object... values) {
    Object[] safe = new Object[values.length];
    for (int i = 0; i < values.length; i++) {
      safe[i] = values[i] instanceof Number ? values[i] : Markup.escape((String) values[i]);
    }
    html.append(String.format(Locale.ROOT, format, safe));
    return this;
  }

  /** Adds an element that another writer has made, as it stands. */
  public Html element(String markup) {
    html.append(markup);
    return this;
  }

  /** Adds a text. */
  public Html text(String text) {
    html.append(Markup.escape(text));
    return this;
  }

  @Override
  public String toString() {
    return html.toString();
  }
}
