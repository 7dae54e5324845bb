package dev.terse.answers.read;

import dev.terse.answers.tokens.Token;
import dev.terse.answers.value.Answer.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Times of the day: 3:30, 03:30 p.m., 15:30:00, 3 pm, 3 o'clock. */
final class ClockTimes {
  private ClockTimes() {}

  /**
   * The time that fills all tokens; null if it is none. A time with two digits after the colon may
   * also be a ratio, which the comparison considers.
   */
  static Clock read(List<Token> tokens) {
    var parts = new ArrayList<Integer>();
    int i = 0;
    while (i < tokens.size() && tokens.get(i).isDigits()) {
      int width = tokens.get(i).text().length();
      if (width > 2 || parts.size() == 3 || width != 2 && !parts.isEmpty()) {
        return null;
      }
      parts.add(Integer.parseInt(tokens.get(i++).text()));
      if (i == tokens.size() || !tokens.get(i).is(":")) {
        break;
      }
      i++;
    }
    var half = half(tokens.subList(i, tokens.size()));
    boolean alone = parts.size() == 1;
    boolean marked = half != Clock.Half.NONE && (!alone || tokens.get(i).spaceBefore());
    if (half == null || parts.isEmpty() || tokens.get(i - 1).is(":") || alone && !marked) {
      return null;
    }
    int hour = parts.get(0);
    boolean twelve = half == Clock.Half.AM || half == Clock.Half.PM;
    boolean range = twelve ? hour >= 1 && hour <= 12 : hour <= 24;
    return range && parts.stream().skip(1).allMatch(p -> p < 60)
        ? new Clock(List.copyOf(parts), half)
        : null;
  }

  /** What follows the digits; null if it is no mark of a time. */
  private static Clock.Half half(List<Token> tokens) {
    if (tokens.stream().anyMatch(t -> !t.isWord() && !t.is("'"))) {
      return null;
    }
    return switch (Labels.text(tokens).replace("'", "").toLowerCase(Locale.ROOT)) {
      case "" -> Clock.Half.NONE;
      case "am" -> Clock.Half.AM;
      case "pm" -> Clock.Half.PM;
      case "oclock" -> Clock.Half.EITHER;
      default -> null;
    };
  }
}
