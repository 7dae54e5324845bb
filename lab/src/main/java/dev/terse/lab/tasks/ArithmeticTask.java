package dev.terse.lab.tasks;

import dev.terse.engine.SeedTree;

/**
 * Sums and products of small whole numbers, worked out step by step: an endless, seeded source of
 * problems whose chains hold steps that are plainly needless, so that a tiny model can learn to
 * reason and then to leave them out.
 *
 * <p>A problem is {@code a∘b∘c…} read from left to right, with ∘ one of + - *. Its chain restates
 * it, then works out each operation and says the same once more as a check, and at the end restates
 * the result; steps are parted by blank lines. The problem is a function of (seed, index) alone;
 * its text is its canonical form.
 */
public final class ArithmeticTask implements ProblemSource {
  private static final int MAX_START = 20;
  private static final int MAX_OPERAND = 12;
  private static final int MAX_FACTOR = 5;
  private static final int MAX_VALUE = 99;

  private final long seed;
  private final int minOperations;
  private final int maxOperations;

  /**
   * @param seed of all problems
   * @param minOperations least operations of a problem, at least 1
   * @param maxOperations most operations of a problem
   */
  public ArithmeticTask(long seed, int minOperations, int maxOperations) {
    ProblemSource.requireOperations(minOperations, maxOperations);
    this.seed = seed;
    this.minOperations = minOperations;
    this.maxOperations = maxOperations;
  }

  @Override
  public WorkedProblem problem(long index) {
    long at = SeedTree.at(seed, "arithmetic", index);
    int span = maxOperations - minOperations + 1;
    int operations = minOperations + SeedTree.below(SeedTree.child(at, 0), span);
    long value = 1 + SeedTree.below(SeedTree.child(at, 1), MAX_START);
    StringBuilder expression = new StringBuilder().append(value);
    StringBuilder work = new StringBuilder();
    for (int i = 0; i < operations; i++) {
      Operation operation = Operation.draw(SeedTree.child(at, 2 + i), value);
      String equation = value + operation.text() + "=" + operation.applyTo(value);
      expression.append(operation.text());
      work.append(equation).append("\n\nCheck: ").append(equation).append("\n\n");
      value = operation.applyTo(value);
    }
    String question = "Left to right: " + expression;
    String thinking =
        "The task is " + expression + "\n\n" + work + "So the result is " + value + ".";
    return new WorkedProblem(question, question, thinking, value);
  }

  /** One operation with its right-hand side. */
  private record Operation(char sign, long operand) {

    /** Draws one that keeps the value between 0 and {@link #MAX_VALUE}. */
    static Operation draw(long seed, long value) {
      int kind = SeedTree.below(SeedTree.child(seed, 0), 3);
      long operand = 1 + SeedTree.below(SeedTree.child(seed, 1), MAX_OPERAND);
      long factor = 2 + SeedTree.below(SeedTree.child(seed, 2), MAX_FACTOR - 1);
      if (kind == 2 && value * factor <= MAX_VALUE) {
        return new Operation('*', factor);
      }
      return kind == 1 && operand <= value || value + operand > MAX_VALUE
          ? new Operation('-', Math.min(operand, value))
          : new Operation('+', operand);
    }

    long applyTo(long value) {
      return switch (sign) {
        case '+' -> value + operand;
        case '-' -> value - operand;
        default -> value * operand;
      };
    }

    String text() {
      return "" + sign + operand;
    }
  }
}
