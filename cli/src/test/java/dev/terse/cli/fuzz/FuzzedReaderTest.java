package dev.terse.cli.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terse.testkit.SuiteSize;
import dev.terse.testkit.TestSeed;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The kept inputs of the fuzzers, and seeded mutations of them, without Jazzer: what a fuzzer once
 * found stays found.
 */
@Tag("fuzz")
class FuzzedReaderTest {
  private static final int MOST_CHANGES = 6;

  @TempDir private Path folder;

  @ParameterizedTest
  @EnumSource(FuzzedReader.class)
  void keptInputs_andMutations_endInAResultOrASentence(FuzzedReader reader) throws IOException {
    List<byte[]> inputs = Corpus.of(reader);
    int taken = 0;
    for (byte[] input : inputs) {
      taken += holds(reader, input) ? 1 : 0;
    }
    assertThat(taken).as("kept inputs that are taken").isPositive();
    int mutations = SuiteSize.of("mutations of " + reader.label(), "terse.mutations", 150);
    Random random = new Random(seed(reader));
    for (int i = 0; i < mutations; i++) {
      byte[] input = inputs.get(random.nextInt(inputs.size()));
      holds(reader, mutated(input, inputs.get(random.nextInt(inputs.size())), random));
    }
  }

  // The native library behind tokenizer.json can end the process on a pattern made for it
  // (SECURITY.md), and with it the tests: its mutations are the same in each build.
  private static long seed(FuzzedReader reader) {
    return reader == FuzzedReader.TOKENIZER ? 1 : TestSeed.of(reader.label());
  }

  private boolean holds(FuzzedReader reader, byte[] input) {
    try {
      return reader.holds(input, folder);
    } catch (Exception | StackOverflowError e) {
      throw new AssertionError(reader + " on " + Base64.getEncoder().encodeToString(input), e);
    }
  }

  private static byte[] mutated(byte[] input, byte[] other, Random random) {
    byte[] bytes = input.clone();
    for (int i = random.nextInt(MOST_CHANGES); i >= 0; i--) {
      bytes =
          switch (random.nextInt(5)) {
            case 0 -> changed(bytes, random, (byte) (1 << random.nextInt(8)));
            case 1 -> changed(bytes, random, (byte) random.nextInt(256));
            case 2 -> Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
            case 3 -> spliced(bytes, bytes, random);
            default -> spliced(bytes, other, random);
          };
    }
    return bytes;
  }

  private static byte[] changed(byte[] bytes, Random random, byte by) {
    if (bytes.length > 0) {
      bytes[random.nextInt(bytes.length)] ^= by;
    }
    return bytes;
  }

  /** With a stretch of another input put in, over nothing or over as many bytes. */
  private static byte[] spliced(byte[] bytes, byte[] other, Random random) {
    int from = random.nextInt(other.length + 1);
    int length = random.nextInt(Math.min(64, other.length - from) + 1);
    int at = random.nextInt(bytes.length + 1);
    int rest = Math.min(bytes.length, random.nextBoolean() ? at : at + length);
    byte[] result = new byte[at + length + bytes.length - rest];
    System.arraycopy(bytes, 0, result, 0, at);
    System.arraycopy(other, from, result, at, length);
    System.arraycopy(bytes, rest, result, at + length, bytes.length - rest);
    return result;
  }
}
