package dev.terse.trainer.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terse.engine.Engine;
import dev.terse.engine.Tensor;
import dev.terse.engine.reference.ReferenceEngine;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** T19: numbers that no run writes are not taken over from a state, however well it is sealed. */
class StateTensorsTest {
  private static final int SIZE = 70_000; // more than one piece

  @TempDir private Path folder;
  private final Engine engine = new ReferenceEngine();

  private Map<String, Tensor> tensor(String name, double last) {
    Tensor tensor = engine.allocate(SIZE);
    tensor.write(SIZE - 1, new float[] {(float) last}, 0, 1);
    return Map.of(name, tensor);
  }

  @ParameterizedTest
  @CsvSource({
    "exp_avg.w, NaN",
    "exp_avg.w, Infinity",
    "exp_avg_sq.w, -1.0",
    "exp_avg_sq.w, NaN",
    "exp_avg_sq.w, Infinity"
  })
  void read_ofNumbersThatNoRunWrites_isRefusedByName(String name, double value) {
    Path file = folder.resolve("optimizer.safetensors");
    StateTensors.write(file, tensor(name, value), engine);
    assertThatThrownBy(() -> StateTensors.read(file, tensor(name, 0), engine))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            file
                + ": "
                + name
                + " holds "
                + value
                + ", which no run writes; resume from another checkpoint");
  }

  @Test
  void read_ofMoments_givesWhatWasWritten() {
    Path file = folder.resolve("optimizer.safetensors");
    StateTensors.write(file, tensor("exp_avg.w", -0.5), engine);
    Map<String, Tensor> read = tensor("exp_avg.w", 0);
    StateTensors.read(file, read, engine);
    float[] last = new float[1];
    read.get("exp_avg.w").read(SIZE - 1, last, 0, 1);
    assertThat(last[0]).isEqualTo(-0.5f);
  }
}
