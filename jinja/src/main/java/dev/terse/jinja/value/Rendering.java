package dev.terse.jinja.value;

import java.util.List;

/**
 * What a template makes of its variables.
 *
 * @param text the text
 * @param generated what stands between {@code {% generation %}} and its end, in order
 */
public record Rendering(String text, List<Span> generated) {

  /** UTF-16 places in the text: from {@code begin}, up to and without {@code end}. */
  public record Span(int begin, int end) {}
}
