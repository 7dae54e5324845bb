package dev.terse.reward.terms;

import dev.terse.reward.RewardTerm;
import dev.terse.reward.Sample;

/**
 * DAPO's soft punishment of long completions (eq. 13; TRL: get_soft_overlong_punishment): 0 up to
 * L_max - L_cache tokens, falling to -1 at L_max, -1 beyond.
 */
record SoftOverlong(String name, int maxLen, int cache) implements RewardTerm {

  SoftOverlong {
    if (cache > maxLen) {
      throw new IllegalArgumentException(
          "soft_punish_cache must be in [0, max_completion_len "
              + maxLen
              + "] for "
              + name
              + ", was "
              + cache);
    }
  }

  @Override
  public double of(Sample sample) {
    int free = maxLen - cache;
    if (sample.tokens() <= free) {
      return 0;
    }
    return sample.tokens() > maxLen ? -1 : (double) (free - sample.tokens()) / cache;
  }
}
