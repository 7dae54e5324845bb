package dev.terse.jinja;

/** A chat template that cannot be read or carried out; the message names the line. */
public final class TemplateException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  TemplateException(int line, String message) {
    super("chat template, line " + line + ": " + message);
  }
}
