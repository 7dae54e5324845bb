package dev.terse.lab.sampling;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.terse.answers.extract.AnswerPolicy;
import dev.terse.engine.Engine;
import dev.terse.engine.Progress;
import dev.terse.engine.SeedTree;
import dev.terse.io.AtomicFile;
import dev.terse.io.Journal;
import dev.terse.io.JsonFile;
import dev.terse.io.JsonLinesWriter;
import dev.terse.io.hub.InputKind;
import dev.terse.io.rows.DataFolder;
import dev.terse.io.rows.RowSource;
import dev.terse.model.folder.ModelFolder;
import dev.terse.model.tokenizer.Tokenizer;
import dev.terse.model.weights.WeightUse;
import dev.terse.rollout.Prompt;
import dev.terse.rollout.Rollouts;
import dev.terse.traces.segment.Thinking;
import dev.terse.trainer.data.Problem;
import dev.terse.trainer.data.ProblemReader;
import dev.terse.trainer.data.ProblemSet;
import dev.terse.trainer.data.ProblemSet.Answers;
import dev.terse.trainer.data.PromptEncoder;
import dev.terse.trainer.data.ThinkingChoice;
import dev.terse.trainer.metrics.Phases;
import dev.terse.trainer.model.SampledInputs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The traces command: problems in, the model's own right chains out. Problems are read twice, once
 * to find what cannot be used before anything is sampled, and once as they are asked; chains lie in
 * a {@link Journal} from their end on. So neither is held in memory.
 */
public final class TracesRun {
  private static final Logger LOG = LoggerFactory.getLogger(TracesRun.class);

  private final TracesConfig config;
  private final Map<String, String> values;
  private final Engine engine;
  private final Phases phases;

  /**
   * @param values every key with the value in force, which an unfinished output must agree with
   */
  public TracesRun(TracesConfig config, Map<String, String> values, Engine engine, Phases phases) {
    this.config = config;
    this.values = values;
    this.engine = engine;
    this.phases = phases;
  }

  /** Files that are written. */
  public static List<Path> outputs(TracesConfig config) {
    return Stream.concat(
            Stream.of(Path.of(config.output()), config.counts()),
            Stream.ofNullable(config.allOutput()).map(Path::of))
        .toList();
  }

  /**
   * Samples what is not on file yet, and writes the outputs.
   *
   * @throws IllegalArgumentException if model, problems or an unfinished output cannot be used
   */
  public TraceCounts run() throws IOException {
    AnswerPolicy policy = AnswerPolicy.named(config.answerPolicy());
    Path output = Path.of(config.output());
    try (ModelFolder model =
        ModelFolder.load(InputKind.MODEL.place(config.modelNameOrPath()), engine, WeightUse.READ)) {
      Reading reading = new Reading(model);
      ThinkingChoice thinking =
          ThinkingChoice.of(
              config.thinking(),
              new PromptEncoder(model.tokenizer(), model.template()),
              config.asked());
      LOG.info(thinking.describe());
      if (config.form() == TraceForm.R1) {
        tellMarks(model.tokenizer());
      }
      ProblemSet usable = reading.survey();
      LOG.info("{}: {}", config.datasetName(), usable.summary(reading.limit));
      Map<String, String> inputs =
          SampledInputs.of(
              "traces",
              values,
              InputKind.MODEL.place(config.modelNameOrPath()),
              reading.source.files(),
              reading.firstPrompt);
      try (Journal journal = Journal.open(output, inputs, config.overwrite())) {
        int problems = usable.read() - usable.tooLong();
        if (journal.size() > 0) {
          LOG.info("{}: goes on, {} of {} problems are done", output, journal.size(), problems);
        }
        if (!journal.isWhole()) {
          ChainJudge judge = new ChainJudge(model.tokenizer(), thinking.rule(), policy, config);
          sample(reading, judge, journal, problems - journal.size());
          journal.end();
        }
        return write(journal, new TraceCounts(usable.tooLong()));
      }
    }
  }

  /** Marks work as text too, but a tokenizer without them does not show what its model learnt. */
  private static void tellMarks(Tokenizer tokenizer) {
    int open = tokenizer.encodeData(Thinking.OPEN).length;
    int close = tokenizer.encodeData(Thinking.CLOSE).length;
    if (open > 1 || close > 1) {
      LOG.warn(
          "<think> is {} tokens of this vocabulary and </think> {}: they are taught as text, which"
              + " works; give thinking: marks to eval and grpo of the taught model, since auto looks"
              + " for the token",
          open,
          close);
    }
  }

