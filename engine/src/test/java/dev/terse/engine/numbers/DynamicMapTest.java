package dev.terse.engine.numbers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Against bitsandbytes; golden/dynamic-map.txt says which release and how it was asked. */
class DynamicMapTest {

  @ParameterizedTest
  @CsvSource({"signed, INT8", "unsigned, UINT8"})
  void values_equalThoseOfBitsandbytes(String name, Storage storage) throws IOException {
    double[] expected = golden(name + " map");
    for (int code = 0; code < 256; code++) {
      // bitsandbytes computes its values in 32 bits.
      assertThat((double) storage.map().value(code))
          .isCloseTo(expected[code], within(1e-6 * Math.abs(expected[code])));
    }
  }

  @ParameterizedTest
  @CsvSource({"signed, INT8", "unsigned, UINT8"})
  void encode_givesTheCodesOfBitsandbytes(String name, Storage storage) throws IOException {
    float[] x = floats(golden(name + " x"));
    byte[] codes = new byte[x.length];
    float[] absmax = new float[3];
    storage.map().encode(x, 0, x.length, codes, absmax);
    assertThat(absmax).containsExactly(floats(golden(name + " absmax")));
    double[] expected = golden(name + " codes");
    for (int i = 0; i < x.length; i++) {
      // The one difference: what is positive does not become 0.
      int code = storage == Storage.UINT8 && expected[i] == 0 ? 1 : (int) expected[i];
      assertThat(codes[i] & 0xff).as("number %d, %s", i, x[i]).isEqualTo(code);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"INT8", "UINT8"})
  void encode_everyMagnitude_givesTheNearestValue(Storage storage) {
    DynamicMap map = storage.map();
    float[] x = new float[256];
    byte[] codes = new byte[256];
    float[] absmax = new float[1];
    float[] back = new float[256];
    x[0] = 1;
    for (int from = 0; from < 400; from++) {
      for (int i = 1; i < 256; i++) {
        double size = Math.pow(10, -7.5 * (from * 256 + i) / (400 * 256.0));
        x[i] = (float) (storage == Storage.INT8 && i % 2 == 0 ? -size : size);
      }
      map.encode(x, 0, 256, codes, absmax);
      map.decode(codes, absmax, 0, back, 0, 256);
      for (int i = 1; i < 256; i++) {
        double nearest = Double.POSITIVE_INFINITY;
        for (int code = 0; code < 256; code++) {
          boolean possible = storage == Storage.INT8 || map.value(code) > 0;
          nearest = possible ? Math.min(nearest, Math.abs(map.value(code) - x[i])) : nearest;
        }
        assertThat(Math.abs((double) back[i] - x[i])).isLessThanOrEqualTo(nearest * (1 + 1e-5));
      }
    }
  }

  @Test
  void encode_zeros_areZeros() {
    byte[] codes = new byte[300];
    float[] absmax = new float[2];
    float[] back = new float[300];
    Arrays.fill(back, 1);
    DynamicMap.UNSIGNED.encode(new float[300], 0, 300, codes, absmax);
    DynamicMap.UNSIGNED.decode(codes, absmax, 0, back, 0, 300);
    assertThat(back).containsOnly(0);
  }

  @Test
  void encode_nan_spoilsItsBlockOnly() {
    float[] x = new float[600];
    Arrays.fill(x, 0.5f);
    x[300] = Float.NaN;
    byte[] codes = new byte[600];
    float[] absmax = new float[3];
    float[] back = new float[600];
    DynamicMap.SIGNED.encode(x, 0, 600, codes, absmax);
    DynamicMap.SIGNED.decode(codes, absmax, 0, back, 0, 600);
    assertThat(Arrays.copyOfRange(back, 256, 512)).containsOnly(Float.NaN);
    assertThat(Arrays.copyOf(back, 256)).containsOnly(0.5f);
    assertThat(Arrays.copyOfRange(back, 512, 600)).containsOnly(0.5f);
  }

  private static double[] golden(String key) throws IOException {
    try (InputStream in = DynamicMapTest.class.getResourceAsStream("/golden/dynamic-map.txt")) {
      String line =
          new String(in.readAllBytes(), StandardCharsets.UTF_8)
              .lines()
              .filter(l -> l.startsWith(key + " "))
              .findFirst()
              .orElseThrow();
      return Arrays.stream(line.substring(key.length() + 1).split(" "))
          .mapToDouble(Double::parseDouble)
          .toArray();
    }
  }

  private static float[] floats(double[] values) {
    float[] out = new float[values.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = (float) values[i];
    }
    return out;
  }
}
