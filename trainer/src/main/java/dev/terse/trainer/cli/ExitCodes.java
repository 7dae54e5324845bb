package dev.terse.trainer.cli;

/** What the process says to the shell. */
final class ExitCodes {
  /** Done. */
  static final int OK = 0;

  /** It could not be done: the disk, the memory, a fault of the program. */
  static final int FAILED = 1;

  /** What was asked for is wrong: the command line, the configuration, an input file. */
  static final int USAGE = 2;

  private ExitCodes() {}
}
