package dev.terse.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terse.cli.FaultLoops.Loop;
import dev.terse.cli.FaultLoops.Result;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/**
 * Whatever call to the file system fails, nothing is lost and nothing is taken: the command says in
 * one sentence which file it was, and given again it ends in the bytes of an undisturbed run.
 */
@Tag("fault")
class FaultsTest {
  @TempDir private static Path folder;
  private static final List<Result> RESULTS = new ArrayList<>();

  @BeforeAll
  static void loops() throws Exception {
    RESULTS.addAll(
        FaultLoops.inAProcess(
            folder,
            FaultedCommands.Name.SFT,
            FaultedCommands.Name.OVERWRITE,
            FaultedCommands.Name.BEST,
            FaultedCommands.Name.GRPO,
            FaultedCommands.Name.COMPRESS,
            FaultedCommands.Name.TRACES,
            FaultedCommands.Name.EXPORT));
  }

  /** T8: an error that passes, at the N-th call; of a write also by half. */
  @ParameterizedTest
  @EnumSource(
      names = {"QUICKSTART", "OVERWRITE", "BEST"},
      mode = Mode.EXCLUDE)
  void t8_errorAtTheNthCall(FaultedCommands.Name name) {
    assertRight(Loop.ERROR, name);
  }

  /** T8: from the N-th call on nothing can be changed any more. */
  @ParameterizedTest
  @EnumSource(
      names = {"QUICKSTART", "OVERWRITE", "BEST"},
      mode = Mode.EXCLUDE)
  void t8_brokenFromTheNthCall(FaultedCommands.Name name) {
    assertRight(Loop.BROKEN, name);
  }

  /** P12: an error at the N-th call that reads. */
  @ParameterizedTest
  @EnumSource(
      names = {"QUICKSTART", "OVERWRITE", "BEST"},
      mode = Mode.EXCLUDE)
  void t8_errorAtTheNthReading(FaultedCommands.Name name) {
    assertRight(Loop.READING, name);
  }

  /** T8: room for N bytes. */
  @ParameterizedTest
  @EnumSource(
      names = {"QUICKSTART", "OVERWRITE", "BEST"},
      mode = Mode.EXCLUDE)
  void t8_fullAtByteN(FaultedCommands.Name name) {
    assertRight(Loop.FULL, name);
  }

  /** T3: the process ends before the N-th call, or in the middle of it. */
  @ParameterizedTest
  @EnumSource(names = "QUICKSTART", mode = Mode.EXCLUDE)
  void t3_killedAtTheNthCall(FaultedCommands.Name name) {
    assertRight(Loop.KILLED, name);
  }

  /** T4: so does the power; of what was not forced to the disk nothing is left, or some. */
  @ParameterizedTest
  @EnumSource(names = "QUICKSTART", mode = Mode.EXCLUDE)
  void t4_powerLostAtTheNthCall(FaultedCommands.Name name) {
    assertRight(Loop.POWER, name);
  }

  private static void assertRight(Loop loop, FaultedCommands.Name name) {
    Result result =
        RESULTS.stream()
            .filter(each -> each.loop() == loop && each.command() == name)
            .findFirst()
            .orElseThrow();
    assertThat(result.cases()).isPositive();
    assertThat(result.wrong()).as("%d cases", result.cases()).isEmpty();
  }
}
