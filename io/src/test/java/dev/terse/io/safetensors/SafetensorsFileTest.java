package dev.terse.io.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terse.engine.SeedTree;
import dev.terse.testkit.TestSeed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Headers that lie, each refused in one sentence before anything large is allocated. */
class SafetensorsFileTest {
  private static final String GOOD =
      "{'__metadata__':{'format':'pt'},"
          + "'a':{'dtype':'F32','shape':[2,1],'data_offsets':[0,8]},"
          + "'b':{'dtype':'BF16','shape':[3],'data_offsets':[8,14]},"
          + "'c':{'dtype':'F16','shape':[],'data_offsets':[14,16]},"
          + "'d':{'dtype':'I64','shape':[0],'data_offsets':[16,16]}}";

  @TempDir Path folder;

  static Stream<Arguments> lies() {
    return Stream.of(
        lie("a hole", "{'a':{'dtype':'F32','shape':[1],'data_offsets':[4,8]}}", 8, "(a hole)"),
        lie(
            "an overlap",
            "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]},"
                + "'b':{'dtype':'F32','shape':[2],'data_offsets':[4,12]}}",
            12,
            "tensor 'b' begins at data byte 4, but the one before it ends at 8 (they overlap)"),
        lie(
            "a cut file",
            "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}}",
            7,
            "the header speaks of 8 bytes of data, the file holds 7 (cut off?)"),
        lie(
            "trailing bytes",
            "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}}",
            9,
            "the file holds 9 (something was appended?)"),
        lie(
            "a wrong size",
            "{'a':{'dtype':'F32','shape':[3],'data_offsets':[0,8]}}",
            8,
            "tensor 'a' has data_offsets [0, 8], but F32 of shape [3] takes 12 bytes"),
        lie(
            "reversed offsets",
            "{'a':{'dtype':'F32','shape':[0],'data_offsets':[8,0]}}",
            8,
            "has data_offsets [8, 0]"),
        lie(
            "an unknown type",
            "{'a':{'dtype':'Q4','shape':[2],'data_offsets':[0,8]}}",
            8,
            "tensor 'a' has an unknown dtype 'Q4'"),
        lie(
            "an overflowing shape",
            "{'a':{'dtype':'F32','shape':[2147483647,2147483647,4],'data_offsets':[0,8]}}",
            8,
            "tensor 'a' is too large"),
        lie(
            "a negative axis",
            "{'a':{'dtype':'F32','shape':[-2],'data_offsets':[0,8]}}",
            8,
            "tensor 'a' shape must hold integers from 0 to 2^63-1, has -2"),
        lie(
            "a fractional offset",
            "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8.0]}}",
            8,
            "tensor 'a' data_offsets must hold integers from 0 to 2^63-1, has 8.0"),
        lie(
            "an offset past 2^63",
            "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,18446744073709551615]}}",
            8,
            "tensor 'a' data_offsets must hold integers"),
        lie(
            "three offsets",
            "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,4,8]}}",
            8,
            "tensor 'a' has more than 2 numbers in data_offsets (byte 60)"),
        lie(
            "one offset",
            "{'a':{'dtype':'F32','shape':[2],'data_offsets':[8]}}",
            8,
            "tensor 'a' must have dtype, shape and two data_offsets"),
        lie("a missing key", "{'a':{'dtype':'F32','shape':[2]}}", 8, "tensor 'a' must have dtype"),
        lie("an unknown key", "{'a':{'offset':4}}", 8, "tensor 'a' has an unknown key 'offset'"),
        lie("a number for a tensor", "{'a':3}", 0, "tensor 'a' must have dtype"),
        lie(
            "nine axes",
            "{'a':{'dtype':'F32','shape':[1,1,1,1,1,1,1,1,2],'data_offsets':[0,8]}}",
            8,
            "tensor 'a' has more than 8 numbers in shape"),
        lie(
            "duplicate names",
            "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]},"
                + "'a':{'dtype':'F32','shape':[1],'data_offsets':[4,8]}}",
            8,
            "Duplicate field 'a'"),
        lie("an array", "[1,2]", 0, "byte 8 must be '{', is 91"),
        lie("a pickle", "\u0080\u0002}q", 0, "byte 8 must be '{'"),
        lie("broken JSON", "{'a':{'dtype'", 0, "the safetensors header is not valid JSON"),
        lie("two values", "{} {}", 0, "something follows the object of the safetensors header"),
        lie(
            "depth",
            "{'__metadata__':" + "[".repeat(5000) + "]".repeat(5000) + "}",
            0,
            "not valid JSON at byte"));
  }

  private static Arguments lie(String what, String header, int dataBytes, String sentence) {
    return Arguments.of(what, header, dataBytes, sentence);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("lies")
  void header_thatLies_isRefusedInOneSentence(
      String what, String header, int dataBytes, String sentence) throws IOException {
    Path file = write(header, new byte[dataBytes]);

    assertThatThrownBy(() -> SafetensorsFile.open(file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(file.toString())
        .hasMessageContaining(sentence);
  }

  @Test
  void header_notUtf8_isRefused() throws IOException {
    Path file = writeBytes(2, new byte[] {'{', (byte) 0xff});

    assertThatThrownBy(() -> SafetensorsFile.open(file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the safetensors header is not valid JSON at byte");
  }

  @Test
  void headerLength_zeroHugeNegativeOrPastTheEnd_isRefusedBeforeAllocation() throws IOException {
    for (long length : new long[] {0, 1, 17, 200_000_000L, Long.MAX_VALUE, -1, Long.MIN_VALUE}) {
      Path file = writeBytes(length, new byte[16]);
      assertThatThrownBy(() -> SafetensorsFile.open(file))
          .as("length %d", length)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("header length " + Long.toUnsignedString(length) + " at byte 0");
    }
    Path empty = Files.write(folder.resolve("empty"), new byte[0]);
    assertThatThrownBy(() -> SafetensorsFile.open(empty))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageEndingWith("is empty (0 bytes): download it again, or delete it");
    assertThatThrownBy(() -> SafetensorsFile.open(folder.resolve("nothing")))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageEndingWith("nothing does not exist");
  }

  /** Whatever one byte says, the file opens or is refused; nothing else may happen. */
  @Test
  void file_anyByteChanged_opensOrIsRefused() throws IOException {
    long seed = TestSeed.of("SafetensorsFileTest");
    byte[] good = Files.readAllBytes(write(GOOD, new byte[16]));
    int refused = 0;
    for (int i = 0; i < 2000; i++) {
      byte[] bad = good.clone();
      int at = SeedTree.below(SeedTree.at(seed, "where", i), bad.length);
      bad[at] = (byte) SeedTree.below(SeedTree.at(seed, "what", i), 256);
      Path file = Files.write(folder.resolve("bad"), bad);
      try (SafetensorsFile opened = SafetensorsFile.open(file)) {
        opened.entries().forEach((name, entry) -> assertThat(entry.name()).isEqualTo(name));
      } catch (IllegalArgumentException e) {
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(500);
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
