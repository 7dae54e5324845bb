package dev.terse.trainer.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terse.engine.Engine;
import dev.terse.engine.Tensor;
import dev.terse.engine.reference.ReferenceEngine;
import dev.terse.model.folder.ModelFolder;
import dev.terse.testkit.TinyModels;
import dev.terse.trainer.optim.NonFiniteException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunFilesTest {
  @TempDir private Path folder;

  /** T24: whichever weight it is, first number or last. */
  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void writeModel_withAWeightThatIsNoNumber_writesNothing(float bad) {
    try (Engine engine = new ReferenceEngine();
        ModelFolder model = ModelFolder.load(TinyModels.folder("llama"), engine)) {
      for (Tensor weight : List.copyOf(model.decoder().trained().tensors().values())) {
        for (long at : new long[] {0, weight.size() - 1}) {
          float[] kept = new float[1];
          weight.read(at, kept, 0, 1);
          weight.write(at, new float[] {bad}, 0, 1);
          assertThatThrownBy(() -> RunFiles.writeModel(folder, model))
              .isInstanceOf(NonFiniteException.class)
              .hasMessageContaining("is not finite: the training has diverged")
              .hasMessageContaining("older checkpoints stand");
          weight.write(at, kept, 0, 1);
        }
      }
    }
    assertThat(folder).isEmptyDirectory();
  }
}
