package dev.terse.testkit.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terse.engine.Tensor;
import dev.terse.engine.numbers.DynamicMap;
import dev.terse.engine.numbers.Storage;
import dev.terse.testkit.Close;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tensors of fewer bits: what they hold, and that nothing but AdamW takes them. */
@Covers("Engine.allocate")
abstract class CompactConformance extends OperationConformance {
  CompactConformance(EngineConformance owner) {
    super(owner);
  }

  @ParameterizedTest
  @EnumSource(Storage.class)
  void allocate_everyStorage_givesZerosOfTheShape(Storage storage) {
    try (Tensor t = engine().allocate(storage, 3, 100, 3)) {
      assertThat(t.storage()).isEqualTo(storage);
      assertThat(t.shape()).containsExactly(3, 100, 3);
      assertThat(t.byteSize()).isEqualTo(storage.bytes(900, engine().numberBytes()));
      assertThat(t.toDoubles()).containsOnly(0);
    }
  }

  @ParameterizedTest
  @EnumSource(Storage.class)
  void bytes_copiedInPieces_giveTheSameTensor(Storage storage) {
    double[] values = lab.draws.normal(1000, 1);
    for (int i = 0; i < values.length && storage == Storage.UINT8; i++) {
      values[i] *= values[i];
    }
    try (Tensor from = engine().allocate(storage, 10, 100);
        Tensor to = engine().allocate(storage, 10, 100)) {
      from.setDoubles(values);
      int half = (int) from.byteSize() / 16 * 8;
      byte[] bytes = new byte[(int) from.byteSize() + 2];
      from.readBytes(half, bytes, half + 1, (int) from.byteSize() - half);
      from.readBytes(0, bytes, 1, half);
      to.writeBytes(0, bytes, 1, half);
      to.writeBytes(half, bytes, half + 1, (int) from.byteSize() - half);
      Close.assertSame(storage + " copied", to.toDoubles(), from.toDoubles());
      assertThatThrownBy(() -> to.writeBytes(8, bytes, 0, (int) to.byteSize()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(" are outside ");
    }
  }

  @Test
  void bfloat16_written_roundsToNearestTiesToEven() {
    try (Tensor t = engine().allocate(Storage.BFLOAT16, 8)) {
      float ulp = 0x1.0p-7f;
      t.setFloats(
          new float[] {
            1 + ulp / 2,
            1 + 3 * ulp / 2,
            1 + ulp / 2 + 0x1.0p-23f,
            -(1 + 3 * ulp / 2),
            Float.MAX_VALUE,
            Float.NEGATIVE_INFINITY,
            Float.NaN,
            Float.MIN_VALUE
          });
      assertThat(t.toFloats())
          .containsExactly(
              1,
              1 + 2 * ulp,
              1 + ulp,
              -(1 + 2 * ulp),
              Float.POSITIVE_INFINITY,
              Float.NEGATIVE_INFINITY,
              Float.NaN,
              0);
    }
  }

  @Test
  void int8_partOfABlock_isReadAndNotWritten() {
    try (Tensor t = engine().allocate(Storage.INT8, 700)) {
      float[] values = new float[700];
      for (int i = 0; i < values.length; i++) {
        values[i] = (i % 256 == 3 ? 1 : 0.1f) * (1 + i / 256);
      }
      t.write(0, values, 0, 512);
      t.write(512, values, 512, 188);
      float[] part = new float[300];
      t.read(250, part, 1, 299);
      assertThat(part[1 + 259 - 250]).isEqualTo(2);
      assertThat(part[1 + 515 - 250]).isEqualTo(3);
      assertThatThrownBy(() -> t.write(0, values, 0, 255))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "INT8 tensor [700] is written in whole blocks of "
                  + DynamicMap.BLOCK
                  + " numbers, not elements 0 to 255");
      assertThatThrownBy(() -> t.write(128, values, 0, 572))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("whole blocks");
    }
  }

  @ParameterizedTest
  @EnumSource(names = "FULL", mode = EnumSource.Mode.EXCLUDE)
  void compact_viewedOrGivenToAnOperation_isRefused(Storage storage) {
    try (Tensor t = engine().allocate(storage, 4, 4)) {
      Tensor full = lab.normal(4, 4).actual();
      assertThatThrownBy(() -> t.rowsView(0, 2))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(storage + " tensor [4, 4] cannot be viewed in parts or in another shape");
      assertThatThrownBy(() -> t.shapedView(16)).isInstanceOf(IllegalArgumentException.class);
      String sentence =
          "only moments of adamW, and in bfloat16 weights of matmuls that read it, may be compact,"
              + " got a "
              + storage
              + " tensor [4, 4]";
      Tensor out = lab.normal(4, 4).actual();
      assertThatThrownBy(() -> engine().linear(t, full, null, out))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(sentence);
      assertThatThrownBy(() -> engine().clear(t)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void compact_usedAfterItsEnd_isRefused() {
    Tensor t = engine().allocate(Storage.BFLOAT16, 4);
    t.close();
    t.close();
    assertThatThrownBy(() -> t.toFloats()).isInstanceOf(IllegalStateException.class);
  }
}
