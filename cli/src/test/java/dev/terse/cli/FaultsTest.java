package dev.terse.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terse.cli.FaultedCommand.Outcome;
import dev.terse.testkit.SuiteSize;
import dev.terse.testkit.TestSeed;
import dev.terse.testkit.disk.Disk;
import dev.terse.testkit.disk.Fault;
import dev.terse.testkit.disk.Fault.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Whatever call to the file system fails, nothing is lost and nothing is taken: the command says in
 * one sentence which file it was, and given again it ends in the bytes of an undisturbed run.
 */
@Tag("fault")
class FaultsTest {
  @TempDir private static Path folder;
  private static FaultedCommands commands;
  private static Disk disk;

  @BeforeAll
  static void begin() throws IOException {
    commands = FaultedCommands.prepare(Files.createDirectory(folder.resolve("disk")));
    disk = Disk.under(folder.resolve("disk"));
  }

  @AfterAll
  static void end() {
    disk.close();
  }

  /** T8: an error that passes, at the N-th call. */
  @ParameterizedTest
  @EnumSource
  void t8_errorAtTheNthCall(FaultedCommands.Name name) throws IOException {
    loop(name, n -> Fault.changing(Kind.ERROR, n), Power.STAYS);
    loop(name, n -> Fault.changing(Kind.CUT, n), Power.STAYS);
  }

  /** T8: from the N-th call on nothing can be changed any more. */
  @ParameterizedTest
  @EnumSource
  void t8_brokenFromTheNthCall(FaultedCommands.Name name) throws IOException {
    loop(name, n -> Fault.changing(Kind.BROKEN, n), Power.STAYS);
  }

  /** P12: an error at the N-th call that reads. */
  @ParameterizedTest
  @EnumSource
  void t8_errorAtTheNthReading(FaultedCommands.Name name) throws IOException {
    loop(name, n -> Fault.reading(Kind.ERROR, n), Power.STAYS);
  }

  /** T8: room for N bytes; whether the disk says how much it has, or not. */
  @ParameterizedTest
  @EnumSource
  void t8_fullAtByteN(FaultedCommands.Name name) throws IOException {
    FaultedCommand command = commands.of(name);
    command.undisturbed(disk);
    sample(command, command.bytes(), n -> Fault.changing(Kind.FULL, n), Power.STAYS);
  }

  /** T3: the process ends before the N-th call, or in the middle of it. */
  @ParameterizedTest
  @EnumSource
  void t3_killedAtTheNthCall(FaultedCommands.Name name) throws IOException {
    loop(name, n -> Fault.changing(Kind.KILL, n), Power.STAYS);
  }

  /** T4: so does the power; of what was not forced to the disk nothing is left, or some. */
  @ParameterizedTest
  @EnumSource
  void t4_powerLostAtTheNthCall(FaultedCommands.Name name) throws IOException {
    loop(name, n -> Fault.changing(Kind.KILL, n), Power.LOSES_ALL);
    loop(name, n -> Fault.changing(Kind.KILL, n), Power.LOSES_SOME);
  }

  /** What a loss of power leaves of what was not forced to the disk. */
  enum Power {
    STAYS,
    LOSES_ALL,
    LOSES_SOME
  }

  private void loop(FaultedCommands.Name name, Function<Integer, Fault> fault, Power power)
      throws IOException {
    FaultedCommand command = commands.of(name);
    command.undisturbed(disk);
    sample(command, command.calls(fault.apply(0)), fault, power);
  }

  private void sample(
      FaultedCommand command, int last, Function<Integer, Fault> fault, Power power)
      throws IOException {
    String title = command.name() + " " + fault.apply(1).kind() + " " + power;
    long seed = TestSeed.of(title);
    int size = Math.min(last, SuiteSize.of("faults of " + title, "terse.faults", 1));
    int stride = Math.max(1, last / size);
    int first = 1 + (int) (seed % stride);
    List<String> wrong = new ArrayList<>();
    int cases = 0;
    for (int n = first; n <= last; n += stride) {
      Outcome outcome = command.disturbed(disk, fault.apply(n), power, new Random(seed + n));
      outcome.wrong().forEach(each -> wrong.add(title + " at " + outcome.where() + ": " + each));
      cases++;
    }
    assertThat(wrong).as("%d of %d cases, seed %d", cases, last, seed).isEmpty();
  }
}
