package dev.terse.reward.terms;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Checks names from configuration against the known ones. */
final class Names {
  private Names() {}

  /**
   * @throws IllegalArgumentException naming every unknown name, the nearest known one and all known
   *     ones
   */
  static void requireKnown(String what, Collection<String> given, List<String> known) {
    var problems = new ArrayList<String>();
    for (String name : given) {
      if (!known.contains(name)) {
        String nearest = nearest(name, known);
        problems.add(
            "unknown "
                + what
                + " '"
                + name
                + "'"
                + (nearest == null ? "" : " (did you mean '" + nearest + "'?)"));
      }
    }
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(
          String.join("; ", problems) + "; known: " + String.join(", ", known));
    }
  }

  /** The known name with the fewest edits to {@code name}; null if none is near. */
  static String nearest(String name, List<String> known) {
    String best = null;
    int fewest = Math.max(2, name.length() / 3) + 1;
    for (String candidate : known) {
      int edits = edits(name, candidate);
      if (edits < fewest) {
        fewest = edits;
        best = candidate;
      }
    }
    return best;
  }

  private static int edits(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(substituted, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
