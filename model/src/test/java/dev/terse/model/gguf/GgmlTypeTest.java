package dev.terse.model.gguf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terse.testkit.TestSeed;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GgmlTypeTest {
  private static final int NUMBERS = 3 * 512;

  @TempDir Path folder;
  private FloatBuffer golden;

  @BeforeEach
  void load() throws IOException {
    golden =
        ByteBuffer.wrap(GgufFixtures.bytes("types.f32"))
            .order(ByteOrder.LITTLE_ENDIAN)
            .asFloatBuffer();
  }

  private float[] golden(GgufFile file, GgufHeader.Entry wanted) {
    int index = 0;
    for (GgufHeader.Entry entry : file.header().tensors().values()) {
      if (entry.equals(wanted)) {
        break;
      }
      index++;
    }
    float[] values = new float[NUMBERS];
    golden.get(index * NUMBERS, values);
    return values;
  }

  @Test
  void read_everyType_givesTheBitsOfGgufPy() throws IOException {
    try (GgufFile file = GgufFile.open(GgufFixtures.file("types.gguf", folder))) {
      assertThat(file.header().tensors().keySet())
          .containsExactlyInAnyOrderElementsOf(
              java.util.Arrays.stream(GgmlType.values()).map(Enum::name).toList());
      for (GgufHeader.Entry entry : file.header().tensors().values()) {
        assertThat(entry.shape()).containsExactly(3, 512);
        float[] found = new float[NUMBERS];
        file.read(entry, 0, found, 0, NUMBERS);
        assertThat(bits(found)).as(entry.name()).isEqualTo(bits(golden(file, entry)));
      }
    }
  }

  @Test
  void read_anyRange_isThatRangeOfTheWhole() throws IOException {
    Random random = new Random(TestSeed.of("GgmlTypeTest"));
    try (GgufFile file = GgufFile.open(GgufFixtures.file("types.gguf", folder))) {
      for (GgufHeader.Entry entry : file.header().tensors().values()) {
        float[] whole = golden(file, entry);
        for (int trial = 0; trial < 20; trial++) {
          int offset = random.nextInt(NUMBERS);
          int count = random.nextInt(NUMBERS - offset + 1);
          float[] found = new float[count + 2];
          file.read(entry, offset, found, 1, count);
          for (int i = 0; i < count; i++) {
            assertThat(found[i + 1]).isEqualTo(whole[offset + i]);
          }
          assertThat(found[0] + found[count + 1]).isZero();
        }
      }
    }
  }

  private static int[] bits(float[] values) {
    int[] bits = new int[values.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = Float.floatToRawIntBits(values[i]);
    }
    return bits;
  }
}
