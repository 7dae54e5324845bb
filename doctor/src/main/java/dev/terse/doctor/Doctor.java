package dev.terse.doctor;

import dev.terse.doctor.Finding.Level;
import dev.terse.io.IoSentence;
import dev.terse.rollout.BrokenModelException;
import dev.terse.trainer.optim.NonFiniteException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.function.Consumer;

/** Asks one check after another; what one finds does not keep the next from looking. */
public final class Doctor {
  private Doctor() {}

  /**
   * Looks at everything, in order.
   *
   * @param told hears each verdict as soon as it is known
   * @return the worst of them
   */
  public static Level examine(List<Check> checks, Consumer<Finding> told) {
    Level worst = Level.OK;
    for (Check check : checks) {
      for (Finding verdict : verdicts(check)) {
        told.accept(verdict);
        worst = verdict.level().compareTo(worst) > 0 ? verdict.level() : worst;
      }
    }
    return worst;
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
