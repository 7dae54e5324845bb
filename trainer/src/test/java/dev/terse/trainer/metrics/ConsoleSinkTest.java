package dev.terse.trainer.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConsoleSinkTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final ConsoleSink sink =
      new ConsoleSink(new PrintStream(bytes, true, StandardCharsets.UTF_8));

  @Test
  void line_ofAStep_namesTheWatchedNumbersInTheirOrder() {
    Map<String, Double> values = new LinkedHashMap<>();
    values.put("train/learning_rate", 1.5e-6);
    values.put("train/loss", 0.123456);
    values.put("train/reward", Double.NaN);
    values.put("train/completions/mean_length", 212.5);
    values.put("train/sampling/sampling_logp_difference/max", 1e-7);
    sink.scalars(12, values);
    assertThat(printed())
        .isEqualTo("step 12  loss 0.1235  reward NaN  mean_length 212.5  learning_rate 1.50e-06\n");
  }

  @Test
  void line_ofAnEvaluation_marksItsNumbers() {
    sink.scalars(
        20,
        Map.of("eval/accuracy", 0.745, "eval/runtime", 9.0, "eval/compression/skip_ratio", 0.5));
    assertThat(printed()).isEqualTo("step 20  eval_accuracy 0.7450  eval_skip_ratio 0.5000\n");
  }

  @Test
  void line_ofALongRun_saysHowFastItIsAndHowLongItTakes() {
    Map<String, Double> values = new LinkedHashMap<>();
    values.put("train/eta", 3723.4);
    values.put("train/tokens_per_second", 1234.5);
    sink.scalars(7, values);
    assertThat(printed()).isEqualTo("step 7  tokens_per_second 1235  eta 1:02:03\n");
  }

  @Test
  void line_ofNothingWatched_isNotPrinted() {
    sink.scalars(1, Map.of("train/num_tokens", 5.0));
    assertThat(printed()).isEmpty();
  }

  private String printed() {
    return bytes.toString(StandardCharsets.UTF_8).replace("\r\n", "\n");
  }
}
