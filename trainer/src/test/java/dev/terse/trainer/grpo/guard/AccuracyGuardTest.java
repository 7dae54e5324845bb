package dev.terse.trainer.grpo.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.terse.trainer.grpo.guard.AccuracyGuardConfig.Target;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AccuracyGuardTest {
  private static final AccuracyGuardConfig LIMIT =
      new AccuracyGuardConfig(Target.LIMIT, 0.01, 0.02, 0.1, null, 0.95);
  private static final AccuracyGuardConfig WEIGHT =
      new AccuracyGuardConfig(Target.WEIGHT, 0.01, 0.02, 0.25, 0.6, 0.95);

  @TempDir private Path folder;

  @Test
  void limit_firstEvaluation_isTheReferenceAndTightens() {
    AccuracyGuard guard = AccuracyGuard.start(LIMIT, 1000).after(0.6, 400, LIMIT, 1000);
    assertThat(guard).isEqualTo(new AccuracyGuard(0.6, 900));
    assertThat(guard.limit(LIMIT, 1000)).isEqualTo(900);
    assertThat(guard.strength(LIMIT)).isEqualTo(1);
  }

  /** A tenth at a time, and never below what 95 % of the right ones need. */
  @Test
  void limit_accuracyKept_fallsToTheLengthOfRightOnes() {
    AccuracyGuard guard = new AccuracyGuard(0.6, 900);
    assertThat(guard.after(0.59, 400, LIMIT, 1000).level()).isEqualTo(810);
    assertThat(guard.after(0.7, 870, LIMIT, 1000).level()).isEqualTo(870);
    assertThat(guard.after(0.7, 990, LIMIT, 1000).level()).isEqualTo(900);
    assertThat(guard.after(0.7, Double.NaN, LIMIT, 1000).level()).isEqualTo(900);
  }

  /** Between a point and three points below the reference nothing moves. */
  @Test
  void limit_hysteresis_holdsAndThenLoosens() {
    AccuracyGuard guard = new AccuracyGuard(0.6, 810);
    assertThat(guard.after(0.585, 400, LIMIT, 1000)).isEqualTo(guard);
    assertThat(guard.after(0.57, 400, LIMIT, 1000)).isEqualTo(guard);
    assertThat(guard.after(0.565, 400, LIMIT, 1000).level()).isEqualTo(900);
    assertThat(new AccuracyGuard(0.6, 950).after(0.1, 400, LIMIT, 1000).level()).isEqualTo(1000);
    assertThat(guard.after(0.565, 400, LIMIT, 1000).reference()).isEqualTo(0.6);
  }

  @Test
  void weight_movesBetweenNothingAndAllOfIt() {
    AccuracyGuard guard = AccuracyGuard.start(WEIGHT, 1000);
    assertThat(guard).isEqualTo(new AccuracyGuard(0.6, 0));
    for (double expected : new double[] {0.25, 0.5, 0.75, 1, 1}) {
      guard = guard.after(0.6, Double.NaN, WEIGHT, 1000);
      assertThat(guard.level()).isCloseTo(expected, within(1e-12));
    }
    assertThat(guard.strength(WEIGHT)).isEqualTo(1);
    assertThat(guard.limit(WEIGHT, 1000)).isEqualTo(1000);
    for (double expected : new double[] {0.75, 0.5, 0.25, 0, 0}) {
      guard = guard.after(0.5, 10, WEIGHT, 1000);
      assertThat(guard.level()).isCloseTo(expected, within(1e-12));
    }
  }

  @Test
  void file_keepsTheState_withAndWithoutAReference() throws IOException {
    for (AccuracyGuard guard :
        new AccuracyGuard[] {new AccuracyGuard(1 / 3.0, 77), new AccuracyGuard(Double.NaN, 0.1)}) {
      AccuracyGuardFile.write(folder, guard);
      assertThat(AccuracyGuardFile.read(folder)).isEqualTo(guard);
    }
  }
}
