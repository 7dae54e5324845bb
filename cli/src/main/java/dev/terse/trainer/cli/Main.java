package dev.terse.trainer.cli;

import dev.terse.cli.Program;

/**
 * The program by the name that users write: {@code java -cp trainer.jar:mine.jar
 * dev.terse.trainer.cli.Main sft run.yaml}.
 */
public final class Main {
  private Main() {}

  /** Runs a command and exits with its code. */
  public static void main(String[] arguments) {
    Program.main(arguments);
  }
}