  private void sample(Reading reading, ChainJudge judge, Journal journal, int left)
      throws IOException {
    Rollouts rollouts =
        new Rollouts(
            reading.model.decoder(),
            Set.copyOf(reading.model.tokenizer().stopIds()),
            config.maxLive());
    long chains = (long) left * config.numGenerations();
    Map<Integer, Problem> asked = new HashMap<>(); // those that are being answered
    try (Phases.Phase phase = phases.start("traces", "chains", chains);
        Asking problems = new Asking(reading, journal, asked)) {
      rollouts.generate(
          problems,
          config.numGenerations(),
          config.sampling(),
          SeedTree.at(config.seed(), "traces"),
          Progress.NONE,
          group -> {
            Problem problem = asked.remove(group.prompt().index());
            try {
              journal.append(group.prompt().index(), judge.rows(problem, group));
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
            phase.advance(group.completions().size());
          });
    }
  }

  /** The right chains under the output's name last: what else is written can be written again. */
  private TraceCounts write(Journal journal, TraceCounts counts) throws IOException {
    ChainChoice choice = new ChainChoice(config.most());
    journal.forEach((number, rows) -> counts.add(choice.of(rows)));
    if (config.allOutput() != null) {
      try (JsonLinesWriter all = new JsonLinesWriter(Path.of(config.allOutput()))) {
        journal.forEach(
            (number, rows) -> {
              for (ObjectNode row : choice.of(rows)) {
                all.write(row);
              }
            });
        all.commit();
      }
    }
    AtomicFile.write(config.counts(), JsonFile.text(counts.toJson()));
    journal.finish(
        rows -> {
          List<JsonNode> right = new ArrayList<>();
          for (ObjectNode row : choice.of(rows)) {
            if (ChainChoice.outcome(row) == Outcome.RIGHT) {
              right.add(ChainJudge.trace(row));
            }
          }
          return right;
        });
    return counts;
  }

  /** The problems of the data set, as the model is asked them. */
  private final class Reading {
    private final ModelFolder model;
    private final RowSource source;
    private final int limit; // tokens of a prompt
    private int[] firstPrompt;

    Reading(ModelFolder model) throws IOException {
      this.model = model;
      this.source =
          RowSource.of(
              DataFolder.files(
                  InputKind.DATA.place(config.datasetName()),
                  config.datasetConfig(),
                  config.datasetTrainSplit()));
      int longest = model.decoder().config().maxPositions() - config.maxCompletionLength();
      this.limit =
          config.maxPromptLength() == null ? longest : Math.min(longest, config.maxPromptLength());
    }

    ProblemReader open() throws IOException {
      return new ProblemReader(
          source,
          new PromptEncoder(model.tokenizer(), model.template()),
          config.asked(),
          Answers.REQUIRED);
    }

    boolean fits(Problem problem) {
      return problem.prompt().ids().length <= limit;
    }

    int most() {
      return config.maxSamples() == null ? Integer.MAX_VALUE : config.maxSamples();
    }

    /** Reads all that will be asked, and keeps only the counts. */
    ProblemSet survey() throws IOException {
      int read = 0;
      int used = 0;
      List<String> unread = new ArrayList<>();
      try (ProblemReader problems = open()) {
        while (used < most()) {
          Problem problem = problems.next();
          if (problem == null) {
            break;
          }
          String obstacle = ChainJudge.obstacle(problem);
          if (obstacle != null) {
            throw problems.bad(obstacle);
          }
          read++;
          if (!ProblemSet.isUnderstood(problem)) {
            unread.add(problem.id());
          }
          if (fits(problem)) {
            used++;
            firstPrompt = firstPrompt == null ? problem.prompt().ids() : firstPrompt;
          }
        }
      }
      ProblemSet counts = new ProblemSet(List.of(), read, read - used, unread);
      counts.requireMost(source.name(), limit);
      return counts;
    }
  }

  /** Prompts of the problems that are not on file, read when they are asked for. */
  private static final class Asking implements Iterator<Prompt>, AutoCloseable {
    private final Reading reading;
    private final Journal journal;
    private final Map<Integer, Problem> asked;
    private final ProblemReader problems;
    private Problem next;
    private int used;

    /**
     * @param asked takes each problem that is handed out, by its place
     */
    Asking(Reading reading, Journal journal, Map<Integer, Problem> asked) throws IOException {
      this.reading = reading;
      this.journal = journal;
      this.asked = asked;
      this.problems = reading.open();
    }

    @Override
    public boolean hasNext() {
      try {
        while (next == null && used < reading.most()) {
          Problem problem = problems.next();
          if (problem == null) {
            return false;
          }
          if (reading.fits(problem)) {
            used++;
            next = journal.holds(problem.prompt().index()) ? null : problem;
          }
        }
        return next != null;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public Prompt next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      Problem problem = next;
      next = null;
      asked.put(problem.prompt().index(), problem);
      return problem.prompt();
    }

    @Override
    public void close() throws IOException {
      problems.close();
    }
  }
}
