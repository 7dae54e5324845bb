package dev.terse.model.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.terse.testkit.TestSeed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GgufHeaderTest {
  private static final long HUGE = Long.MAX_VALUE / 2;

  @TempDir Path folder;

  private static ByteBuffer begin(int version, long tensors, long keys) {
    return ByteBuffer.allocate(4096)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put("GGUF".getBytes(StandardCharsets.US_ASCII))
        .putInt(version)
        .putLong(tensors)
        .putLong(keys);
  }

  private static ByteBuffer text(ByteBuffer to, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return to.putLong(bytes.length).put(bytes);
  }

  private static ByteBuffer tensor(long[] axes, int type, long offset) {
    ByteBuffer to = text(begin(3, 1, 0), "t").putInt(axes.length);
    Arrays.stream(axes).forEach(to::putLong);
    return to.putInt(type).putLong(offset);
  }

  private void assertRefused(ByteBuffer bytes, String sentence) throws IOException {
    Path file = folder.resolve("bad.gguf");
    Files.write(file, bytes.array());
    assertThatThrownBy(() -> GgufFile.open(file).close())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(sentence);
  }

  @Test
  void open_wrongBeginning_isRefused() throws IOException {
    assertRefused(ByteBuffer.wrap(new byte[100]), "byte 0 does not begin with the letters GGUF");
    assertRefused(ByteBuffer.wrap(new byte[3]), "byte 0 does not begin with the letters GGUF");
    assertRefused(begin(1, 0, 0), "byte 4 says version 1, supported are 2 and 3");
    assertRefused(begin(0x03000000, 0, 0), "the file is big-endian, which is not supported");
  }

  @Test
  void open_hugeCounts_areRefusedBeforeMemoryIsTaken() throws IOException {
    assertRefused(begin(3, HUGE, 0), "tensors, at most 170 are possible");
    assertRefused(begin(3, -1, 0), "says 18446744073709551615 tensors");
    assertRefused(begin(3, 0, HUGE), "keys, at most 339 are possible");
    assertRefused(begin(3, 0, 1).putLong(HUGE), "bytes of text, at most 4064 are possible");
    assertRefused(
        text(begin(3, 0, 1), "k").putInt(9).putInt(8).putLong(1 << 20), "1048576 array entries");
    assertRefused(
        text(begin(3, 0, 1), "k").putInt(9).putInt(9).putLong(1), "an array inside an array");
    assertRefused(text(begin(3, 0, 1), "k").putInt(77), "a value type 77, known are 0 to 12");
  }

  @Test
  void open_badTensors_areRefused() throws IOException {
    assertRefused(tensor(new long[] {1, 1, 1, 1, 1}, 0, 0), "5 axes, possible are 1 to 4");
    assertRefused(tensor(new long[] {HUGE}, 0, 0), "an axis of length " + HUGE);
    assertRefused(tensor(new long[] {0}, 0, 0), "an axis of length 0");
    long big = Integer.MAX_VALUE;
    assertRefused(tensor(new long[] {big, big, big}, 0, 0), "an axis of length " + big);
    assertRefused(tensor(new long[] {33}, 8, 0), "Q8_0 needs a multiple of 32");
    assertRefused(tensor(new long[] {32}, 16, 0), "GGUF number type 16, which is not supported");
    assertRefused(tensor(new long[] {32}, 0, 3), "alignment 32");
    assertRefused(tensor(new long[] {32}, 0, 1 << 20), "is the download complete?");
    assertRefused(tensor(new long[] {32}, 0, -32), "is the download complete?");
    assertRefused(tensor(new long[] {2000}, 0, 0), "is the download complete?");
  }

  @Test
  void open_sameKeyTwice_isRefused() throws IOException {
    ByteBuffer twice = text(begin(3, 0, 2), "key").putInt(7).put((byte) 1);
    assertRefused(text(twice, "key").putInt(7).put((byte) 0), "key 'key' a second time");
  }

  @Test
  void open_badAlignment_isRefused() throws IOException {
    assertRefused(
        text(begin(3, 0, 1), "general.alignment").putInt(4).putInt(24), "general.alignment is 24");
  }

  @Test
  void open_absentFile_saysSo() {
    assertThatThrownBy(() -> GgufFile.open(folder.resolve("none.gguf")))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("none.gguf does not exist");
  }

  @Test
  void open_cutFile_isRefused() throws IOException {
    byte[] bytes = GgufFixtures.bytes("llama.gguf");
    Path file = folder.resolve("cut.gguf");
    for (int length = 0; length < bytes.length; length += 1 + length / 50) {
      Files.write(file, Arrays.copyOf(bytes, length));
      assertThatThrownBy(() -> GgufModel.open(file).close())
          .as("%d bytes", length)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void open_damagedBytes_openOrAreRefusedWithoutMuchMemory() throws IOException {
    ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    Random random = new Random(TestSeed.of("GgufHeaderTest"));
    byte[] bytes = GgufFixtures.bytes("qwen2.gguf");
    int headerBytes = 20_000;
    Path file = folder.resolve("damaged.gguf");
    int refused = 0;
    for (int trial = 0; trial < 300; trial++) {
      byte[] damaged = bytes.clone();
      for (int i = 0; i <= random.nextInt(4); i++) {
        damaged[random.nextInt(trial % 2 == 0 ? 2_000 : headerBytes)] = (byte) random.nextInt(256);
      }
      Files.write(file, damaged);
      long before = thread.getThreadAllocatedBytes(Thread.currentThread().getId());
      try (GgufModel model = GgufModel.open(file)) {
        assertThat(model.names()).isNotEmpty();
      } catch (IllegalArgumentException e) {
        refused++;
      }
      long allocated = thread.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
      assertThat(allocated).as("trial %d", trial).isLessThan(32 << 20);
    }
    assertThat(refused).isPositive();
  }
}
