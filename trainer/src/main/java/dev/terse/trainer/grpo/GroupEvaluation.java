package dev.terse.trainer.grpo;

import dev.terse.engine.SeedTree;
import dev.terse.rollout.Group;
import dev.terse.rollout.Rollouts;
import dev.terse.trainer.data.Problem;
import dev.terse.trainer.grpo.episode.Episode;
import dev.terse.trainer.grpo.episode.Judge;
import dev.terse.trainer.grpo.episode.RolloutMetrics;
import dev.terse.trainer.metrics.Phases;
import dev.terse.trainer.metrics.Timed;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What TRL measures in an evaluation: groups of completions drawn as in training, their rewards,
 * and the loss, entropy and divergence of the policy on them. Every evaluation draws with the same
 * seeds, so that two of them differ by the policy alone.
 *
 * @param groupSize completions of a prompt
 * @param frozen scores the reference; not owned
 * @param policy measures the loss
 */
record GroupEvaluation(
    GrpoConfig config,
    int groupSize,
    Judge judge,
    Advantages advantages,
    Rollouts rollouts,
    FrozenPolicies frozen,
    PolicyGradient policy,
    Phases phases) {

  /** Metrics under TRL's names; of the completions' lengths under {@code sampled/}. */
  Map<String, Double> of(List<Problem> problems) {
    Timed<List<Group>> drawn = Timed.of(() -> sample(problems)); // [P][G]
    List<Judge.Reward> rewards = judge.rewards(problems, drawn.value()); // [P·G]
    List<Episode> episodes =
        Episode.of(problems, drawn.value(), rewards, advantages(drawn.value(), rewards));
    Map<String, Double> metrics = new LinkedHashMap<>();
    RolloutMetrics.of(drawn.seconds(), episodes, groupSize, judge.rubric().names())
        .forEach(
            (name, value) -> {
              if (name.startsWith("reward") || name.startsWith("frac_")) {
                metrics.put(name, value);
              } else if (name.startsWith("completions/")) {
                metrics.put(name.replaceFirst("completions/", "sampled/"), value);
              }
            });
    metrics.put(
        "sampled/accuracy",
        episodes.stream().mapToDouble(e -> e.score().correct() ? 1 : 0).average().orElse(0));
    metrics.putAll(policy.measure(frozen.scored(0, episodes)).metrics());
    return metrics;
  }

  private List<Group> sample(List<Problem> problems) {
    long most = (long) problems.size() * groupSize * config.generation().maxCompletionLength();
    try (var phase = phases.start("evaluation of groups", "tokens", most)) {
      return rollouts.generate(
          problems.stream().map(Problem::prompt).toList(),
          groupSize,
          config.generation().sampling(),
          SeedTree.at(config.training().seed(), "eval"),
          phase);
    }
  }

  /** Nothing is compared in a group of one: its advantage is 0, as in TRL. */
  private double[] advantages(List<Group> drawn, List<Judge.Reward> rewards) {
    return groupSize == 1
        ? new double[rewards.size()]
        : advantages.of(drawn, rewards, rewards.size());
  }
}
