package dev.terse.trainer.optim;

/** The training has led to numbers that are not finite. */
public final class NonFiniteException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /**
   * @param message which numbers, and what to do
   */
  public NonFiniteException(String message) {
    super(message);
  }
}
