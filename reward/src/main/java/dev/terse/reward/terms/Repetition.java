package dev.terse.reward.terms;

import dev.terse.reward.RewardTerm;
import dev.terse.reward.Sample;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Locale;

/**
 * Punishes repeated n-grams: (1 - distinct / all) * {@code maxPenalty} (arXiv 2502.03373, C.2), of
 * the last {@value #MAX_UNITS} units.
 *
 * @param units what n-grams are made of
 */
record Repetition(Units units, int ngramSize, double maxPenalty) implements RewardTerm {
  /** Longest completions have about 32,768 tokens, and a word is a token at least. */
  private static final int MAX_UNITS = 32_768;

  /** What is counted. */
  enum Units {
    /** Words between white space (ours). */
    WORDS("repetition"),
    /** The same in lower case (open-r1: repetition_penalty_reward). */
    LOWER_CASE_WORDS("repetition_penalty_reward"),
    /** Token ids (TRL: get_repetition_penalty_reward). */
    TOKENS("repetition_penalty_reward");

    private final String name;

    Units(String name) {
      this.name = name;
    }

    /** Hashes of the last units, last first: the direction does not change the count. */
    private long[] last(Sample sample) {
      return switch (this) {
        case WORDS -> lastWords(sample.completion());
        case LOWER_CASE_WORDS -> lastWords(sample.completion().toLowerCase(Locale.ROOT));
        case TOKENS -> lastTokens(sample.ids());
      };
    }
  }

  @Override
  public String name() {
    return units.name;
  }

  @Override
  public double of(Sample sample) {
    long[] last = units.last(sample);
    int grams = last.length - ngramSize + 1;
    if (grams <= 0) {
      return 0;
    }
    var distinct = new HashSet<Long>();
    for (int i = 0; i < grams; i++) {
      long hash = 0;
      for (int j = 0; j < ngramSize; j++) {
        hash = mix(hash + last[i + j]);
      }
      distinct.add(hash);
    }
    double repeated = 1 - (double) distinct.size() / grams;
    return repeated > 0 ? repeated * maxPenalty : 0;
  }

  private static long[] lastTokens(int[] ids) {
    long[] tokens = new long[Math.min(MAX_UNITS, ids.length)];
    for (int i = 0; i < tokens.length; i++) {
      tokens[i] = mix(ids[ids.length - 1 - i] + 1L);
    }
    return tokens;
  }

  private static long[] lastWords(String text) {
    long[] words = new long[Math.min(MAX_UNITS, text.length() / 2 + 1)];
    int count = 0;
    int i = text.length();
    while (i > 0 && count < words.length) {
      while (i > 0 && Character.isWhitespace(text.charAt(i - 1))) {
        i--;
      }
      long hash = 0;
      int end = i;
      while (i > 0 && !Character.isWhitespace(text.charAt(i - 1))) {
        hash = hash * 0x100000001B3L + text.charAt(--i) + 1;
      }
      if (i < end) {
        words[count++] = mix(hash);
      }
    }
    return Arrays.copyOf(words, count);
  }

  /** MurmurHash3's 64-bit finalizer: equal n-grams of different words must not meet. */
  private static long mix(long h) {
    h = (h ^ (h >>> 33)) * 0xff51afd7ed558ccdL;
    h = (h ^ (h >>> 33)) * 0xc4ceb9fe1a85ec53L;
    return h ^ (h >>> 33);
  }
}
