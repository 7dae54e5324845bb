package dev.terse.lab.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.terse.trainer.eval.EvalRecord;
import dev.terse.trainer.eval.EvalRecord.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PairedComparisonTest {
  private static EvalRecord record(int id, boolean correct, int tokens) {
    return new EvalRecord(
        "p" + id, Status.OK, correct, "1", "1", tokens - 2, 2, 3, 1, "text \u2028 " + id);
  }

  @Test
  void mcNemar_exact_equalsTheBinomialTails() {
    assertThat(PairedComparison.mcNemar(0, 0)).isEqualTo(1);
    assertThat(PairedComparison.mcNemar(0, 5)).isCloseTo(2 / 32.0, within(1e-12));
    assertThat(PairedComparison.mcNemar(1, 9)).isCloseTo(2 * 11 / 1024.0, within(1e-12));
    assertThat(PairedComparison.mcNemar(4, 4)).isEqualTo(1);
  }

  @Test
  void comparison_ofKnownRecords_countsAndMeans() {
    List<EvalRecord> before = IntStream.range(0, 40).mapToObj(i -> record(i, i < 20, 100)).toList();
    List<EvalRecord> after = IntStream.range(2, 42).mapToObj(i -> record(i, i < 25, 60)).toList();
    PairedComparison comparison = PairedComparison.of(before, after, 7);
    assertThat(comparison.problems()).isEqualTo(38);
    assertThat(comparison.onlyOne()).isEqualTo(4);
    assertThat(comparison.bothRight()).isEqualTo(18);
    assertThat(comparison.lost()).isZero();
    assertThat(comparison.gained()).isEqualTo(5);
    assertThat(comparison.tokenChange().value()).isCloseTo(-0.4, within(1e-12));
    assertThat(comparison.tokenChange().low()).isCloseTo(-0.4, within(1e-12));
    assertThat(comparison.accuracyChange().value()).isCloseTo(5 / 38.0, within(1e-12));
    assertThat(comparison.accuracyChange().low()).isBetween(0.0, 5 / 38.0);
    assertThat(comparison.accuracyChange().high()).isBetween(5 / 38.0, 0.3);
    assertThat(PairedComparison.of(before, after, 7)).isEqualTo(comparison);
    assertThat(comparison.describe()).contains("gained 5", "-40.0 %");
    PairedComparison thinking = PairedComparison.of(before, after, EvalRecord::thinkTokens, 7);
    assertThat(thinking.tokensBefore()).isEqualTo(98);
    assertThat(thinking.tokenChange().value()).isCloseTo(58 / 98.0 - 1, within(1e-12));
  }

  @Test
  void comparison_withNothingInCommon_isRefused() {
    assertThatThrownBy(
            () -> PairedComparison.of(List.of(record(1, true, 9)), List.of(record(2, true, 9)), 1))
        .hasMessageContaining("no problem id in common");
    assertThatThrownBy(
            () ->
                PairedComparison.of(List.of(record(1, true, 9), record(1, true, 9)), List.of(), 1))
        .hasMessageContaining("'p1' stands twice in the first file");
  }

  @Test
  void records_writtenAndRead_areTheSame(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("records.jsonl");
    List<EvalRecord> records = List.of(record(1, true, 9), record(2, false, 12));
    EvalRecord.write(file, records);
    assertThat(EvalRecord.read(file)).isEqualTo(records);
    Files.writeString(file, "{\"id\":\"a\"}\n");
    assertThatThrownBy(() -> EvalRecord.read(file))
        .hasMessageContaining("line 1: expected a record of the eval command");
  }
}
