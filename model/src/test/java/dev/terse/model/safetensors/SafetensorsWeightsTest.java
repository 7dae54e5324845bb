package dev.terse.model.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsWeightsTest {
  private static final String GOOD =
      "{'__metadata__':{'format':'pt'},"
          + "'a':{'dtype':'F32','shape':[2,1],'data_offsets':[0,8]},"
          + "'b':{'dtype':'BF16','shape':[3],'data_offsets':[8,14]},"
          + "'c':{'dtype':'F16','shape':[],'data_offsets':[14,16]},"
          + "'d':{'dtype':'I64','shape':[0],'data_offsets':[16,16]}}";

  @TempDir Path folder;

  @Test
  void file_threeTypes_givesShapesAndNumbers() throws IOException {
    ByteBuffer data = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
    data.putFloat(1.5f).putFloat(-2).putShort((short) 0x3fc0).putShort((short) 0xc000);
    data.putShort((short) 0).putShort((short) 0x3c00);
    try (SafetensorsWeights file = SafetensorsWeights.open(write(GOOD, data.array()))) {
      assertThat(file.names()).containsExactly("a", "b", "c", "d");
      assertThat(file.shape("a")).containsExactly(2, 1);
      assertThat(file.shape("c")).isEmpty();
      assertThat(read(file, "a", 2)).containsExactly(1.5f, -2f);
      assertThat(read(file, "b", 3)).containsExactly(1.5f, -2f, 0f);
      assertThat(read(file, "c", 1)).containsExactly(1f);
      assertThatThrownBy(() -> read(file, "a", 3)).isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> read(file, "d", 0))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageEndingWith("tensor 'd' is I64, weights must be F32, F16 or BF16");
      assertThatThrownBy(() -> file.shape("e"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageEndingWith("has no tensor 'e'");
    }
  }

  @Test
  void index_thatLies_isRefused() throws IOException {
    Path shard = write("{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}}", new byte[4]);
    String file = shard.getFileName().toString();

    assertIndexRefused("{'a':'../secret.safetensors'}", "must name files of its own folder");
    assertIndexRefused("{'a':'/etc/passwd'}", "must name files of its own folder");
    assertIndexRefused(
        "{'a':'" + file + "','b':'gone.safetensors'}", "names 1 missing of 2 shards: gone.saf");
    assertIndexRefused(
        "{'a':'" + file + "','b':'" + file + "'}", "does not agree with its shards: 'b' is not in");
    assertIndexRefused("{'a':7}", "weight_map of 'a' must be a file name");
    assertIndexRefused("{}", "must have a weight_map with entries");
    assertIndexRefused("{'a':'x','a':'y'}", "is not valid JSON: Duplicate field 'a'");
  }

  @Test
  void folder_withoutWeights_saysWhatWasLookedFor() throws IOException {
    Files.write(folder.resolve("pytorch_model.bin"), new byte[1]);

    assertThatThrownBy(() -> WeightFiles.open(folder))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected model.safetensors or model.safetensors.index.json")
        .hasMessageContaining("pytorch_model.bin is not read");
  }

  private void assertIndexRefused(String weightMap, String sentence) throws IOException {
    Path index = folder.resolve(WeightFiles.INDEX);
    Files.writeString(index, ("{'weight_map':" + weightMap + "}").replace('\'', '"'));
    assertThatThrownBy(() -> WeightFiles.open(folder))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(index.toString())
        .hasMessageContaining(sentence);
  }

  private static float[] read(SafetensorsWeights file, String name, int count) {
    float[] values = new float[count];
    file.read(name, 0, values, 0, count);
    return values;
  }

  private Path write(String header, byte[] data) throws IOException {
    byte[] text = header.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    byte[] rest = new byte[text.length + data.length];
    System.arraycopy(text, 0, rest, 0, text.length);
    System.arraycopy(data, 0, rest, text.length, data.length);
    return writeBytes(text.length, rest);
  }

  private Path writeBytes(long length, byte[] rest) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(8 + rest.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(length).put(rest);
    return Files.write(folder.resolve("test.safetensors"), bytes.array());
  }
}
