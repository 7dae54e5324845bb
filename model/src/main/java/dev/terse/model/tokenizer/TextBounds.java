package dev.terse.model.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import dev.terse.io.Quote;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What is kept from the native library, which ends the whole process where a pattern takes too many
 * steps: texts and runs of blanks beyond any document, and patterns that repeat a repetition, whose
 * steps grow exponentially.
 */
final class TextBounds {
  /** Ten times the longest book; a row of training data has some 66,000. */
  static final int MOST_CHARS = 10_000_000;

  /** The patterns of Qwen and Llama go back over a run of blanks; 3 million still pass. */
  static final int MOST_BLANKS = 1_000_000;

  private TextBounds() {}

  /**
   * Passes a text that the library can take.
   *
   * @throws IllegalArgumentException if it is too long, or has too many blanks in a row
   */
  static void require(String text) {
    if (text.length() > MOST_CHARS) {
      throw new IllegalArgumentException(
          "the text has "
              + text.length()
              + " characters; a tokenizer takes at most "
              + MOST_CHARS
              + ": split it");
    }
    int blanks = 0;
    for (int i = 0; i < text.length(); i++) {
      blanks = Character.isWhitespace(text.charAt(i)) ? blanks + 1 : 0;
      if (blanks > MOST_BLANKS) {
        throw new IllegalArgumentException(
            "the text has more than "
                + MOST_BLANKS
                + " blanks in a row, up to character "
                + i
                + ": leave some out");
      }
    }
  }

  /**
   * Passes a tokenizer.json whose patterns can be run on any text.
   *
   * @throws IllegalArgumentException naming a pattern that cannot
   */
  static void requirePatterns(JsonNode node) {
    JsonNode pattern = node.path("Regex");
    if (pattern.isTextual() && repeatsARepetition(pattern.textValue())) {
      throw new IllegalArgumentException(
          TokenizerFiles.TOKENIZER
              + " has the pattern "
              + Quote.of(pattern.textValue())
              + ", which repeats a repetition: a short text could stop the program");
    }
    node.forEach(TextBounds::requirePatterns);
  }

  /** Whether a group that is repeated without bound holds something that is, as in (a+)+. */
  static boolean repeatsARepetition(String pattern) {
    Deque<Boolean> groups = new ArrayDeque<>(); // whether each open group holds a repetition
    boolean holds = false;
    for (int i = 0; i < pattern.length(); i++) {
      char c = pattern.charAt(i);
      if (c == '\\') {
        i++;
      } else if (c == '[') {
        i = endOfClass(pattern, i);
      } else if (c == '(') {
        groups.push(holds);
        holds = false;
      } else if (c == ')' && !groups.isEmpty()) {
        boolean repeated = isUnbounded(pattern, i + 1);
        if (holds && repeated) {
          return true;
        }
        holds = groups.pop() || holds || repeated;
      } else if (isUnbounded(pattern, i)) {
        holds = true;
      }
    }
    return false;
  }

  /** Whether a repetition without an upper bound stands at a place: *, + or {n,}. */
  private static boolean isUnbounded(String pattern, int at) {
    return at < pattern.length()
        && (pattern.charAt(at) == '*'
            || pattern.charAt(at) == '+'
            || pattern.substring(at).matches("(?s)\\{\\d+,\\}.*"));
  }

  private static int endOfClass(String pattern, int begin) {
    int depth = 0;
    for (int i = begin; i < pattern.length(); i++) {
      char c = pattern.charAt(i);
      if (c == '\\') {
        i++;
      } else if (c == '[') {
        depth++;
      } else if (c == ']' && --depth == 0) {
        return i;
      }
    }
    return pattern.length();
  }
}
