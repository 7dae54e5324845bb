package dev.terse.trainer.grpo;

import dev.terse.model.tokenizer.Tokenizer;
import dev.terse.reward.Rubric;
import dev.terse.reward.Score;
import dev.terse.rollout.Completion;
import dev.terse.rollout.Group;
import dev.terse.trainer.data.CompletionReading;
import dev.terse.trainer.data.Problem;
import dev.terse.trainer.loss.GroupAdvantage;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads completions, scores them, and compares each with the others of its group. */
final class Judge {
  private static final Logger LOG = LoggerFactory.getLogger(Judge.class);

  private final Tokenizer tokenizer;
  private final String skipToken;
  private final Rubric rubric;
  private final GroupAdvantage.Scale scale;
  private long failuresTold;

  Judge(Tokenizer tokenizer, String skipToken, Rubric rubric, GroupAdvantage.Scale scale) {
    this.tokenizer = tokenizer;
    this.skipToken = skipToken;
    this.rubric = rubric;
    this.scale = scale;
  }

  /** Names of the reward's terms. */
  List<String> termNames() {
    return rubric.names();
  }

  /** The episodes of the groups, in their order; without log-probabilities. */
  List<Episode> judge(List<Problem> problems, List<Group> groups) {
    List<CompletionReading> readings = new ArrayList<>();
    List<Score> scores = new ArrayList<>();
    for (int g = 0; g < groups.size(); g++) {
      for (Completion completion : groups.get(g).completions()) {
        CompletionReading reading = CompletionReading.of(completion, tokenizer, skipToken);
        readings.add(reading);
        scores.add(rubric.score(reading.sample(problems.get(g).gold())));
      }
    }
    tellFailures();
    int groupSize = groups.get(0).completions().size();
    double[] advantages =
        GroupAdvantage.of(scores.stream().mapToDouble(Score::total).toArray(), groupSize, scale);
    List<Episode> episodes = new ArrayList<>();
    for (int i = 0; i < scores.size(); i++) {
      episodes.add(
          new Episode(
              problems.get(i / groupSize),
              groups.get(i / groupSize).completions().get(i % groupSize),
              readings.get(i),
              scores.get(i),
              advantages[i],
              null,
              null));
    }
    return episodes;
  }

  private void tellFailures() {
    Rubric.Failures failures = rubric.failures();
    if (failures.count() > failuresTold) {
      LOG.warn(
          "{} completions have no reward so far and count as absent; the first: {}",
          failures.count(),
          failures.firstCause());
      failuresTold = failures.count();
    }
  }
}
