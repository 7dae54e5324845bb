package dev.terse.answers.compare;

import static dev.terse.answers.compare.Verdict.DIFFERENT;
import static dev.terse.answers.compare.Verdict.EQUAL;
import static dev.terse.answers.compare.Verdict.UNKNOWN;

import dev.terse.answers.value.Answer.Clock;
import dev.terse.answers.value.Answer.Clock.Half;
import dev.terse.answers.value.Answer.Ratio;
import dev.terse.answers.value.Answer.Value;
import dev.terse.answers.value.Expr;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/** Rules for times of the day. */
final class TimeRules {
  private static final int NOON = 12 * 3600;

  private TimeRules() {}

  /**
   * Compares two times. One without am or pm may be either. Two without may also be ratios. Where
   * these agree, as in 5:12 and 10:24, nobody can tell; but 14:24 is 7:12, for who writes times of
   * 24 hours writes both so.
   */
  static Verdict times(Clock a, Clock b, Comparison c) {
    var x = seconds(a);
    var y = seconds(b);
    if (x.equals(y)) {
      return EQUAL;
    }
    boolean bare = a.half() == Half.NONE && b.half() == Half.NONE;
    boolean ratio = bare && sameRatio(a.parts(), b.parts());
    if (ratio && Math.max(a.parts().get(0), b.parts().get(0)) > 12) {
      return EQUAL;
    }
    boolean overlap = x.stream().anyMatch(y::contains);
    return overlap || ratio ? UNKNOWN : DIFFERENT;
  }

  /** A time without am or pm may be a ratio. */
  static Verdict ratio(Ratio a, Clock b, Comparison c) {
    return b.half() == Half.NONE ? QuantityRules.ratios(a, asRatio(b), c) : UNKNOWN;
  }

  /** As {@link #ratio}; a number may stand for a ratio. */
  static Verdict quotient(Value a, Clock b, Comparison c) {
    boolean number = a.unit().isNone() && b.half() == Half.NONE;
    return number ? QuantityRules.quotient(a, asRatio(b), c) : UNKNOWN;
  }

  private static Ratio asRatio(Clock clock) {
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
    return a.size() == b.size()
        && IntStream.range(0, a.size()).allMatch(i -> a.get(i) > 0 && b.get(i) > 0)
        && IntStream.range(1, a.size()).allMatch(i -> a.get(0) * b.get(i) == b.get(0) * a.get(i));
  }
}
