package dev.terse.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terse.cli.command.ExitCodes;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Stream;

/** A run of the command line in this process, with what it printed. */
record Cli(int code, String out, String err) {

  static Cli run(String... arguments) {
    return run(Patience.ANY, arguments);
  }

  /** What a user does who waits for a command. */
  enum Patience {
    ANY,
    /** Stops it when it says that it waits for room on the disk. */
    NONE
  }

  static Cli run(Patience patience, String... arguments) {
    PrintStream realOut = System.out;
    PrintStream realErr = System.err;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err =
        patience == Patience.NONE ? new Impatient() : new ByteArrayOutputStream();
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
    try {
      int code = Program.run(arguments);
      return new Cli(code, text(out), text(err));
    } finally {
      Thread.interrupted(); // what the user did is over
      System.setOut(realOut);
      System.setErr(realErr);
    }
  }

  /** A run that must end well. */
  static Cli ok(String... arguments) {
    Cli run = run(arguments);
    assertThat(run.code()).as(run.err() + run.out()).isEqualTo(ExitCodes.OK);
    return run;
  }

  /** A run that must be refused, in a sentence with these words. */
  static void refused(String words, String... arguments) {
    Cli run = run(arguments);
    assertThat(run.code()).as(run.err()).isEqualTo(ExitCodes.USAGE);
    assertThat(run.err()).contains(words).doesNotContain("\tat ");
  }

  /** The same command line with more at its end. */
  static String[] with(String[] arguments, String... more) {
    return Stream.concat(Arrays.stream(arguments), Arrays.stream(more)).toArray(String[]::new);
  }

  private static final class Impatient extends ByteArrayOutputStream {
    @Override
    public synchronized void write(byte[] bytes, int from, int length) {
      super.write(bytes, from, length);
      if (new String(bytes, from, length, StandardCharsets.UTF_8).contains("the run waits for")) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static String text(ByteArrayOutputStream bytes) {
    return bytes.toString(StandardCharsets.UTF_8).replace("\r\n", "\n");
  }
}
