package dev.terse.answers.value;

/**
 * What one comparison may still spend. One unit is about half a microsecond of arithmetic. Counted
 * work, not a clock: the same pair gets the same verdict on a slow machine.
 */
public final class Budget {
  private int left = Limits.MAX_COST;

  public void spend(int units) {
    left -= units;
    if (left < 0) {
      throw new CannotTell("the comparison would cost too much");
    }
  }
}
