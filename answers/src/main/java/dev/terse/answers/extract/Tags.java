package dev.terse.answers.extract;

import java.util.List;

/** Finds {@code <answer>...</answer>}. */
final class Tags {
  private static final List<String> NAMES = List.of("answer>", "final_answer>");

  private Tags() {}

  /**
   * What the last answer tag holds. A closing tag may be missing where a stop string ended the text
   * there, an opening one where the prompt ended with it.
   *
   * @return null if there is no tag
   */
  static String last(String text) {
    if (text.indexOf("nswer>") < 0 && text.indexOf("NSWER>") < 0) {
      return null;
    }
    String lower = Chars.lower(text);
    int start = -1;
    String tag = null;
    for (String name : NAMES) {
      int at = lower.lastIndexOf("<" + name);
      if (at >= 0 && at > start) {
        start = at;
        tag = name;
      }
    }
    if (tag != null) {
      int from = start + 1 + tag.length();
      int end = lower.indexOf("</" + tag, from);
      return text.substring(from, end < 0 ? text.length() : end).strip();
    }
    int end = lower.lastIndexOf("</answer>");
    return end < 0 ? null : text.substring(0, end).strip();
  }
}
