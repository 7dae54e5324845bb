package dev.terse.trainer.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terse.trainer.optim.Optim;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MemoryAdviceTest {
  private static final MemorySettings START =
      new MemorySettings(0, false, Optim.ADAMW_TORCH_FUSED, null, true, 1, "max_length", 1024);

  /** Weights and gradients 20, moments 20, 10 or 5, activations 8 a row of a pass, kept 32. */
  private static long bytes(MemorySettings s) {
    return 20 + moments(s) + (s.recompute() ? 8L : 32L) * passTokens(s) / 1024;
  }

  private static long moments(MemorySettings s) {
    return Optim.ADAMW_8BIT == s.optim() ? 5 : Optim.ADAMW_BF16 == s.optim() ? 10 : 20;
  }

  /** Of a micro-batch of 4 rows. */
  private static int passTokens(MemorySettings s) {
    return s.tokensPerPass() == 0 ? 4 * s.length() : Math.max(s.tokensPerPass(), s.length());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "168 | ''",
        "72 | max_tokens_per_pass: 1024",
        "48 | max_tokens_per_pass: 1024; gradient_checkpointing: true",
        "40 | max_tokens_per_pass: 1024; gradient_checkpointing: true; optim: adamw_bf16",
        "32 | max_tokens_per_pass: 512; gradient_checkpointing: true; optim: adamw_8bit;"
            + " max_length: 512"
      })
  void find_lessAndLessCapacity_takesStepsInTheOrderOfTheirCost(long capacity, String changes) {
    MemoryAdvice advice = MemoryAdvice.find(START, MemoryAdviceTest::bytes, capacity);
    assertThat(String.join("; ", advice.settings().changesFrom(START))).isEqualTo(changes);
    assertThat(advice.fits(capacity)).isTrue();
    assertThat(advice.bytes()).isEqualTo(bytes(advice.settings()));
  }

  @Test
  void find_stepThatALaterOneMakesNeedless_isTakenBack() {
    // The moments are nearly everything: once they are small, passes may be large.
    MemoryAdvice advice = MemoryAdvice.find(START, s -> 10 * moments(s) + passTokens(s) / 1024, 70);
    assertThat(advice.settings().changesFrom(START)).containsExactly("optim: adamw_8bit");
  }

  @Test
  void find_nothingFits_isTheLeastThereIs() {
    MemoryAdvice advice = MemoryAdvice.find(START, MemoryAdviceTest::bytes, 10);
    assertThat(advice.fits(10)).isFalse();
    assertThat(advice.settings().length()).isEqualTo(128);
    assertThat(advice.settings().optim()).isEqualTo(Optim.ADAMW_8BIT);
  }

  @Test
  void sentence_tellsPartsRoomAndRemedy() {
    MemoryForecast told =
        new MemoryForecast(
            500_000_000, 30_000_000_000L, 30_000_000_000L, 60_000_000_000L, 4_000_000_000L, 0);
    MemoryWatch.Capacity capacity =
        new MemoryWatch.Capacity("machine", 64_000_000_000L, 60_000_000_000L);
    MemorySettings better = START.withRecompute(true).withOptim(Optim.ADAMW_8BIT);
    assertThat(
            MemoryWatch.sentence(told, capacity, START, new MemoryAdvice(better, 59_000_000_000L)))
        .isEqualTo(
            "124.50 GB (weights 30.00, gradients 30.00, moments 60.00, activations 4.00, process"
                + " 0.50), more than the 60.00 GB that the machine has for it (of 64.00); it would"
                + " fit with gradient_checkpointing: true, optim: adamw_8bit (59.00 GB)");
    assertThat(
            MemoryWatch.sentence(told, capacity, START, new MemoryAdvice(better, 61_000_000_000L)))
        .endsWith(
            "; no setting would make it fit (the least, with gradient_checkpointing: true, optim:"
                + " adamw_8bit, is 61.00 GB): take a smaller model or a machine with more memory");
  }
}
