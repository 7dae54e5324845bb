package dev.terse.answers.extract;

import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/**
 * Finds any of many words in one pass over a text in lower case, by their first characters. A
 * search for each word would pass over the text as often as there are words.
 */
final class WordIndex {
  private static final int TABLE = 0x80;
  private static final String[] NONE = {};

  private final String[][] ascii = new String[TABLE][];
  private final Map<Character, String[]> others = new HashMap<>();

  WordIndex(Collection<String> words) {
    Arrays.fill(ascii, NONE);
    for (String word : words) {
      char first = word.charAt(0);
      String[] before = starting(first);
      String[] with = Arrays.copyOf(before, before.length + 1);
      with[before.length] = word;
      if (first < TABLE) {
        ascii[first] = with;
      } else {
        others.put(first, with);
      }
    }
  }

  /** The words that begin with a character, in the order of the index. */
  String[] starting(char first) {
    return first < TABLE ? ascii[first] : others.getOrDefault(first, NONE);
  }

  /** Whether one of the words stands in the text, and as no part of a longer word. */
  boolean isIn(String lower) {
    for (int i = 0; i < lower.length(); i++) {
      for (String word : starting(lower.charAt(i))) {
        if (lower.startsWith(word, i) && Chars.isWord(lower, i, word)) {
          return true;
        }
      }
    }
    return false;
  }

  /** The first place behind the first character where one of them stands; the length if none. */
  int first(String lower) {
    for (int i = 1; i < lower.length(); i++) {
      for (String word : starting(lower.charAt(i))) {
        if (lower.startsWith(word, i)) {
          return i;
        }
      }
    }
    return lower.length();
  }
}
