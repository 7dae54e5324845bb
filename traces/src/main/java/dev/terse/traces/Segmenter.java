package dev.terse.traces;

import java.util.List;

/**
 * Splits thinking text into steps: a step ends after a maximal run of two or more line feeds. Steps
 * tile the text exactly. The one segmenter of scorer, pruner, rewards and statistics (method page,
 * section 2; the authors' code compares single tokens and misses most blank lines).
 */
public final class Segmenter {
  private Segmenter() {}

  /** The steps of {@code thinking}, in order; none for empty text. */
  public static List<Step> steps(String thinking) {
    throw new IllegalStateException("being built");
  }
}
