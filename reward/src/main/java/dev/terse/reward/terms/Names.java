package dev.terse.reward.terms;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** Checks names from configuration against the known ones. */
public final class Names {
  private Names() {}

  /**
   * @throws IllegalArgumentException naming every unknown name, the nearest known one and all known
   *     ones
   */
  public static void requireKnown(String what, Collection<String> given, List<String> known) {
    var problems =
        given.stream()
            .filter(name -> !known.contains(name))
            .map(name -> "unknown " + what + " '" + name + "'" + question(name, known))
            .toList();
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(
          String.join("; ", problems) + "; known: " + String.join(", ", known));
    }
  }

  /** Whether the nearest known name was meant, if no more than a third of {@code name} differs. */
  private static String question(String name, List<String> known) {
    var distance = LevenshteinDistance.getDefaultInstance();
    return known.stream()
        .min(Comparator.comparingInt(candidate -> distance.apply(name, candidate)))
        .filter(nearest -> distance.apply(name, nearest) <= Math.max(2, name.length() / 3))
        .map(nearest -> " (did you mean '" + nearest + "'?)")
        .orElse("");
  }
}
