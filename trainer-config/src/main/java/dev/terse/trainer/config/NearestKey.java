package dev.terse.trainer.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** The known key that a mistyped one was probably meant to be. */
public final class NearestKey {
  private NearestKey() {}

  /** The question whether it was, if no more than a third of {@code key} differs; else empty. */
  public static String question(String key, Collection<String> known) {
    return of(key, known).map(nearest -> " (did you mean '" + nearest + "'?)").orElse("");
  }

  /**
   * The nearest, the first of several. A key that begins or ends where a word of the other does is
   * near too: {@code dataset} is near {@code dataset_name}, {@code output_dir} near {@code output}.
   */
  static Optional<String> of(String key, Collection<String> known) {
    return known.stream()
        .min(Comparator.comparingInt(candidate -> distance(key, candidate)))
        .filter(nearest -> distance(key, nearest) <= Math.max(2, key.length() / 3));
  }

  private static int distance(String key, String candidate) {
    boolean words = (candidate + "_").startsWith(key + "_") || key.startsWith(candidate + "_");
    return words ? 1 : LevenshteinDistance.getDefaultInstance().apply(key, candidate);
  }

  /** Words as an enumeration: {@code a, b and c}. */
  static String enumeration(List<String> words) {
    int last = words.size() - 1;
    return last < 1
        ? String.join("", words)
        : String.join(", ", words.subList(0, last)) + " and " + words.get(last);
  }
}
