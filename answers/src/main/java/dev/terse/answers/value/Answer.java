package dev.terse.answers.value;

import java.util.List;

/** What an answer says, read from text. */
public sealed interface Answer {

  /** One quantity. */
  record Value(Expr expr, Unit unit) implements Answer {}

  /**
   * Parts in order, in brackets: a point, vector, list, or with two parts perhaps an interval.
   *
   * @param open one of ( [ ⟨
   * @param close one of ) ] ⟩
   */
  record Sequence(String open, String close, List<Answer> items) implements Answer {}

  /**
   * Parts in any order.
   *
   * @param braces whether they stood in braces; else they were listed with commas or "or"
   */
  record Collection(List<Answer> items, boolean braces) implements Answer {

    /** Whether it gives values to several names: x = 1, y = 2. */
    public boolean isAssignment() {
      return !braces
          && items.size() > 1
          && items.stream().allMatch(i -> i instanceof Equation e && e.label() != null)
          && items.stream().map(i -> ((Equation) i).label()).distinct().count() == items.size();
    }
  }

  /** A union of intervals of real numbers. */
  record Region(List<Piece> pieces) implements Answer {}

  /** One interval; a single point is closed with both ends the same. */
  record Piece(Expr low, Expr high, boolean lowOpen, boolean highOpen) {}

  /** A matrix by rows. */
  record Matrix(List<List<Answer>> rows) implements Answer {}

  /**
   * An equation or a chain of them.
   *
   * @param label the left side as text where it is only a name ("x", "f(x)", "area"); else null
   * @param sides all sides but the last; an element is null where it is a name and no expression
   * @param right the last side
   */
  record Equation(String label, List<Expr> sides, Answer right) implements Answer {}

  /** A chain such as {@code 1 < x <= 5}; one sign fewer than sides. */
  record Inequality(List<Expr> sides, List<String> signs) implements Answer {}

  /** The whole numbers for which {@code left} leaves a remainder: x ≡ 5 (mod 9). */
  record Congruence(Expr left, Expr residue, Expr modulus) implements Answer {}

  /** {@code 3:4:5} */
  record Ratio(List<Expr> parts) implements Answer {}

  /**
   * A time of the day.
   *
   * @param parts hour and, where they are said, minute and second
   */
  record Clock(List<Integer> parts, Half half) implements Answer {
    /** What stands after the digits. */
    public enum Half {
      /** Nothing: it may be a ratio too. */
      NONE,
      AM,
      PM,
      /** "o'clock": a time in either half of the day. */
      EITHER
    }
  }

  /** Digits in a base. */
  record Based(String digits, int base) implements Answer {}

  /** Words, in lower case. */
  record Text(List<String> words) implements Answer {}
}
