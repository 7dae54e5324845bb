package dev.terse.traces.segment;

import java.util.Locale;

/** Where thinking ends and the answer begins: the values of the key {@code thinking}. */
public enum ThinkingEnd {
  /** One of the others, decided once for a whole run, never for a single text. */
  AUTO,
  /** At the first {@code </think>}; without it the thinking never ends. */
  MARKS,
  /** Before the last paragraph, which is the answer. */
  BEFORE_LAST_PARAGRAPH,
  /** Before the sentence from which on the final answer is given. */
  BEFORE_ANSWER;

  /** The name as configuration has it. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}
