package dev.terse.trainer.loss.advantage;

import dev.terse.trainer.config.Default;
import dev.terse.trainer.config.Range;

/**
 * What a completion's advantage is (ours, but the boost, which is DLER's key).
 *
 * @param advantage its kind
 * @param correctSampleAdvantageBoostValue what the advantage of a right completion is raised by,
 *     after all scaling; 0.1 in DLER (arXiv 2510.15110), 0 for none
 */
public record AdvantageConfig(
    @Default("group") Kind advantage,
    @Default("0.0") @Range("[0, inf)") double correctSampleAdvantageBoostValue) {

  /** Kinds of advantages. */
  public enum Kind {
    /** Over the others of the prompt, {@link GroupAdvantage}. */
    GROUP,
    /**
     * 1 for a completion that is right and ended by itself, and no loss for any other: on-policy
     * SFT (arXiv 2602.13407).
     */
    CORRECT
  }

  public AdvantageConfig {
    if (advantage != Kind.GROUP && correctSampleAdvantageBoostValue != 0) {
      throw new IllegalArgumentException(
          "correct_sample_advantage_boost_value raises the advantages of advantage group; leave it"
              + " out with advantage correct, whose right completions have 1");
    }
  }
}
