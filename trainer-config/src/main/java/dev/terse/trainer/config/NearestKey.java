package dev.terse.trainer.config;

import java.util.Collection;
import java.util.Comparator;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** The known key that a mistyped one was probably meant to be. */
public final class NearestKey {
  private NearestKey() {}

  /** The question whether it was, if no more than a third of {@code key} differs; else empty. */
  public static String question(String key, Collection<String> known) {
    var distance = LevenshteinDistance.getDefaultInstance();
    return known.stream()
        .min(Comparator.comparingInt(candidate -> distance.apply(key, candidate)))
        .filter(nearest -> distance.apply(key, nearest) <= Math.max(2, key.length() / 3))
        .map(nearest -> " (did you mean '" + nearest + "'?)")
        .orElse("");
  }
}
