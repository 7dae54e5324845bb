package dev.terse.trainer.checkpoint;

/** When a checkpoint is written (TRL: save_strategy). */
public enum SaveStrategy {
  NO,
  STEPS,
  EPOCH,
  /** After each evaluation that is better than all before it. */
  BEST
}
