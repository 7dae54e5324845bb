package dev.terse.cli.command;

/** What the process says to the shell. */
public final class ExitCodes {
  /** Done. */
  public static final int OK = 0;

  /** It could not be done: the disk, the memory, a fault of the program. */
  public static final int FAILED = 1;

  /** What was asked for is wrong: the command line, the configuration, an input file. */
  public static final int USAGE = 2;

  private ExitCodes() {}
}
