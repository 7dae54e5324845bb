package dev.terse.examples;

import dev.terse.model.tokenizer.Tokenizer;
import dev.terse.reward.RewardTerm;
import dev.terse.reward.Rubric;
import dev.terse.reward.Sample;
import dev.terse.reward.Score;
import dev.terse.reward.terms.RewardTerms;
import dev.terse.trainer.data.CompletionReading;
import java.nio.file.Path;
import java.util.List;

/** A reward of your own, for chains of few steps. */
public final class FewSteps implements RewardTerm {

  @Override
  public String name() {
    return "FewSteps";
  }

  /** 1 for no step, 1/2 for four of them; nothing for a completion that the limit cut. */
  @Override
  public double of(Sample sample) {
    return sample.finished() ? 4.0 / (4 + sample.steps()) : 0;
  }

  /** Tries it on two completions, as a run would, in a process of its own. Argument: MODEL. */
  public static void main(String[] args) {
    List<String> completions =
        List.of(
            "First 2*3=6.\n\nThen 6+1=7.\n</think>\n\n\\boxed{7}",
            "[SKIP]\n</think>\n\n\\boxed{7}");
    try (Tokenizer tokenizer = Tokenizer.load(Path.of(args[0]));
        Rubric rubric = RewardTerms.rubric("accuracy", "class:dev.terse.examples.FewSteps")) {
      rubric.open();
      for (String completion : completions) {
        Score score = rubric.score(CompletionReading.of(completion, tokenizer).sample("7"));
        System.out.println(score.total() + " = " + score.terms());
      }
    }
  }
}
