package dev.terse.engine.nd4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terse.engine.Arena;
import dev.terse.engine.Engine;
import dev.terse.engine.HeadBackward;
import dev.terse.engine.HeadRows;
import dev.terse.engine.SeedTree;
import dev.terse.engine.TableGradient;
import dev.terse.engine.Tensor;
import dev.terse.engine.nd4j.onednn.OneDnn;
import dev.terse.engine.numbers.Bfloat16;
import dev.terse.engine.numbers.NumberType;
import dev.terse.engine.numbers.Storage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Native memory has owners: warm steps take none, closing gives it back. */
class Nd4jEngineMemoryTest {

  @ParameterizedTest
  @EnumSource(KernelChoice.class)
  void step_warm_takesNoNewPools(KernelChoice kernels) {
    try (Nd4jEngine engine = engine(kernels, NumberType.FLOAT32, 2);
        SmallStep step = new SmallStep(engine, 300, 7)) {
      step.run();
      long held = engine.heldBytes();
      long scratch = engine.scratchBytes();
      float[] warm = step.run();
      assertThat(step.run()).containsExactly(warm);
      assertThat(held).isPositive();
      assertThat(scratch).isPositive();
      assertThat(engine.heldBytes()).isEqualTo(held);
      assertThat(engine.scratchBytes()).isEqualTo(scratch);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Storage.class,
      names = {"FULL", "BFLOAT16"})
  void tensor_ofMoreThanTwoGigabytes_isReadAndWrittenEverywhere(Storage storage) {
    int rows = storage == Storage.FULL ? (1 << 19) + 1 : (1 << 20) + 1;
    float[] row = new float[1024];
    try (Nd4jEngine engine = new Nd4jEngine(KernelChoice.HEAP, NumberType.FLOAT32, 1);
        Tensor tensor = engine.allocate(storage, rows, row.length)) {
      // Across the border of each eighth, the last with the tensor's end; buffers end at these.
      int[] ends = IntStream.rangeClosed(1, 8).map(k -> k * (rows / 8)).toArray();
      for (int end : ends) {
        Arrays.fill(row, Bfloat16.toFloat(Bfloat16.of(end / 1000)));
        tensor.write(around(end, row), row, 0, row.length);
      }
      float[] found = new float[row.length];
      for (int end : ends) {
        tensor.read(around(end, row), found, 0, found.length);
        Arrays.fill(row, Bfloat16.toFloat(Bfloat16.of(end / 1000)));
        assertThat(Arrays.mismatch(found, row)).as("around row %d", end).isEqualTo(-1);
      }
    }
  }

  private static long around(int end, float[] row) {
    return (long) end * row.length - row.length / 2;
  }

  @ParameterizedTest
  @EnumSource(NumberType.class)
  void head_manyRowsOfALargeVocabulary_takesOnePoolAMember(NumberType type) {
    int rows = 1500;
    int[] places = IntStream.range(0, rows).toArray();
    try (Nd4jEngine engine = engine(KernelChoice.ONEDNN, type, 2);
        Tensor hidden = engine.allocate(rows, 16);
        Tensor head = engine.allocate(60_000, 16);
        Tensor dHidden = engine.allocate(rows, 16);
        Tensor dHead = engine.allocate(60_000, 16)) {
      engine.tokenLogProbs(
          hidden,
          head,
          new HeadRows(places, places),
          1,
          new HeadBackward<>((i, logProb) -> 1, dHidden, TableGradient.whole(dHead)));
      // All scores would take 360 MB.
      assertThat(engine.scratchBytes()).isLessThanOrEqualTo(2 * (64L << 20));
    }
  }

  @ParameterizedTest
  @EnumSource(NumberType.class)
  void countingEngine_sameStep_tellsWhatTheRealOneHeld(NumberType matmuls) {
    Assumptions.assumeTrue(OneDnn.isAvailable(), "bfloat16 needs oneDNN");
    for (int tokens : new int[] {3, 64, 300, 2000}) {
      try (Nd4jEngine engine = new Nd4jEngine(matmuls);
          Nd4jEngine counting = engine.counting()) {
        try (SmallStep real = new SmallStep(engine, tokens, 7);
            SmallStep counted = new SmallStep(counting, tokens, 7)) {
          for (int i = 0; i < 2; i++) {
            real.run();
            counted.run();
            assertThat(engine.heldBytes()).isPositive();
            assertClose(counting.heldBytes(), engine.heldBytes(), tokens);
            assertClose(counting.peakBytes(), engine.peakBytes(), tokens);
          }
        }
        assertThat(counting.scratchBytes()).isEqualTo(engine.scratchBytes());
        assertClose(counting.heldBytes(), engine.heldBytes(), tokens);
        assertThat(engine.heldBytes()).isLessThan(engine.peakBytes());
      }
    }
  }

  /**
   * Blocks of attention are claimed by whoever is free, and their scratch memory with them: where
   * nothing is computed, one thread may claim them all.
   */
  private static void assertClose(long counted, long held, int tokens) {
    long allowed = Math.max(held / 20, blocksOfAttention(tokens));
    assertThat(counted).isCloseTo(held, Offset.offset(allowed));
  }

  /** Scratch memory of a block for each thread, in bytes: 192 rows of scores. */
  private static long blocksOfAttention(int tokens) {
    return 4L * 192 * tokens * Runtime.getRuntime().availableProcessors();
  }

  @Test
  void arenas_oneAfterTheOther_useTheSameMemory() {
    try (Nd4jEngine engine = engine(KernelChoice.ONEDNN, NumberType.FLOAT32, 2);
        Arena first = engine.arena();
        Arena second = engine.arena()) {
      try (Arena step = first.open()) {
        step.floats(5);
      }
      long ofOne = engine.heldBytes();
      try (Arena step = second.open()) {
        step.floats(5);
        assertThat(engine.heldBytes()).isEqualTo(ofOne);
        try (Arena other = first.open()) {
          other.floats(5);
          assertThat(engine.heldBytes()).isEqualTo(2 * ofOne);
        }
      }
    }
  }

  @Test
  void smallCalls_hundredThousand_doNotGrowTheProcess() throws IOException {
    Assumptions.assumeTrue(Files.exists(Path.of("/proc/self/status")), "reads Linux's /proc");
    try (Engine engine = engine(KernelChoice.ONEDNN, NumberType.FLOAT32, 1);
        Tensor x = engine.allocate(16, 8);
        Tensor w = engine.allocate(8, 8);
        Tensor out = engine.allocate(16, 8)) {
      for (int i = 0; i < 20_000; i++) {
        engine.linear(x, w, null, out);
      }
      long before = residentBytes();
      for (int i = 0; i < 100_000; i++) {
        engine.linear(x, w, null, out);
      }
      long perCall = (residentBytes() - before) / 100_000;
      System.out.println("resident growth, bytes a call: " + perCall);
      // A call frame that is not purged grows by about 600 bytes a call.
      assertThat(perCall).isLessThan(200);
    }
  }

  @ParameterizedTest
  @EnumSource(KernelChoice.class)
  void ownedTensor_closed_refusesItsUse(KernelChoice kernels) {
    try (Engine engine = engine(kernels, NumberType.FLOAT32, 1)) {
      Tensor tensor = engine.allocate(2, 3);
      tensor.close();
      tensor.close();
      assertThatThrownBy(() -> engine.clear(tensor))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("tensor [2, 3] was used after its memory had been freed");
    }
  }

  @Test
  void ownedTensors_allocatedAndClosedManyTimes_areReallyFreed() throws IOException {
    Assumptions.assumeTrue(Files.exists(Path.of("/proc/self/status")), "reads Linux's /proc");
    try (Engine engine = engine(KernelChoice.ONEDNN, NumberType.FLOAT32, 2)) {
      engine.allocate(1 << 24).close();
      long before = residentBytes();
      for (int i = 0; i < 60; i++) {
        engine.allocate(1 << 24).close();
      }
      // Unfreed, these would be 60 times 64 MB.
      assertThat(residentBytes() - before).isLessThan(512L << 20);
    }
  }

  @Test
  void engine_closed_freesItsScratch() {
    Nd4jEngine engine = engine(KernelChoice.ONEDNN, NumberType.FLOAT32, 2);
    try (SmallStep step = new SmallStep(engine, 64, 7)) {
      step.run();
    }
    assertThat(engine.scratchBytes()).isPositive();
    engine.close();
    engine.close();
    assertThat(engine.scratchBytes()).isZero();
  }

  @Test
  void engine_closed_refusesWork() {
    Nd4jEngine engine = engine(KernelChoice.ONEDNN, NumberType.FLOAT32, 2);
    try (Tensor x = engine.allocate(2, 3);
        Tensor w = engine.allocate(4, 3);
        Tensor out = engine.allocate(2, 4)) {
      engine.close();
      assertThatThrownBy(() -> engine.linear(x, w, null, out))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("the engine was used after it had been closed");
    }
  }

  @ParameterizedTest
  @EnumSource(KernelChoice.class)
  void step_repeated_hasTheSameBits(KernelChoice kernels) {
    long seed = SeedTree.at(11, "repeat");
    float[][] results = new float[3][];
    for (int run = 0; run < results.length; run++) {
      try (Nd4jEngine engine = engine(kernels, NumberType.FLOAT32, 2);
          SmallStep step = new SmallStep(engine, 300, seed)) {
        results[run] = step.run();
      }
    }
    assertThat(results[1]).containsExactly(results[0]);
    assertThat(results[2]).containsExactly(results[0]);
  }

  private static Nd4jEngine engine(KernelChoice kernels, NumberType matmuls, int threads) {
    Assumptions.assumeTrue(
        kernels != KernelChoice.ONEDNN || OneDnn.isAvailable(),
        () -> "no oneDNN here: " + OneDnn.missing());
    return new Nd4jEngine(kernels, matmuls, threads);
  }

  private static long residentBytes() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
      }
    }
    throw new IOException("/proc/self/status has no VmRSS");
  }
}
