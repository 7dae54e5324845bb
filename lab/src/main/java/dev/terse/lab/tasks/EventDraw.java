package dev.terse.lab.tasks;

import dev.terse.engine.SeedTree;
import dev.terse.lab.tasks.Event.Kind;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/** Draws events that keep the total between {@link #LEAST} and {@link #MOST}. */
final class EventDraw {
  /** Two, so that nouns stay plural. */
  static final int LEAST = 2;

  static final int MOST = 199;

  private static final int MAX_COUNT = 60;
  private static final int MAX_GROUPS = 9;
  private static final int MAX_EACH = 12;
  private static final int MAX_FACTOR = 4;
  private static final int MAX_MULTIPLIED = 50;
  private static final int MAX_DIVISOR = 5;

  private EventDraw() {}

  /**
   * An event of one of the kinds {@code told} that fits.
   *
   * @param total before it
   * @param operations that it may take at most
   */
  static Event draw(long seed, int total, int operations, Set<Kind> told) {
    List<Kind> kinds =
        told.stream()
            .filter(kind -> kind.operations() <= operations && fits(kind, total))
            .sorted()
            .toList();
    Kind kind = kinds.get(SeedTree.below(SeedTree.child(seed, 0), kinds.size()));
    long first = SeedTree.child(seed, 1);
    long second = SeedTree.child(seed, 2);
    return switch (kind) {
      case GAIN, LOSE ->
          new Event(kind, between(first, 2, Math.min(MAX_COUNT, room(kind, total))), 1);
      case GAIN_GROUPS, LOSE_GROUPS -> {
        int room = room(kind, total);
        int groups = between(first, 2, Math.min(MAX_GROUPS, room / 2));
        yield new Event(kind, groups, between(second, 2, Math.min(MAX_EACH, room / groups)));
      }
      case MULTIPLY -> new Event(kind, between(first, 2, Math.min(MAX_FACTOR, MOST / total)), 1);
      case SHARE -> {
        int[] divisors = divisors(total);
        yield new Event(kind, divisors[SeedTree.below(first, divisors.length)], 1);
      }
    };
  }

  private static boolean fits(Kind kind, int total) {
    return switch (kind) {
      case GAIN, LOSE -> room(kind, total) >= 2;
      case GAIN_GROUPS, LOSE_GROUPS -> room(kind, total) >= 4;
      case MULTIPLY -> total <= MAX_MULTIPLIED;
      case SHARE -> divisors(total).length > 0;
    };
  }

  /** By how much an event of this kind may change the total. */
  private static int room(Kind kind, int total) {
    return kind == Kind.GAIN || kind == Kind.GAIN_GROUPS ? MOST - total : total - LEAST;
  }

  private static int[] divisors(int total) {
    return IntStream.rangeClosed(2, MAX_DIVISOR)
        .filter(divisor -> total % divisor == 0 && total / divisor >= LEAST)
        .toArray();
  }

  private static int between(long seed, int least, int most) {
    return least + SeedTree.below(seed, most - least + 1);
  }
}
