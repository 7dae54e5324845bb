package dev.terse.testkit.conformance;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terse.testkit.Close;
import dev.terse.testkit.conformance.TwinLab.Twin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Table look-up and its backward. */
@Covers({"Engine.embed", "Engine.embedBackward"})
abstract class EmbeddingConformance extends OperationConformance {
  EmbeddingConformance(EngineConformance owner) {
    super(owner);
  }

  @Test
  void embed_randomIds_equalsReference() {
    for (int round = 0; round < 4; round++) {
      int vocabulary = lab.draws.between(1, 300);
      int channels = lab.draws.between(1, 70);
      int[] ids = lab.draws.integers(lab.draws.between(1, 90), 0, vocabulary - 1);
      Twin table = lab.normal(vocabulary, channels);
      Twin out = lab.normal(ids.length, channels);
      lab.run((e, t) -> e.embed(t.of(table), ids, t.of(out)), out);
      lab.assertClose("embed", out, 0);
    }
  }

  @Test
  void embedBackward_repeatedIds_addsAllRows() {
    int[] ids = lab.draws.integers(200, 0, 9);
    Twin dOut = lab.normal(ids.length, 33);
    Twin dTable = lab.normal(12, 33);
    lab.compare(
        "embedBackward",
        ids.length,
        (e, t) -> e.embedBackward(ids, t.of(dOut), t.of(dTable)),
        dTable);
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 10, 50_000, Integer.MIN_VALUE, Integer.MAX_VALUE})
  void embed_idOutsideTable_isRefusedAndNothingIsWritten(int wrong) {
    int[] ids = {0, 9, 4, wrong};
    String sentence = "token id " + wrong + " at position 3 is outside the table of 10 rows";
    Twin table = lab.normal(10, 4);
    Twin rows = lab.normal(4, 4);
    double[] tableBefore = table.actual().toDoubles();
    double[] rowsBefore = rows.actual().toDoubles();
    assertThatThrownBy(() -> engine().embed(table.actual(), ids, rows.actual()))
        .isInstanceOf(IndexOutOfBoundsException.class)
        .hasMessage(sentence);
    assertThatThrownBy(() -> engine().embedBackward(ids, rows.actual(), table.actual()))
        .isInstanceOf(IndexOutOfBoundsException.class)
        .hasMessage(sentence);
    Close.assertSame("table", table.actual().toDoubles(), tableBefore);
    Close.assertSame("rows", rows.actual().toDoubles(), rowsBefore);
  }
}
