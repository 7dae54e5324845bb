package dev.terse.answers.value;

/** Thrown inside this module where an answer is not understood or passes a limit. */
public final class CannotTell extends RuntimeException {
  private static final long serialVersionUID = 1;

  public CannotTell(String reason) {
    super(reason, null, false, false); // no stack trace: hostile text must not make it costly
  }
}
