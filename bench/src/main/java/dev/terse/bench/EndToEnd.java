package dev.terse.bench;

import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Whole runs as a user sees them, each printing one JSON line a case with its rate and its memory,
 * and profiles of them. {@code bench/peers.py} runs them beside the peers.
 */
@Command(
    name = "EndToEnd",
    mixinStandardHelpOptions = true,
    description = "Times decoding, scoring and training, and shows where the time of a step goes.",
    footer = {
      "",
      "Examples:",
      "  java -cp trainer.jar:bench/target/classes dev.terse.bench.EndToEnd decode --model DIR",
      "  java -cp trainer.jar:bench/target/classes dev.terse.bench.EndToEnd \\",
      "      profile --model DIR --text FILE --tokens 2048"
    },
    subcommands = {
      DecodeCommand.class,
      ScoringRateCommand.class,
      TrainCommand.class,
      ProfileCommand.class,
      ProfileDecodeCommand.class,
      SftRowsCommand.class
    })
public final class EndToEnd implements Runnable {
  @Spec private CommandSpec spec;

  private EndToEnd() {}

  /** Runs one case. */
  public static void main(String[] args) {
    Locale.setDefault(Locale.ROOT);
    // As in trainer.jar the arrays may take what the machine has, not what the heap has.
    System.setProperty("org.bytedeco.javacpp.maxBytes", "0");
    System.setProperty("org.bytedeco.javacpp.maxPhysicalBytes", "0");
    System.exit(new CommandLine(new EndToEnd()).execute(args));
  }

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "which case? One of " + String.join(", ", spec.subcommands().keySet()));
  }
}
