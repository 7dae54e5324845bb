package dev.terse.reward;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The reward of one completion.
 *
 * @param total weighted sum of the terms; NaN if the reward failed (the sample is then absent from
 *     its group)
 * @param terms value of each term by name, unweighted, in rubric order
 * @param correct whether the answer is right
 */
public record Score(double total, Map<String, Double> terms, boolean correct) {
  public Score {
    terms = Collections.unmodifiableMap(new LinkedHashMap<>(terms));
  }
}
