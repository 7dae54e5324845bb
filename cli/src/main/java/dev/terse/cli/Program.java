package dev.terse.cli;

import dev.terse.cli.command.ExitCodes;
import dev.terse.cli.keys.Configured;
import dev.terse.cli.keys.KeyHelp;
import dev.terse.cli.keys.TakesKeys;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;

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
      NativeFolders.configure();
      System.setProperty("org.bytedeco.javacpp.logger", "slf4j"); // its warnings go where ours go
      code = run(arguments);
    } catch (OutOfMemoryError e) {
      System.err.println("error: " + NativeMemory.sentence(e));
      code = ExitCodes.FAILED;
    } catch (NativeFolders.UnsafeFolderException e) {
      System.err.println("error: " + e.getMessage());
      code = ExitCodes.FAILED;
    }
    System.exit(code);
  }

  /** Runs a command in this process and returns its exit code. */
  static int run(String... arguments) {
    CommandLine line = new CommandLine(new Terse());
    line.setUsageHelpWidth(HELP_WIDTH);
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.getSubcommands().values().stream()
        .filter(command -> command.getCommand() instanceof TakesKeys)
        .forEach(Program::configure);
    line.setExecutionStrategy(Program::execute);
    line.setParameterExceptionHandler(Failures::usage);
    line.setExecutionExceptionHandler(Failures::execution);
    return line.execute(arguments);
  }

  /** The options of configured commands are the keys of their configuration, which reads them. */
  private static void configure(CommandLine command) {
    command.setUnmatchedOptionsArePositionalParams(true);
    if (command.getCommand() instanceof Configured) {
      command
          .getCommandSpec()
          .usageMessage()
          .customSynopsis(
              "java -jar trainer.jar "
                  + command.getCommandName()
                  + " [CONFIG.YAML] [--KEY VALUE …]");
      command
          .getHelpSectionMap()
          .put(
              UsageMessageSpec.SECTION_KEY_PARAMETER_LIST,
              help -> new KeyHelp(help.commandSpec(), HELP_WIDTH).overview());
    }
  }

  /** Runs the command, or tells of the key that is named after {@code --help}. */
  private static int execute(ParseResult parsed) {
    ParseResult command = parsed.subcommand();
    List<String> words = parsed.originalArgs();
    int topic = words.indexOf("--help") + 1;
    if (command == null
        || !command.isUsageHelpRequested()
        || !(command.commandSpec().userObject() instanceof Configured)
        || topic == 0
        || topic == words.size()) {
      return new RunLast().execute(parsed);
    }
    CommandLine line = command.commandSpec().commandLine();
    try {
      line.getOut().print(new KeyHelp(line.getCommandSpec(), HELP_WIDTH).topic(words.get(topic)));
      line.getOut().flush();
    } catch (IllegalArgumentException e) {
      throw new ParameterException(line, e.getMessage(), e);
    }
    return ExitCodes.OK;
  }
}
