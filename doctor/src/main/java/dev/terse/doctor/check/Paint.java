package dev.terse.doctor.check;

import dev.terse.doctor.Finding;
import java.util.Locale;

/** How marks are shown: in colours on a terminal, in brackets elsewhere. */
public enum Paint {
  /** ⟦ ⟧ around what bears loss, ‹ › around special tokens. */
  BRACKETS,
  /** Green for what bears loss, reversed for special tokens (ANSI, ECMA-48). */
  COLOURS;

  private static final String END = "\u001b[0m";

  /** Ordinary text. */
  String text(String text, boolean loss) {
    return this == COLOURS && loss ? "\u001b[32m" + text + END : text;
  }

  /** The text of a special token. */
  String special(String text, boolean loss) {
    return this == COLOURS ? (loss ? "\u001b[7;32m" : "\u001b[7m") + text + END : "‹" + text + "›";
  }

  /** A stretch of both, all of which bears loss or does not. */
  String stretch(String text, boolean loss) {
    return this == BRACKETS && loss ? "⟦" + text + "⟧" : text;
  }

  /** A verdict as lines. */
  public String of(Finding verdict) {
    StringBuilder lines = new StringBuilder(String.format(Locale.ROOT, "%-8s ", level(verdict)));
    if (this == COLOURS) {
      int colour =
          switch (verdict.level()) {
            case OK -> 32;
            case NOTE -> 33;
            case PROBLEM -> 31;
          };
      lines.insert(0, "\u001b[" + colour + "m").append(END);
    }
    lines.append(verdict.line());
    verdict.details().forEach(detail -> lines.append("\n           ").append(detail));
    return lines.toString();
  }

  private static String level(Finding verdict) {
    return verdict.level().name().toLowerCase(Locale.ROOT);
  }
}
