package dev.terse.answers.extract;

import java.util.List;

/** Finds "the answer is", "Answer:" and their like in 21 languages. */
final class Phrases {
  /** From "answer" to "is", as in "the answer to this question is". */
  private static final int MAX_BETWEEN = 60;

  /**
   * A phrase.
   *
   * @param end where what it announces begins
   */
  record Phrase(int start, int end, Language language) {}

  private Phrases() {}

  /** The last phrase of a text in lower case; null if there is none. */
  static Phrase last(String lower) {
    Phrase best = null;
    for (var language : Language.values()) {
      for (String noun : language.nouns()) {
        int after = best == null ? -1 : best.start();
        int at = lower.lastIndexOf(noun);
        while (at > after) {
          int end = Chars.isWord(lower, at, noun) ? end(lower, at + noun.length(), language) : -1;
          if (end >= 0) {
            best = new Phrase(at, end, language);
            break;
          }
          at = lower.lastIndexOf(noun, at - 1);
        }
      }
    }
    return best;
  }

  /** The end of the verb that follows a noun ending at {@code from}; -1 if none does. */
  private static int end(String lower, int from, Language language) {
    if (lower.charAt(from - 1) == '选') { // "choose" says it itself
      return from;
    }
    int i = from;
    while (i < lower.length() && i - from < MAX_BETWEEN) {
      int next = skipLayout(lower, i);
      if (i == from && isHeading(lower, from)) {
        return lower.indexOf('\n', from);
      }
      String verb = startsWithAny(lower, next, language.verbs());
      if (verb != null) {
        return next + verb.length();
      }
      String word = startsWithAny(lower, next, language.between());
      if (word != null) {
        i = next + word.length();
      } else if (next < lower.length() && lower.charAt(next) == '(') {
        int close = lower.indexOf(')', next);
        if (close < 0 || close - from > MAX_BETWEEN) {
          return -1;
        }
        i = close + 1;
      } else {
        return -1;
      }
    }
    return -1;
  }

  /** Whether the line ends after the noun, as a heading "Final Answer" does. */
  private static boolean isHeading(String lower, int from) {
    int i = from;
    while (i < lower.length()
        && lower.charAt(i) != '\n'
        && Sentences.isDecoration(lower.charAt(i))) {
      i++;
    }
    return i < lower.length() && lower.charAt(i) == '\n' && !lower.substring(i).isBlank();
  }

  private static int skipLayout(String lower, int from) {
    int i = from;
    while (i < lower.length() && " *_\t".indexOf(lower.charAt(i)) >= 0) {
      i++;
    }
    return i;
  }

  private static String startsWithAny(String lower, int at, List<String> words) {
    for (String word : words) {
      if (lower.startsWith(word, at) && Chars.isWord(lower, at, word)) {
        return word;
      }
    }
    return null;
  }
}
