package dev.terse.cli;

import dev.terse.cli.command.ConfiguredCommand;
import dev.terse.cli.command.ExitCodes;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import picocli.CommandLine;

/** The program: {@code java -jar trainer.jar COMMAND …}. The only class that ends the process. */
public final class Program {
  private static final int HELP_WIDTH = 100;

  private Program() {}

  /** Runs a command and exits with its code; see {@link ExitCodes}. */
  public static void main(String[] arguments) {
    int code;
    try {
      Locale.setDefault(Locale.ROOT); // numbers in help and logs look the same everywhere
      NativeMemory.configure();
      System.setProperty("org.bytedeco.javacpp.logger", "slf4j"); // its warnings go where ours go
      code = run(arguments);
    } catch (OutOfMemoryError e) {
      System.err.println("error: " + NativeMemory.sentence(e));
      code = ExitCodes.FAILED;
    }
    System.exit(code);
  }

  /** Runs a command in this process and returns its exit code. */
  static int run(String... arguments) {
    CommandLine line = new CommandLine(new Terse());
    line.setUsageHelpWidth(HELP_WIDTH);
    line.setCaseInsensitiveEnumValuesAllowed(true);
    Map<String, CommandLine> commands = new LinkedHashMap<>(line.getSubcommands());
    // The options of configured commands are the keys of their configuration, which reads them.
    commands.values().removeIf(command -> !(command.getCommand() instanceof ConfiguredCommand));
    commands.values().forEach(command -> command.setUnmatchedOptionsArePositionalParams(true));
    line.setParameterExceptionHandler(Failures::usage);
    line.setExecutionExceptionHandler(Failures::execution);
    Set<String> takingOptions = new TreeSet<>(line.getSubcommands().keySet());
    takingOptions.removeAll(commands.keySet());
    try {
      return line.execute(OptionFile.expand(arguments, takingOptions));
    } catch (IOException | IllegalArgumentException e) {
      return Failures.execution(e, line, null);
    }
  }
}
