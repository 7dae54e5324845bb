package dev.terse.cli;

import dev.terse.cli.command.ExitCodes;
import dev.terse.io.IoSentence;
import dev.terse.rollout.BrokenModelException;
import dev.terse.trainer.loop.RunStoppedException;
import dev.terse.trainer.optim.NonFiniteException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The border between commands and people: turns a failure into one sentence and an exit code; the
 * stack trace is for {@code --verbose} only.
 */
final class Failures {
  private Failures() {}

  /** A command line that cannot be understood. */
  static int usage(ParameterException failure, String[] arguments) {
    CommandLine line = failure.getCommandLine();
    line.getErr().println("error: " + failure.getMessage());
    boolean suggested = UnmatchedArgumentException.printSuggestions(failure, line.getErr());
    if (!suggested) {
      line.getErr().println("see: " + line.getCommandSpec().qualifiedName() + " --help");
    }
    return ExitCodes.USAGE;
  }

  /** A command that failed. */
  static int execution(Exception failure, CommandLine line, ParseResult parsed) {
    line.getErr().println("error: " + sentence(failure));
    if (line.getCommandSpec().root().userObject() instanceof Terse terse && terse.isVerbose()) {
      failure.printStackTrace(line.getErr());
    }
    return isUsers(failure) ? ExitCodes.USAGE : ExitCodes.FAILED;
  }

  /** Whether the user can mend it by asking for something else. */
  private static boolean isUsers(Exception failure) {
    return failure instanceof IllegalArgumentException
        || failure instanceof IndexOutOfBoundsException
        || failure instanceof NoSuchFileException
        || failure instanceof UncheckedIOException unchecked && isUsers(unchecked.getCause());
  }

  private static String sentence(Exception failure) {
    if (failure instanceof UncheckedIOException || failure instanceof IOException) {
      return IoSentence.of(failure);
    }
    if (failure instanceof IllegalArgumentException
        || failure instanceof IndexOutOfBoundsException
        || failure instanceof UnsupportedOperationException
        || failure instanceof RunStoppedException
        || failure instanceof BrokenModelException
        || failure instanceof NonFiniteException) {
      return orName(failure);
    }
    return "a fault of the program, please report it with the output of --verbose: " + failure;
  }

  private static String orName(Exception failure) {
    return failure.getMessage() == null ? failure.toString() : failure.getMessage();
  }
}
