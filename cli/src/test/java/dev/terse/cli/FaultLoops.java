package dev.terse.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.terse.cli.FaultedCommand.Outcome;
import dev.terse.testkit.SharedData;
import dev.terse.testkit.SuiteSize;
import dev.terse.testkit.TestSeed;
import dev.terse.testkit.disk.Disk;
import dev.terse.testkit.disk.Fault;
import dev.terse.testkit.disk.Fault.Kind;
import dev.terse.testkit.disk.Operation;
import dev.terse.testkit.disk.WatchedFileSystemProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The loops of {@link FaultsTest}, in a process of their own: all its files go through {@link
 * Disk}, which libraries that mix paths with {@code java.io.File} do not bear.
 */
final class FaultLoops {
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * The most sizes of a full disk that are tried: it has millions of bytes, not thousands of calls.
   */
  private static final int BUDGETS = 500;

  /** A line of the output that is a {@link Result}. */
  static final String LINE = "result: ";

  private final FaultedCommands commands;
  private final Disk disk;

  /** What goes wrong in a loop. */
  enum Loop {
    ERROR,
    BROKEN,
    READING,
    FULL,
    KILLED,
    POWER,
    /** Killed where a phase begins or ends, and again while what it left is deleted. */
    BORDERS
  }

  /**
   * What a loop over one command has found.
   *
   * @param cases faults that were tried
   * @param wrong what should not be so, with the place of the fault and the seed
   */
  record Result(Loop loop, FaultedCommands.Name command, int cases, List<String> wrong) {}

