package dev.terse.lab.curve;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.terse.answers.AnswerCheck;
import dev.terse.answers.extract.AnswerPolicy;
import dev.terse.engine.Engine;
import dev.terse.engine.Progress;
import dev.terse.io.Journal;
import dev.terse.io.hub.InputKind;
import dev.terse.model.folder.ModelFolder;
import dev.terse.model.weights.WeightUse;
import dev.terse.rollout.Group;
import dev.terse.rollout.Prompt;
import dev.terse.rollout.Rollouts;
import dev.terse.rollout.SamplingParams;
import dev.terse.traces.score.TraceScorer;
import dev.terse.trainer.data.PromptEncoder;
import dev.terse.trainer.data.ThinkingChoice;
import dev.terse.trainer.metrics.Phases;
import dev.terse.trainer.model.SampledInputs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The curve command: chains in, accuracy over what is left of them out. Each chain is scored once,
 * in a pass of its own, so that its scores do not depend on where the command was stopped. Answers
 * lie in a {@link Journal}, a chain a unit.
 */
public final class CurveRun {
  private static final Logger LOG = LoggerFactory.getLogger(CurveRun.class);

  private final CurveConfig config;
  private final Map<String, String> values;
  private final Engine engine;
  private final Phases phases;

  /**
   * @param values every key with the value in force, which an unfinished output must agree with
   */
  public CurveRun(CurveConfig config, Map<String, String> values, Engine engine, Phases phases) {
    this.config = config;
    this.values = values;
    this.engine = engine;
    this.phases = phases;
  }

  /**
   * Answers what is not on file yet, and writes the outputs.
   *
   * @throws IllegalArgumentException if model, chains or an unfinished output cannot be used
   */
  public CurveReport run() throws IOException {
    AnswerCheck check = new AnswerCheck(AnswerPolicy.named(config.answerPolicy()));
    Path data = InputKind.FILE.place(config.datasetName());
    Path place = InputKind.MODEL.place(config.modelNameOrPath());
    try (ModelFolder model = ModelFolder.load(place, engine, WeightUse.READ)) {
      TraceScorer scorer = TraceScorer.of(model);
      ThinkingChoice thinking =
          ThinkingChoice.of(
              config.thinking(), new PromptEncoder(model.tokenizer(), model.template()), data);
      LOG.info(thinking.describe());
      Chains chains = Chains.read(data, config, scorer, thinking.rule(), check);
      LOG.info("{}: {}", config.datasetName(), chains.summary());
      int[] first = chains.all().get(0).tokens().ids();
      Map<String, String> inputs =
          SampledInputs.of(
              "curve",
              values,
              place,
              List.of(data),
              Arrays.copyOf(first, chains.all().get(0).tokens().first()));
      try (Journal journal = Journal.open(Path.of(config.output()), inputs, config.overwrite())) {
        if (!journal.isWhole()) {
          answer(chains, journal, model, scorer, check);
          journal.end();
        }
        CurveAnswers answers = new CurveAnswers();
        journal.forEach((number, rows) -> answers.add(rows));
        CurveReport report = CurveReport.of(config, answers, chains, inputs);
        CurveFiles.write(report, Path.of(config.output()));
        journal.finish(rows -> rows);
        return report;
      }
    }
  }

  private void answer(
      Chains chains, Journal journal, ModelFolder model, TraceScorer scorer, AnswerCheck check)
      throws IOException {
    List<ScoredChain.Chosen> left =
        chains.all().stream().filter(chain -> !journal.holds(chain.number())).toList();
    if (left.size() < chains.all().size()) {
      LOG.info(
          "{}: goes on, {} of {} chains are done",
          config.output(),
          chains.all().size() - left.size(),
          chains.all().size());
    }
    List<ScoredChain> scored = new ArrayList<>();
    try (Phases.Phase phase = phases.start("scores", "chains", left.size())) {
      for (ScoredChain.Chosen chain : left) {
        scored.add(new ScoredChain(chain, scorer.detailed(chain.tokens())));
        phase.advance(1);
      }
    }
    PromptMaker maker = new PromptMaker(config, model);
    tellWork(scored, maker);
    Rollouts rollouts =
        new Rollouts(model.decoder(), Set.copyOf(model.tokenizer().stopIds()), config.maxLive());
    try (Phases.Phase phase = phases.start("curve", "chains", left.size())) {
      Asking asking = new Asking(scored.iterator(), maker);
      rollouts.generate(
          asking,
          1,
          SamplingParams.greedy(config.maxCompletionLength()),
          config.seed(),
          Progress.NONE,
          group -> {
            Asked asked = asking.take(group);
            Pending chain = asked.chain();
            chain.rows()[asked.place()] =
                CurveAnswer.row(
                    chain.scored().chain().tokens().trace(),
                    chain.prompts().get(asked.place()),
                    group.completions().get(0),
                    check,
                    model.tokenizer());
            if (Arrays.stream(chain.rows()).allMatch(row -> row != null)) {
              append(journal, chain);
              phase.advance(1);
            }
          });
    }
  }

  /** What lies ahead: prompts are made once more when they are asked, and not held until then. */
  private void tellWork(List<ScoredChain> scored, PromptMaker maker) {
    long prompts = 0;
    long tokens = 0;
    for (ScoredChain chain : scored) {
      for (PrunedPrompt prompt : maker.of(chain)) {
        prompts++;
        tokens += prompt.ids().length;
      }
    }
    LOG.info(
        "{} chains at {} points: {} different prompts of {} tokens; answers of at most {} tokens",
        scored.size(),
        config.points().size(),
        prompts,
        tokens,
        config.maxCompletionLength());
  }

  private static void append(Journal journal, Pending chain) {
    try {
      journal.append(chain.scored().chain().number(), List.of(chain.rows()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A chain with the answers to its prompts, null where one is still awaited. */
  private record Pending(ScoredChain scored, List<PrunedPrompt> prompts, ObjectNode[] rows) {}

  /** A prompt that is being answered. */
  private record Asked(Pending chain, int place) {}

  /** The prompts of all chains, made when they are asked for. */
  private static final class Asking implements Iterator<Prompt> {
    private final Iterator<ScoredChain> chains;
    private final PromptMaker maker;
    private final Deque<Asked> next = new ArrayDeque<>();
    private final Map<Prompt, Asked> asked = new IdentityHashMap<>();

    Asking(Iterator<ScoredChain> chains, PromptMaker maker) {
      this.chains = chains;
      this.maker = maker;
    }

    @Override
    public boolean hasNext() {
      return !next.isEmpty() || chains.hasNext();
    }

    @Override
    public Prompt next() {
      if (next.isEmpty()) {
        ScoredChain chain = chains.next();
        List<PrunedPrompt> prompts = maker.of(chain);
        Pending pending = new Pending(chain, prompts, new ObjectNode[prompts.size()]);
        for (int place = 0; place < prompts.size(); place++) {
          next.add(new Asked(pending, place));
        }
      }
      Asked one = next.remove();
      PrunedPrompt pruned = one.chain().prompts().get(one.place());
      Prompt prompt = new Prompt(one.chain().scored().chain().number(), pruned.ids());
      asked.put(prompt, one);
      return prompt;
    }

    /** What was asked by the prompt of a group that has ended. */
    Asked take(Group group) {
      return asked.remove(group.prompt());
    }
  }
}
