package dev.terse.rollout;

/** Why a completion ended. */
public enum FinishReason {
  /** The model drew a stop token. */
  STOP,
  /** The limit of new tokens was reached first. */
  LENGTH
}
