package dev.terse.doctor;

/** What a check needs could not be had, and that has been told. */
public final class NotThereException extends RuntimeException {
  private static final long serialVersionUID = 1;

  NotThereException(String what) {
    super(what, null, false, false);
  }
}
