package dev.terse.trainer.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.terse.trainer.config.ConfigReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LearningRateTest {
  private static final double PEAK = 2e-5;

  static List<String> golden() throws IOException {
    try (InputStream in = LearningRateTest.class.getResourceAsStream("/golden/schedules.txt")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
  }

  static List<String> cases() throws IOException {
    return golden().stream().filter(line -> !line.startsWith("#") && !isPlateau(line)).toList();
  }

  static List<String> plateaus() throws IOException {
    return golden().stream().filter(LearningRateTest::isPlateau).toList();
  }

  private static boolean isPlateau(String line) {
    return line.startsWith("reduce_lr_on_plateau");
  }

  @ParameterizedTest
  @MethodSource("plateaus")
  void rates_onAPlateau_equalThoseOfTorch(String line) throws IOException {
    String[] metrics =
        golden().stream()
            .filter(l -> l.startsWith("# metrics"))
            .findFirst()
            .orElseThrow()
            .split(" ");
    String[] columns = line.split(" ");
    Plateau.Rules rules =
        Plateau.Rules.of(PEAK, new ScheduleExtras(columns[0], extras(columns[3])));
    Plateau plateau = Plateau.START;
    for (int i = 2; i < metrics.length; i++) {
      plateau = plateau.after(Double.parseDouble(metrics[i]), rules);
      assertThat(PEAK * plateau.factor())
          .as("evaluation %d", i - 2)
          .isCloseTo(Double.parseDouble(columns[i + 2]), within(PEAK * 1e-14));
    }
    assertThat(plateau.factor()).isLessThan(1);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void rates_equalThoseOfTransformers(String line) throws IOException {
    String[] steps = golden().get(0).split(" ");
    String[] columns = line.split(" ");
    LearningRate rate =
        LearningRate.of(
            columns[0],
            PEAK,
            Integer.parseInt(columns[1]),
            Integer.parseInt(columns[2]),
            extras(columns[3]));
    for (int i = 2; i < steps.length; i++) {
      double expected = Double.parseDouble(columns[i + 2]);
      assertThat(rate.at(Integer.parseInt(steps[i])))
          .as("step %s", steps[i])
          .isCloseTo(expected, within(PEAK * 1e-14));
    }
  }

  @Test
  void warmup_belowOne_isAShareOfTheRun_roundedUp() {
    assertThat(warmupSteps(0, 50)).isZero();
    assertThat(warmupSteps(0.03, 50)).isEqualTo(2);
    assertThat(warmupSteps(1, 50)).isEqualTo(1);
    assertThat(warmupSteps(10, 50)).isEqualTo(10);
  }

  @Test
  void name_thatIsUnknown_isRefusedWithTheKnownOnes() {
    assertThatThrownBy(() -> LearningRate.of("cosin", PEAK, 0, 10, Map.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "lr_scheduler_type must be one of linear, cosine, cosine_with_restarts, polynomial,"
                + " constant, constant_with_warmup, inverse_sqrt, cosine_with_min_lr,"
                + " cosine_warmup_with_min_lr, warmup_stable_decay, reduce_lr_on_plateau, was"
                + " 'cosin'");
  }

  @Test
  void minimum_missingOrDouble_isRefused() {
    String sentence =
        "cosine_with_min_lr needs min_lr or min_lr_rate (one of them) in lr_scheduler_kwargs";
    assertThatThrownBy(() -> LearningRate.of("cosine_with_min_lr", PEAK, 0, 10, Map.of()))
        .hasMessage(sentence);
    Map<String, String> both = Map.of("min_lr", "1e-6", "min_lr_rate", "0.1");
    assertThatThrownBy(() -> LearningRate.of("cosine_with_min_lr", PEAK, 0, 10, both))
        .hasMessage(sentence);
  }

  @Test
  void extra_thatTheScheduleLacks_isRefused() {
    assertThatThrownBy(() -> LearningRate.of("linear", PEAK, 0, 10, Map.of("num_cycles", "1")))
        .hasMessage("lr_scheduler_kwargs of linear has no 'num_cycles', only []");
  }

  @Test
  void extra_ofAnotherKind_isRefusedWithWhatFits() {
    assertThatThrownBy(() -> LearningRate.of("warmup_stable_decay", PEAK, 0, 10, Map.of()))
        .hasMessage("lr_scheduler_kwargs of warmup_stable_decay: num_decay_steps must be given");
    Map<String, String> wrong = Map.of("num_decay_steps", "3", "decay_type", "cubic");
    assertThatThrownBy(() -> LearningRate.of("warmup_stable_decay", PEAK, 0, 10, wrong))
        .hasMessage(
            "lr_scheduler_kwargs of warmup_stable_decay: decay_type must be one of linear, cosine,"
                + " 1-sqrt, was 'cubic'");
    assertThatThrownBy(
            () -> LearningRate.of("reduce_lr_on_plateau", PEAK, 0, 10, Map.of("factor", "1.5")))
        .hasMessage("lr_scheduler_kwargs of reduce_lr_on_plateau: factor must be below 1, was 1.5");
  }

  private static int warmupSteps(double setting, int total) {
    return ConfigReader.parse("", "warmup_steps: " + setting, List.of(), OptimizerConfig.class)
        .config()
        .warmup(total);
  }

  private static Map<String, String> extras(String text) {
    Map<String, String> extras = new HashMap<>();
    if (!text.equals("-")) {
      for (String pair : text.split(",")) {
        extras.put(pair.split("=")[0], pair.split("=")[1]);
      }
    }
    return extras;
  }
}