  /** Runs all loops of commands in a process of their own. */
  static List<Result> inAProcess(Path folder, FaultedCommands.Name... names) throws Exception {
    Path log = folder.resolve("log");
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "-XX:TieredStopAtLevel=1",
                "-Djava.nio.file.spi.DefaultFileSystemProvider="
                    + WatchedFileSystemProvider.class.getName(),
                "-Dterse.nd4j.threads=1",
                "-Dterse.root=" + SharedData.projectRoot(),
                "-Dterse.seed=" + System.getProperty("terse.seed", ""),
                "-Dterse.faults=" + System.getProperty("terse.faults", ""),
                "-cp",
                System.getProperty("java.class.path"),
                FaultLoops.class.getName(),
                Files.createDirectory(folder.resolve("disk")).toString()));
    Stream.of(names).map(FaultedCommands.Name::name).forEach(command::add);
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    int code = process.waitFor();
    String printed = Files.readString(log);
    System.out.println(printed);
    assertThat(code).as(printed).isZero();
    List<Result> results = new ArrayList<>();
    for (String line : printed.lines().filter(each -> each.startsWith(LINE)).toList()) {
      results.add(JSON.readValue(line.substring(LINE.length()), Result.class));
    }
    return results;
  }

  private FaultLoops(FaultedCommands commands, Disk disk) {
    this.commands = commands;
    this.disk = disk;
  }

  /**
   * Runs all loops.
   *
   * @param arguments an empty folder, and the commands
   */
  public static void main(String[] arguments) throws IOException {
    Path root = Path.of(arguments[0]).toRealPath();
    FaultedCommands commands = FaultedCommands.prepare(root);
    try (Disk disk = Disk.under(root)) {
      FaultLoops loops = new FaultLoops(commands, disk);
      for (String command : List.of(arguments).subList(1, arguments.length)) {
        FaultedCommands.Name name = FaultedCommands.Name.valueOf(command);
        for (Loop loop : loops(name)) {
          System.out.println(LINE + JSON.writeValueAsString(loops.run(loop, name)));
        }
      }
    }
  }

  /** Quickstart is made of the other commands; its own are the borders of its phases. */
  static Set<Loop> loops(FaultedCommands.Name name) {
    return switch (name) {
      case QUICKSTART -> EnumSet.of(Loop.BORDERS);
      case OVERWRITE, BEST -> EnumSet.of(Loop.KILLED, Loop.POWER); // the rest is that of SFT
      case SFT, GRPO, COMPRESS, TRACES, EXPORT -> EnumSet.complementOf(EnumSet.of(Loop.BORDERS));
    };
  }

  private Result run(Loop loop, FaultedCommands.Name name) throws IOException {
    FaultedCommand command = commands.of(name);
    command.undisturbed(disk);
    Result result = new Result(loop, name, 0, List.of());
    return switch (loop) {
      case ERROR ->
          calls(
              calls(result, n -> Fault.changing(Kind.ERROR, n), Power.STAYS),
              n -> Fault.changing(Kind.CUT, n),
              Power.STAYS);
      case BROKEN -> calls(result, n -> Fault.changing(Kind.BROKEN, n), Power.STAYS);
      case READING -> calls(result, n -> Fault.reading(Kind.ERROR, n), Power.STAYS);
      case KILLED -> calls(result, n -> Fault.changing(Kind.KILL, n), Power.STAYS);
      case POWER ->
          calls(
              afterTheEnd(
                  calls(result, n -> Fault.changing(Kind.KILL, n), Power.LOSES_ALL), command),
              n -> Fault.changing(Kind.KILL, n),
              Power.LOSES_SOME);
      case FULL -> full(result, command);
      case BORDERS -> borders(result, command);
    };
  }

  /** Room for N bytes, and for all but the last one. */
  private Result full(Result result, FaultedCommand command) throws IOException {
    Result some = sample(result, command.bytes(), n -> Fault.changing(Kind.FULL, n), Power.STAYS);
    if (result.command() != FaultedCommands.Name.COMPRESS) {
      return some;
    }
    Fault lacksOne = Fault.changing(Kind.FULL, command.bytes() - 1);
    List<String> wrong = new ArrayList<>(some.wrong());
    wrong.addAll(command.disturbed(disk, lacksOne, Power.STAYS, new Random(0)).wrong());
    return new Result(some.loop(), some.command(), some.cases() + 1, wrong);
  }

  /** The command has said that all is well, then the power goes. */
  private Result afterTheEnd(Result result, FaultedCommand command) throws IOException {
    Outcome outcome = command.disturbed(disk, Fault.none(), Power.LOSES_ALL, new Random(0));
    List<String> wrong = new ArrayList<>(result.wrong());
    outcome.wrong().forEach(each -> wrong.add(command.name() + " power lost at the end: " + each));
    return new Result(result.loop(), result.command(), result.cases() + 1, wrong);
  }

  private Result borders(Result result, FaultedCommand command) throws IOException {
    Function<Integer, Fault> border =
        n ->
            new Fault(
                Kind.KILL,
                n,
                call -> !call.kind().isReading() && call.name().startsWith("phase.json"));
    long seed = TestSeed.of("quickstart");
    int last = command.calls(border.apply(0));
    int stride = Math.max(1, last / SuiteSize.of("borders of quickstart", "terse.faults", 1));
    List<String> wrong = new ArrayList<>();
    int cases = 0;
    for (int n = 1 + (int) (seed % stride); n <= last; n += stride) {
      long deletion = 1 + (seed + n) % 6;
      Fault second = new Fault(Kind.KILL, deletion, call -> call.kind() == Operation.Kind.DELETE);
      Outcome outcome = command.killedTwice(disk, border.apply(n), second);
      String where = "quickstart at " + outcome.where() + ", seed " + seed + ": ";
      outcome.wrong().forEach(each -> wrong.add(where + each));
      cases++;
    }
    return new Result(result.loop(), result.command(), cases, wrong);
  }

  /** What a loss of power leaves of what was not forced to the disk. */
  enum Power {
    STAYS,
    LOSES_ALL,
    LOSES_SOME
  }

  private Result calls(Result result, Function<Integer, Fault> fault, Power power)
      throws IOException {
    int last = commands.of(result.command()).calls(fault.apply(0));
    return sample(result, last, fault, power);
  }

  /** As many N of 1 to {@code last} as are asked for, at equal distances from a random one. */
  private Result sample(Result result, int last, Function<Integer, Fault> fault, Power power)
      throws IOException {
    FaultedCommand command = commands.of(result.command());
    String title = command.name() + " " + result.loop() + " " + fault.apply(1).kind() + " " + power;
    long seed = TestSeed.of(title);
    int most = result.loop() == Loop.FULL ? Math.min(last, BUDGETS) : last;
    int size = Math.min(most, SuiteSize.of("faults of " + title, "terse.faults", 1));
    int stride = Math.max(1, last / size);
    List<String> wrong = new ArrayList<>(result.wrong());
    int cases = result.cases();
    for (int n = 1 + (int) (seed % stride); n <= last; n += stride) {
      Outcome outcome = command.disturbed(disk, fault.apply(n), power, new Random(seed + n));
      String where = title + " at " + outcome.where() + ", seed " + seed + ": ";
      outcome.wrong().forEach(each -> wrong.add(where + each));
      cases++;
    }
    return new Result(result.loop(), result.command(), cases, wrong);
  }
}
