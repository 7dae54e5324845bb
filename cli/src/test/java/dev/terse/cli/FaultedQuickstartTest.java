package dev.terse.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terse.cli.FaultLoops.Result;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Beside {@link FaultsTest}: a quickstart takes seconds, so it is not among the fast tests. */
@Tag("fault")
@Tag("soak")
class FaultedQuickstartTest {
  @TempDir private Path folder;

  /** T3: killed where a phase begins or ends, and once more while it tidies up. */
  @Test
  void t3_killedAtTheBordersOfPhases_endsInTheSameTable() throws Exception {
    List<Result> results = FaultLoops.inAProcess(folder, FaultedCommands.Name.QUICKSTART);
    assertThat(results).hasSize(1);
    assertThat(results.get(0).cases()).isPositive();
    assertThat(results.get(0).wrong()).isEmpty();
  }
}
