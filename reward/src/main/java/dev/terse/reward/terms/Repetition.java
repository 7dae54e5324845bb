package dev.terse.reward.terms;

import dev.terse.reward.RewardTerm;
import dev.terse.reward.Sample;
import java.util.Arrays;
import java.util.HashSet;

/**
 * Punishes repeated n-grams: (1 - distinct / all) * {@code maxPenalty} (arXiv 2502.03373, C.2; TRL:
 * get_repetition_penalty_reward). TRL counts token ids; text is all a reward sees here, so words
 * between white space are counted, the last {@value #MAX_WORDS} of them.
 */
record Repetition(int ngramSize, double maxPenalty) implements RewardTerm {
  /** Longest completions have about 32,768 tokens, and a word is a token at least. */
  private static final int MAX_WORDS = 32_768;

  @Override
  public String name() {
    return "repetition";
  }

  @Override
  public double of(Sample sample) {
    long[] words = lastWords(sample.completion());
    int grams = words.length - ngramSize + 1;
    if (grams <= 0) {
      return 0;
    }
    var distinct = new HashSet<Long>();
    for (int i = 0; i < grams; i++) {
      long hash = 0;
      for (int j = 0; j < ngramSize; j++) {
        hash = mix(hash + words[i + j]);
      }
      distinct.add(hash);
    }
    double repeated = 1 - (double) distinct.size() / grams;
    return repeated > 0 ? repeated * maxPenalty : 0;
  }

  /** Hashes of the last words, last word first: the direction does not change the count. */
  private static long[] lastWords(String text) {
    long[] words = new long[Math.min(MAX_WORDS, text.length() / 2 + 1)];
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
