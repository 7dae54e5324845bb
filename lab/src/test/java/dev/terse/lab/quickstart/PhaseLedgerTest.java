package dev.terse.lab.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terse.lab.quickstart.PhaseLedger.Phase;
import dev.terse.lab.report.Report.PhaseTime;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PhaseLedgerTest {
  @TempDir Path folder;
  private int done;

  private PhaseTime run(String setting, PhaseLedger.Work work) throws IOException {
    PhaseLedger ledger = new PhaseLedger(1, new PrintStream(OutputStream.nullOutputStream()));
    Path input = folder.resolve("input");
    Path result = folder.resolve("one/result");
    ledger.run(
        new Phase(folder.resolve("one"), "first", Map.of("key", setting), List.of(input), result),
        work);
    return ledger.done().get(0);
  }

  private void work() throws IOException {
    Path result = folder.resolve("one/result");
    assertThat(result).doesNotExist();
    Files.writeString(result, "result " + ++done);
  }

  @Test
  void phase_sameSettingsAndInput_isDoneOnce() throws IOException {
    Files.writeString(folder.resolve("input"), "a");
    assertThat(run("1", this::work).doneBefore()).isFalse();
    assertThat(run("1", this::work).doneBefore()).isTrue();
    assertThat(done).isEqualTo(1);
  }

  @Test
  void phase_otherSettingOrInputOrNoResult_isDoneAgain() throws IOException {
    Files.writeString(folder.resolve("input"), "a");
    run("1", this::work);
    run("2", this::work);
    assertThat(done).isEqualTo(2);
    Files.writeString(folder.resolve("input"), "b");
    run("2", this::work);
    assertThat(done).isEqualTo(3);
    Files.delete(folder.resolve("one/result"));
    run("2", this::work);
    assertThat(done).isEqualTo(4);
  }

  @Test
  void phase_thatWasBroken_beginsAnewInAnEmptyFolder() throws IOException {
    Files.writeString(folder.resolve("input"), "a");
    assertThatThrownBy(
            () ->
                run(
                    "1",
                    () -> {
                      Files.writeString(folder.resolve("one/result"), "half");
                      throw new IOException("killed");
                    }))
        .hasMessage("killed");
    assertThat(run("1", this::work).doneBefore()).isFalse();
    assertThat(folder.resolve("one/result")).hasContent("result 1");
  }

  @Test
  void folder_withFilesOfSomebodyElse_isLeftAlone() throws IOException {
    Files.writeString(folder.resolve("input"), "a");
    Path precious = Files.createDirectories(folder.resolve("one")).resolve("thesis.txt");
    Files.writeString(precious, "years of work");
    assertThatThrownBy(() -> run("1", this::work))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("one holds files that are not of an earlier quickstart")
        .hasMessageContaining("choose another output folder");
    assertThat(precious).hasContent("years of work");
  }
}
