package dev.terse.doctor.measure;

import dev.terse.doctor.Check;
import dev.terse.doctor.Finding;
import dev.terse.doctor.Finding.Level;
import dev.terse.doctor.PlannedGrpo;
import dev.terse.reward.Rubric;
import dev.terse.reward.Score;
import dev.terse.reward.health.RewardHealth;
import dev.terse.trainer.grpo.GrpoRun;
import dev.terse.trainer.grpo.episode.Judge;
import dev.terse.trainer.loss.advantage.GroupAdvantage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What the model writes before it is trained, and what that earns: whether completions end, whether
 * groups are mixed, and whether the reward can pay at all.
 */
public record SamplesCheck(PlannedGrpo run, SampleDraw draw) implements Check {
  /** A larger share of completions that are cut is told as a note. */
  private static final double MANY = 0.25;

  @Override
  public String subject() {
    return "samples";
  }

  @Override
  public List<Finding> look() {
    try (Rubric rubric = run.config().reward().rubric()) {
      rubric.open();
      Samples samples = draw.draw(rubric);
      List<Finding> verdicts = new ArrayList<>();
      verdicts.add(lengths(samples));
      verdicts.add(groups(samples));
      verdicts.add(terms(samples, rubric));
      verdicts.addAll(
          pays(samples, GrpoRun.thinking(run.config(), run.outline()).rule().isMarks()));
      return verdicts;
    }
  }

  private Finding lengths(Samples samples) {
    int most = run.config().generation().maxCompletionLength();
    long cut = samples.cut();
    String found =
        String.format(
            Locale.ROOT,
            "%d completions of %d problems, %d tokens in the mean; %d are cut at"
                + " max_completion_length %d",
            samples.count(),
            samples.problems().size(),
            samples.tokens() / samples.count(),
            cut,
            most);
    if (cut <= MANY * samples.count()) {
      return Finding.ok(subject(), found);
    }
    return new Finding(
        cut == samples.count() ? Level.PROBLEM : Level.NOTE,
        subject(),
        found,
        "a quarter at most: what is cut has no answer",
        "raise max_completion_length, or shorten the thinking by SFT first",
        List.of());
  }

  private Finding groups(Samples samples) {
    int size = samples.groupSize();
    double[] totals =
        samples.rewards().stream().mapToDouble(reward -> reward.score().total()).toArray();
    int groups = samples.problems().size();
    int mixed = 0;
    for (int g = 0; g < groups; g++) {
      double[] group = Arrays.copyOfRange(totals, g * size, (g + 1) * size);
      mixed += GroupAdvantage.areEqual(group) ? 0 : 1;
    }
    long right = right(samples);
    String found =
        String.format(
            Locale.ROOT,
            "%d of %d groups of %d have rewards that differ; %d of %d completions are right",
            mixed,
            groups,
            size,
            right,
            samples.count());
    if (mixed > 0) {
      return Finding.ok("groups", found);
    }
    return Finding.note(
        "groups",
        found,
        "some: a group of equals teaches nothing",
        right * 2 > samples.count()
            ? "harder problems, or a higher temperature"
            : "easier problems, more num_generations, or SFT first; look at the lines below");
  }

  private static long right(Samples samples) {
    return samples.rewards().stream().filter(reward -> reward.score().correct()).count();
  }

  /** What each completion earned, term by term. */
  static Finding terms(Samples samples, Rubric rubric) {
    List<String> lines =
        IntStream.range(0, samples.count()).mapToObj(i -> line(samples, i)).toList();
    Rubric.Failures failures = rubric.failures();
    if (failures.count() > 0) {
      return Finding.problem(
              "reward",
              failures.count()
                  + " of "
                  + samples.count()
                  + " completions have no reward; the first: "
                  + failures.firstCause(),
              "a number for each",
              "mend that reward")
          .with(lines);
    }
    return Finding.ok("reward", rubric.describe()).with(lines);
  }

  private static String line(Samples samples, int i) {
    Judge.Reward reward = samples.rewards().get(i);
    Score score = reward.score();
    String terms =
        score.terms().entrySet().stream()
            .map(term -> String.format(Locale.ROOT, "%s %.3g", term.getKey(), term.getValue()))
            .collect(Collectors.joining(", "));
    return String.format(
        Locale.ROOT,
        "%s/%d: %s, %s, %d tokens, reward %.3g (%s)",
        samples.problem(i).id(),
        i % samples.groupSize(),
        score.correct() ? "right" : "wrong",
        reward.reading().finished() ? "ended" : "cut",
        reward.reading().tokens(),
        score.total(),
        terms);
  }

  /** Whether the reward can pay at all, and if not, why. */
  static List<Finding> pays(Samples samples, boolean marks) {
    String subject = "reward can pay";
    List<Finding> verdicts = new ArrayList<>();
    for (RewardHealth.Finding found : RewardHealth.of(samples.samples(), samples.scores(), marks)) {
      switch (found.cause()) {
        case ALL_CUT -> {} // told with the lengths
        case ALL_WRONG, ALL_RIGHT -> verdicts.add(Finding.note(subject, found.sentence(), "", ""));
        default -> verdicts.add(Finding.problem(subject, found.sentence()));
      }
    }
    if (verdicts.isEmpty()) {
      verdicts.add(
          Finding.ok(
              subject,
              right(samples) + " of " + samples.count() + " completions are paid as right"));
    }
    return verdicts;
  }
}
