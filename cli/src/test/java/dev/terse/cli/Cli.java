package dev.terse.cli;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

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
