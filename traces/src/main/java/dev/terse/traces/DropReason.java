package dev.terse.traces;

/** Why a row did not become a training example. */
public enum DropReason {
  MALFORMED("malformed row"),
  UNCLOSED("no </think>"),
  EMPTY_THINKING("empty thinking"),
  NO_ANSWER("no answer after </think>"),
  WRONG_ANSWER("answer not right"),
  TOO_LONG("longer than the limit");

  private final String words;

  DropReason(String words) {
    this.words = words;
  }

  /** The reason in words. */
  public String words() {
    return words;
  }
}
