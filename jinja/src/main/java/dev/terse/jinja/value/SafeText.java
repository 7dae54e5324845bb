package dev.terse.jinja.value;

/** Text that Jinja's {@code safe} and {@code escape} mark as HTML; what it is joined to is not. */
public record SafeText(String text) {

  /** The text with HTML's five marks as entities; what is marked already stays. */
  public static SafeText escape(Object value, Work work) {
    if (value instanceof SafeText markup) {
      return markup;
    }
    String text = Values.text(value, work);
    StringBuilder out = new StringBuilder();
    for (char c : text.toCharArray()) {
      switch (c) {
        case '&' -> out.append("&amp;");
        case '<' -> out.append("&lt;");
        case '>' -> out.append("&gt;");
        case '\'' -> out.append("&#39;");
        case '"' -> out.append("&#34;");
        default -> out.append(c);
      }
    }
    return new SafeText(work.on(out.toString()));
  }
}
