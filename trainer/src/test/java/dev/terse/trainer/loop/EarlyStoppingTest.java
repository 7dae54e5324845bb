package dev.terse.trainer.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terse.trainer.checkpoint.BestModel;
import dev.terse.trainer.checkpoint.BestModelConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EarlyStoppingTest {

  /** The counter after each evaluation, as transformers 4 and 5 count it. */
  private static List<Integer> counts(EarlyStopping early, BestModelConfig rule, double... values) {
    List<Integer> counts = new ArrayList<>();
    Optional<BestModel> best = Optional.empty();
    int counter = 0;
    for (int i = 0; i < values.length; i++) {
      counter = early.counted(counter, values[i], best, rule);
      if (rule.isBetter(values[i], best)) {
        best = Optional.of(new BestModel(values[i], i));
      }
      counts.add(counter);
    }
    return counts;
  }

  @Test
  void counter_ofALoss_risesUntilItFalls() {
    BestModelConfig loss = new BestModelConfig(false, null, null);
    assertThat(counts(new EarlyStopping(2, 0), loss, 3, 2, 2, 2.5, 1.9, Double.NaN, 2))
        .containsExactly(0, 0, 1, 2, 0, 1, 2);
  }

  @Test
  void threshold_smallProgress_countsAsNone_butIsTheNewBest() {
    BestModelConfig reward = new BestModelConfig(false, "eval_reward", null);
    // 0.55 beats 0.5 by no more than 0.1 and is the best from then on; 0.64 does not beat that by
    // 0.1
    assertThat(counts(new EarlyStopping(3, 0.1), reward, 0.5, 0.55, 0.64, 0.75, 0.7))
        .containsExactly(0, 1, 2, 0, 1);
  }

  @Test
  void run_endsWhenTheCounterReachesItsPatience_orNever() {
    assertThat(new EarlyStopping(2, 0).ends(1)).isFalse();
    assertThat(new EarlyStopping(2, 0).ends(2)).isTrue();
    assertThat(new EarlyStopping(null, 0).ends(1000)).isFalse();
  }
}
