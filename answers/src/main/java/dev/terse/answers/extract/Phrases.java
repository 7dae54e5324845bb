package dev.terse.answers.extract;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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

  private static final Map<String, List<Language>> LANGUAGES = new LinkedHashMap<>();
  private static final WordIndex NOUNS;

  static {
    for (var language : Language.values()) {
      for (String noun : language.nouns()) {
        LANGUAGES.computeIfAbsent(noun, n -> new ArrayList<>()).add(language);
      }
    }
    NOUNS = new WordIndex(LANGUAGES.keySet());
  }

  private Phrases() {}

  /** The last phrase of a text in lower case; null if there is none. */
  static Phrase last(String lower) {
    for (int at = lower.length() - 1; at >= 0; at--) {
      for (String noun : NOUNS.starting(lower.charAt(at))) {
        if (lower.startsWith(noun, at) && Chars.isWord(lower, at, noun)) {
          var phrase = phrase(lower, at, noun);
          if (phrase != null) {
            return phrase;
          }
        }
      }
    }
    return null;
  }

  /** The phrase that this noun begins, of the first language that has it; null if it is none. */
  private static Phrase phrase(String lower, int at, String noun) {
    for (var language : LANGUAGES.get(noun)) {
      int end = end(lower, at + noun.length(), language);
      if (end >= 0) {
        return new Phrase(at, end, language);
      }
    }
    return null;
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
