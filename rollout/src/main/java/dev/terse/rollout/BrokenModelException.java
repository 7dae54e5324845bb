package dev.terse.rollout;

/** The model gives no probabilities: its weights are damaged, or its training has diverged. */
public final class BrokenModelException extends RuntimeException {
  private static final long serialVersionUID = 1;

  BrokenModelException(String message) {
    super(message);
  }
}
