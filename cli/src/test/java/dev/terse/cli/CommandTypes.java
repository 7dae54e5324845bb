package dev.terse.cli;

import dev.terse.cli.keys.Configured;
import picocli.CommandLine;

/** The configurations of the commands by their names. */
public final class CommandTypes {
  private CommandTypes() {}

  /** The record that a command is told by. */
  public static Class<?> of(String command) {
    Object found = new CommandLine(new Terse()).getSubcommands().get(command).getCommand();
    return ((Configured) found).configuration();
  }
}
