package dev.terse.doctor.selftest;

import dev.terse.doctor.Check;
import dev.terse.doctor.Finding;
import dev.terse.engine.SeedTree;
import dev.terse.rollout.Completion;
import dev.terse.rollout.Group;
import dev.terse.rollout.Prompt;
import dev.terse.rollout.Rollouts;
import dev.terse.rollout.SamplingParams;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Log-probabilities of drawn tokens while they are decoded against those of scoring. */
public record DecodeCheck(Subject subjectOf) implements Check {
  private static final int TOKENS = 16;
  private static final int GROUP = 2;

  @Override
  public String subject() {
    return "decoding";
  }

  @Override
  public List<Finding> look() {
    List<Prompt> prompts = new ArrayList<>();
    for (int[] sequence : subjectOf.sequences()) {
      prompts.add(new Prompt(prompts.size(), Arrays.copyOf(sequence, sequence.length / 2)));
    }
    List<Group> groups =
        new Rollouts(subjectOf.decoder(), Set.of(), prompts.size() * GROUP)
            .generate(
                prompts,
                GROUP,
                SamplingParams.plain(1, TOKENS),
                SeedTree.at(subjectOf.seed(), "selftest decoding"),
                done -> {});
    double worst = 0;
    for (Group group : groups) {
      for (Completion completion : group.completions()) {
        worst = Math.max(worst, difference(group.prompt().ids(), completion));
      }
    }
    return List.of(
        Told.of(
            this,
            String.format(
                Locale.ROOT,
                "log-probabilities of %d drawn tokens, decoded and scored",
                prompts.size() * GROUP * TOKENS),
            worst,
            subjectOf.tolerance().logProb(),
            "the same: the key-value cache holds what a forward computes"));
  }

  private double difference(int[] prompt, Completion completion) {
    int[] drawn = completion.ids();
    int[] ids = Arrays.copyOf(prompt, prompt.length + drawn.length);
    System.arraycopy(drawn, 0, ids, prompt.length, drawn.length);
    double[] scored = subjectOf.logProbs(List.of(ids));
    double worst = 0;
    for (int t = 0; t < drawn.length; t++) {
      double difference = scored[prompt.length - 1 + t] - completion.logProbs()[t];
      worst = Math.max(worst, Math.abs(difference));
    }
    return worst;
  }
}
