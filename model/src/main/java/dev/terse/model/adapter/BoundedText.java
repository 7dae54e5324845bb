package dev.terse.model.adapter;

/**
 * A text that a regular expression may look at only so often: some patterns take time exponential
 * in the length of the text, and those of an adapter come from strangers.
 */
final class BoundedText implements CharSequence {
  private static final int MOST_LOOKS = 1_000_000;

  private final String text;
  private final String pattern;
  private int looks;

  /**
   * @param pattern named where it takes too long
   */
  BoundedText(String text, String pattern) {
    this.text = text;
    this.pattern = pattern;
  }

  /**
   * One letter.
   *
   * @throws IllegalArgumentException after a million looks
   */
  @Override
  public char charAt(int index) {
    if (++looks > MOST_LOOKS) {
      throw new IllegalArgumentException(
          "'" + pattern + "' takes too long on the module " + text + "; write it simpler");
    }
    return text.charAt(index);
  }

  @Override
  public int length() {
    return text.length();
  }

  @Override
  public CharSequence subSequence(int start, int end) {
    return text.subSequence(start, end);
  }

  @Override
  public String toString() {
    return text;
  }
}
