package dev.terse.traces;

/** Why a row did not become a training example. */
public enum DropReason {
  MALFORMED("malformed row"),
  UNCLOSED("no </think>"),
  NO_FINAL_ANSWER("no final answer found"),
  MARKED("has </think>, which is no mark under this rule of thinking"),
  CHANGED("another answer once pruned"),
  EMPTY_THINKING("empty thinking"),
  NO_ANSWER("no answer after the thinking"),
  WRONG_ANSWER("answer not right"),
  TOO_LONG("longer than the limit"),
  NO_GOLD("no gold answer"),
  LOST("no longer answered right once pruned"),
  CUT("answer cut off once pruned");

  private final String words;

  DropReason(String words) {
    this.words = words;
  }

  /** The reason in words. */
  public String words() {
    return words;
  }
}
