package dev.terse.trainer.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class ResultTagsTest {

  @Test
  void results_ofAGrpoLine_areWhatPeopleWant_andNotItsLoss() {
    assertThat(
            ResultTags.of(
                Map.of(
                    "train/loss", 0.01,
                    "train/reward", 0.5,
                    "train/accuracy", 0.6,
                    "train/completions/mean_length", 90.0,
                    "train/compression/skip_ratio", 0.3,
                    "train/kl", 0.2)))
        .isEqualTo(
            Map.of(
                "1_result/reward", 0.5,
                "1_result/accuracy", 0.6,
                "1_result/tokens", 90.0,
                "1_result/skip_ratio", 0.3));
  }

  @Test
  void results_ofAnSftLineAndOfEvaluations_keepApart() {
    assertThat(ResultTags.of(Map.of("train/loss", 1.0, "train/mean_token_accuracy", 0.7)))
        .isEqualTo(Map.of("1_result/loss", 1.0));
    assertThat(
            ResultTags.of(
                Map.of("eval/loss", 2.0, "eval/mean_token_accuracy", 0.7, "eval/runtime", 3.0)))
        .isEqualTo(Map.of("1_result/eval_loss", 2.0));
    assertThat(ResultTags.of(Map.of("eval/accuracy", 0.7, "eval/compression/think_tokens", 80.0)))
        .isEqualTo(Map.of("1_result/eval_accuracy", 0.7, "1_result/eval_thinking_tokens", 80.0));
    assertThat(ResultTags.ofJudgement(Map.of("accuracy", 0.7, "problems", 80.0)))
        .isEqualTo(Map.of("1_result/accuracy", 0.7));
  }
}
