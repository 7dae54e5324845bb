package dev.terse.answers.compare;

import dev.terse.answers.value.Answer;
import dev.terse.answers.value.Budget;
import dev.terse.answers.value.SolutionSets;

/** Compares the answers of two texts, and their parts, out of one budget. */
final class Comparison {
  private final Budget budget;
  private final ExprEquality exprs;
  private final SolutionSets sets;

  Comparison(Budget budget) {
    this.budget = budget;
    exprs = new ExprEquality(budget);
    sets = new SolutionSets(budget);
  }

  /** Whether two answers mean the same: by their form, else by the rule of their kinds. */
  Verdict of(Answer a, Answer b) {
    budget.spend(1);
    return a.equals(b) ? Verdict.EQUAL : Rules.of(a, b).decide(a, b, this);
  }

  ExprEquality exprs() {
    return exprs;
  }

  SolutionSets sets() {
    return sets;
  }
}
