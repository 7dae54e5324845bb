package dev.terse.trainer.memory;

/** What happens where the memory forecast of a run is more than the machine has. */
public enum MemoryCheck {
  /** The run does not start. */
  REFUSE,
  /** It starts with a warning. */
  WARN,
  /** No forecast is made. */
  OFF
}
