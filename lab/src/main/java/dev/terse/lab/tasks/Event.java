package dev.terse.lab.tasks;

import java.util.List;

/**
 * What happens to the running total of a word problem.
 *
 * @param kind what
 * @param count how many are gained or lost, how many groups, or the factor or divisor
 * @param each size of a group; 1 where there are no groups
 */
record Event(Kind kind, int count, int each) {

  /** The kinds of events. */
  enum Kind {
    GAIN('+'),
    LOSE('-'),
    GAIN_GROUPS('+'),
    LOSE_GROUPS('-'),
    MULTIPLY('*'),
    SHARE('/');

    private final char sign;

    Kind(char sign) {
      this.sign = sign;
    }

    boolean hasGroups() {
      return this == GAIN_GROUPS || this == LOSE_GROUPS;
    }

    /** Operations that it takes to work one out. */
    int operations() {
      return hasGroups() ? 2 : 1;
    }
  }

  /** One operation worked out: {@code left ∘ right = result}. */
  record Operation(int left, char sign, int right, int result) {

    static Operation of(int left, char sign, int right) {
      int result =
          switch (sign) {
            case '+' -> left + right;
            case '-' -> left - right;
            case '*' -> left * right;
            default -> left / right;
          };
      return new Operation(left, sign, right, result);
    }

    /**
     * The same operation on last digits; a difference or quotient is put the other way round, so
     * that it is a sum or a product.
     */
    Operation lastDigits() {
      return switch (sign) {
        case '-' -> of(result % 10, '+', right % 10);
        case '/' -> of(result % 10, '*', right % 10);
        default -> of(left % 10, sign, right % 10);
      };
    }

    /** {@code left∘right}. */
    String sides() {
      return left + "" + sign + right;
    }

    @Override
    public String toString() {
      return sides() + "=" + result;
    }
  }

  /** The operations on {@code total}, the last of which gives the new total. */
  List<Operation> operations(int total) {
    if (!kind.hasGroups()) {
      return List.of(Operation.of(total, kind.sign, count));
    }
    Operation groups = Operation.of(count, '*', each);
    return List.of(groups, Operation.of(total, kind.sign, groups.result()));
  }

  int applyTo(int total) {
    List<Operation> operations = operations(total);
    return operations.get(operations.size() - 1).result();
  }

  /** The event as arithmetic: {@code +5}, {@code -3*4}, {@code *2}, {@code /3}. */
  String arithmetic() {
    return kind.sign + "" + count + (kind.hasGroups() ? "*" + each : "");
  }
}
