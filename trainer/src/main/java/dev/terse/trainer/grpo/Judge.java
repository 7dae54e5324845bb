package dev.terse.trainer.grpo;

import dev.terse.model.tokenizer.Tokenizer;
import dev.terse.reward.Rubric;
import dev.terse.reward.Score;
import dev.terse.rollout.Completion;
import dev.terse.rollout.Group;
import dev.terse.trainer.data.CompletionReading;
import dev.terse.trainer.data.Problem;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads completions and scores them. */
final class Judge {
  private static final Logger LOG = LoggerFactory.getLogger(Judge.class);

  private final Tokenizer tokenizer;
  private final String skipToken;
  private final Rubric rubric;
  private long failuresTold;

  Judge(Tokenizer tokenizer, String skipToken, Rubric rubric) {
    this.tokenizer = tokenizer;
    this.skipToken = skipToken;
    this.rubric = rubric;
  }

  /** Names of the reward's terms. */
  List<String> termNames() {
    return rubric.names();
  }

  /** The episodes of the groups, in their order; without advantages and log-probabilities. */
  List<Episode> score(List<Problem> problems, List<Group> groups) {
    List<Episode> episodes = new ArrayList<>();
    for (int g = 0; g < groups.size(); g++) {
      for (Completion completion : groups.get(g).completions()) {
        CompletionReading reading = CompletionReading.of(completion, tokenizer, skipToken);
        Score score = rubric.score(reading.sample(problems.get(g).gold()));
        episodes.add(Episode.scored(problems.get(g), completion, reading, score));
      }
    }
    tellFailures();
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
