package dev.terse.trainer.eval;

import dev.terse.answers.AnswerCheck;
import dev.terse.answers.Grade;
import dev.terse.answers.compare.Verdict;
import dev.terse.answers.extract.AnswerPolicy;
import dev.terse.model.folder.ModelFolder;
import dev.terse.rollout.Completion;
import dev.terse.rollout.Prompt;
import dev.terse.rollout.Rollouts;
import dev.terse.rollout.SamplingParams;
import dev.terse.rollout.StopRule;
import dev.terse.traces.segment.ThinkingRule;
import dev.terse.trainer.data.CompletionReader;
import dev.terse.trainer.data.CompletionReading;
import dev.terse.trainer.data.Problem;
import dev.terse.trainer.eval.EvalRecord.Status;
import dev.terse.trainer.metrics.Phases;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * Accuracy over all problems: one completion each, and one that does not end within the limit is
 * wrong. An {@link AnswerPolicy} says where the answer may stand.
 */
public final class Evaluator {
  private final ModelFolder model;
  private final CompletionReader reader;
  private final int maxLive;
  private final Phases phases;
  private final AnswerCheck check;
  private final StopRule stop;

  /** As below, with the lenient policy, of a model that thinks in marks. */
  public Evaluator(ModelFolder model, String skipMark, int maxLive, Phases phases) {
    this(
        model,
        new CompletionReader(model.tokenizer(), skipMark, ThinkingRule.MARKS),
        maxLive,
        phases);
  }

  /** As below, with the lenient policy. */
  public Evaluator(ModelFolder model, CompletionReader reader, int maxLive, Phases phases) {
    this(model, reader, maxLive, phases, AnswerPolicy.LENIENT);
  }

  /**
   * @param reader reads the completions
   * @param maxLive sequences decoded together
   * @param policy where the answer may stand
   */
  public Evaluator(
      ModelFolder model, CompletionReader reader, int maxLive, Phases phases, AnswerPolicy policy) {
    this(model, reader, maxLive, phases, policy, stop(model));
  }

  private Evaluator(
      ModelFolder model,
      CompletionReader reader,
      int maxLive,
      Phases phases,
      AnswerPolicy policy,
      StopRule stop) {
    this.stop = stop;
    this.check = new AnswerCheck(policy);
    this.model = model;
    this.reader = reader;
    this.maxLive = maxLive;
    this.phases = phases;
  }

  private static StopRule stop(ModelFolder model) {
    return StopRule.ids(Set.copyOf(model.tokenizer().stopIds()));
  }

  /** This evaluator with another rule for the end of completions. */
  public Evaluator endingBy(StopRule rule) {
    return new Evaluator(model, reader, maxLive, phases, check.policy(), rule);
  }

  /** Greedy completions of all problems. */
  public Evaluation run(List<Problem> problems, int maxCompletionLength) {
    return run(problems, SamplingParams.greedy(maxCompletionLength), 0);
  }

  /** Completions of all problems. */
  public Evaluation run(List<Problem> problems, SamplingParams sampling, long seed) {
    long begun = System.nanoTime();
    Map<Problem, EvalRecord> records = new IdentityHashMap<>();
    run(problems, sampling, seed, records::put);
    return new Evaluation(
        problems.stream().map(records::get).toList(), (System.nanoTime() - begun) / 1e9);
  }

  /**
   * The same, one by one.
   *
   * @param ended hears the record of each problem as it ends, in no order
   */
  void run(
      List<Problem> problems,
      SamplingParams sampling,
      long seed,
      BiConsumer<Problem, EvalRecord> ended) {
    Rollouts rollouts = new Rollouts(model.decoder(), stop, maxLive);
    Map<Prompt, Problem> asked = new IdentityHashMap<>();
    problems.forEach(problem -> asked.put(problem.prompt(), problem));
    long most = (long) problems.size() * sampling.maxNewTokens();
    try (var phase = phases.start("evaluation", "tokens", most)) {
      rollouts.generate(
          problems.stream().map(Problem::prompt).iterator(),
          1,
          sampling,
          seed,
          phase,
          group -> {
            Problem problem = asked.get(group.prompt());
            ended.accept(problem, record(problem, group.completions().get(0)));
          });
    }
  }

  /** What became of a problem whose completion is {@code completion}. */
  EvalRecord record(Problem problem, Completion completion) {
    CompletionReading reading = reader.read(completion);
    // Without a right answer nothing is right; what the answer would be is still looked for.
    String gold = problem.gold() == null ? "" : problem.gold();
    Grade grade = check.check(gold, reading.text(), reading.answer());
    Status status =
        !reading.finished()
            ? Status.TRUNCATED
            : grade.extracted().isEmpty() ? Status.NO_ANSWER : Status.OK;
    return new EvalRecord(
        problem.id(),
        status,
        problem.gold() != null && reading.finished() && grade.verdict() == Verdict.EQUAL,
        grade.extracted(),
        problem.gold(),
        reading.thinkTokens(),
        reading.answerTokens(),
        reading.skips().kept(),
        reading.skips().skips(),
        reading.text());
  }
}
