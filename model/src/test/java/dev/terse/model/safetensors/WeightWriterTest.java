package dev.terse.model.safetensors;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terse.engine.Engine;
import dev.terse.engine.SeedTree;
import dev.terse.engine.Tensor;
import dev.terse.engine.numbers.Bfloat16;
import dev.terse.engine.reference.ReferenceEngine;
import dev.terse.testkit.TestSeed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WeightWriterTest {
  @TempDir Path folder;

  private Engine engine;
  private Map<String, Tensor> tensors;

  @BeforeEach
  void makeTensors() {
    long seed = TestSeed.of("SafetensorsWriterTest");
    engine = new ReferenceEngine();
    tensors = new LinkedHashMap<>();
    for (int[] shape : List.of(new int[] {7, 5}, new int[] {1}, new int[] {3, 4, 2})) {
      Tensor tensor = engine.allocate(shape);
      float[] values = new float[(int) tensor.size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) SeedTree.gaussian(SeedTree.at(seed, "value", shape.length, i));
      }
      tensor.setFloats(values);
      tensors.put("tensor" + shape.length + "/" + shape[0], tensor);
    }
  }

  @AfterEach
  void close() {
    tensors.values().forEach(Tensor::close);
    engine.close();
  }

  @ParameterizedTest
  @EnumSource
  void file_writtenAndRead_holdsTheRoundedNumbers(DType dtype) {
    Path file = folder.resolve("w.safetensors");
    WeightWriter.write(file, tensors, dtype);

    try (SafetensorsWeights read = SafetensorsWeights.open(file)) {
      assertThat(read.names()).containsExactlyElementsOf(tensors.keySet());
      tensors.forEach(
          (name, tensor) -> {
            assertThat(read.shape(name)).containsExactly(tensor.shape());
            float[] expected = tensor.toFloats();
            for (int i = 0; i < expected.length; i++) {
              expected[i] = rounded(expected[i], dtype);
            }
            assertThat(numbers(read, name, expected.length)).containsExactly(expected);
          });
    }
  }

  @Test
  void weights_split_equalTheSingleFile() throws IOException {
    WeightFiles.write(folder, tensors, DType.F32, 99);

    assertThat(fileNames())
        .containsExactly(
            "model-00001-of-00003.safetensors",
            "model-00002-of-00003.safetensors",
            "model-00003-of-00003.safetensors",
            "model.safetensors.index.json");
    assertSame();

    WeightFiles.write(folder, tensors, DType.F32, WeightFiles.MAX_SHARD_BYTES);
    assertThat(fileNames())
        .contains("model.safetensors")
        .doesNotContain("model.safetensors.index.json");
    assertSame();
  }

  private void assertSame() {
    try (WeightSource source = WeightFiles.open(folder)) {
      assertThat(source.names()).containsExactlyElementsOf(tensors.keySet());
      tensors.forEach(
          (name, tensor) -> {
            try (Tensor copy = engine.allocate(source.shape(name))) {
              source.readInto(name, copy);
              assertThat(copy.toFloats()).containsExactly(tensor.toFloats());
            }
          });
    }
  }

  private List<String> fileNames() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(f -> f.getFileName().toString()).sorted().toList();
    }
  }

  private static float[] numbers(WeightSource source, String name, int count) {
    float[] values = new float[count];
    source.read(name, 0, values, 0, count);
    return values;
  }

  private static float rounded(float value, DType dtype) {
    return switch (dtype) {
      case F32 -> value;
      case F16 -> DType.halfToFloat(DType.floatToHalf(value));
      case BF16 -> Float.intBitsToFloat(Bfloat16.of(value) << 16);
    };
  }
}
