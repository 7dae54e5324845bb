package dev.terse.reward.math;

import static dev.terse.reward.Verdict.DIFFERENT;
import static dev.terse.reward.Verdict.EQUAL;
import static dev.terse.reward.Verdict.UNKNOWN;

import dev.terse.reward.Verdict;
import dev.terse.reward.math.Answer.Clock;
import dev.terse.reward.math.Answer.Ratio;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Times of the day: 3:30, 03:30 p.m., 15:30:00, 3 pm, 3 o'clock. */
final class ClockTimes {
  private static final int NOON = 12 * 3600;

  private ClockTimes() {}

  /**
   * The time that fills all tokens; null if it is none. A time with two digits after the colon may
   * also be a ratio, see {@link #compare}.
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

  /**
   * Compares two times. One without am or pm may be either. Two without may also be ratios: where
   * these agree, as in 5:12 and 10:24, nobody can tell.
   */
  static Verdict compare(Clock a, Clock b) {
    var x = seconds(a);
    var y = seconds(b);
    if (x.equals(y)) {
      return EQUAL;
    }
    boolean bare = a.half() == Clock.Half.NONE && b.half() == Clock.Half.NONE;
    boolean overlap = x.stream().anyMatch(y::contains);
    return overlap || bare && sameRatio(a.parts(), b.parts()) ? UNKNOWN : DIFFERENT;
  }

  /** The ratio that a time without am or pm may be. */
  static Ratio ratio(Clock clock) {
    return new Ratio(clock.parts().stream().map(part -> Expr.num(part)).toList());
  }

  /** Seconds after midnight that a time may mean. */
  private static Set<Integer> seconds(Clock clock) {
    int hour = clock.parts().get(0);
    int rest = 0;
    for (int i = 1; i < 3; i++) {
      rest = 60 * rest + (i < clock.parts().size() ? clock.parts().get(i) : 0);
    }
    int morning = hour % 12 * 3600 + rest;
    return switch (clock.half()) {
      case AM -> Set.of(morning);
      case PM -> Set.of(morning + NOON);
      default ->
          hour == 0 || hour == 24
              ? Set.of(rest)
              : hour > 12 ? Set.of(morning + NOON) : Set.of(morning, morning + NOON);
    };
  }

  private static boolean sameRatio(List<Integer> a, List<Integer> b) {
    if (a.size() != b.size()) {
      return false;
    }
    boolean same = true;
    for (int i = 1; i < a.size(); i++) {
      same &= a.get(0) * b.get(i) == b.get(0) * a.get(i);
    }
    return same;
  }
}
