package dev.terse.trainer.loop;

/**
 * What was under way when a stop was asked for is given up. Nothing that it computed counts: the
 * run stands where it stood before.
 */
public final class RunStoppedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** A sentence for whoever does not go on from it. */
  public RunStoppedException(String message) {
    super(message);
  }
}
