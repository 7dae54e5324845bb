package dev.terse.traces;

import dev.terse.io.Journal;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * What a file of traces holds, told before any of it is scored.
 *
 * @param dropped rows that cannot be used, by reason
 * @param passTokens tokens that the model reads in each pass of the other rows, [passes]; not
 *     copied
 * @param firstPrompt ids before the thinking of the first usable row; not copied
 */
public record TraceSurvey(Map<DropReason, Long> dropped, int[] passTokens, int[] firstPrompt) {

  public TraceSurvey {
    dropped = Map.copyOf(dropped);
  }

  /** Tokens that the model has yet to read. */
  public long tokensLeft(Journal journal) {
    return IntStream.range(0, passTokens.length)
        .filter(pass -> !journal.holds(pass))
        .mapToLong(pass -> passTokens[pass])
        .sum();
  }
}
