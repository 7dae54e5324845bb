package dev.terse.doctor;

import dev.terse.doctor.Finding.Level;
import dev.terse.io.IoSentence;
import dev.terse.rollout.BrokenModelException;
import dev.terse.trainer.optim.NonFiniteException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Asks one check after another; what one finds does not keep the next from looking. */
public final class Doctor {
  private Doctor() {}

  /**
   * Looks at everything, in order. A sentence that was told is not told again by a check that comes
   * upon the same.
   *
   * @param before what was told before
   * @param told hears each verdict as soon as it is known
   */
  public static void examine(List<Check> checks, List<Finding> before, Consumer<Finding> told) {
    List<String> problems = new ArrayList<>();
    before.forEach(verdict -> remember(verdict, problems));
    for (Check check : checks) {
      for (Finding verdict : verdicts(check)) {
        boolean known =
            verdict.level() == Level.PROBLEM
                && problems.stream().anyMatch(problem -> problem.contains(verdict.found()));
        told.accept(
            known
                ? Finding.note(check.subject(), "not looked at, for what is told above", "", "")
                : verdict);
        remember(verdict, problems);
      }
    }
  }

  private static void remember(Finding verdict, List<String> problems) {
    if (verdict.level() == Level.PROBLEM) {
      problems.add(verdict.found());
    }
  }

  private static List<Finding> verdicts(Check check) {
    try {
      return check.look();
    } catch (NotThereException e) {
      return List.of(
          Finding.note(check.subject(), "not looked at, for want of " + e.getMessage(), "", ""));
    } catch (IOException | UncheckedIOException e) {
      return List.of(Finding.problem(check.subject(), IoSentence.of(e)));
    } catch (IllegalArgumentException
        | IllegalStateException
        | IndexOutOfBoundsException
        | UnsupportedOperationException
        | BrokenModelException
        | NonFiniteException e) {
      return List.of(Finding.problem(check.subject(), String.valueOf(e.getMessage())));
    }
  }
}
