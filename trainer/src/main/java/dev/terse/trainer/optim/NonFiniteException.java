package dev.terse.trainer.optim;

import java.util.Locale;

/** Too many updates in a row had a loss or gradient that is not a finite number. */
public final class NonFiniteException extends RuntimeException {
  private static final long serialVersionUID = 1;

  NonFiniteException(double loss, double norm, int inARow) {
    super(
        String.format(
            Locale.ROOT,
            "%d updates in a row had no finite gradient (last: loss %s, norm %s); none of them"
                + " changed a weight. Lower learning_rate, or look for a broken row in the data",
            inARow,
            loss,
            norm));
  }
}
