package dev.terse.trainer.eval;

import dev.terse.answers.extract.AnswerPolicy;
import dev.terse.engine.Engine;
import dev.terse.engine.SeedTree;
import dev.terse.io.Journal;
import dev.terse.io.hub.InputKind;
import dev.terse.io.rows.DataFolder;
import dev.terse.io.rows.RowSource;
import dev.terse.model.chat.ChatTemplate;
import dev.terse.model.folder.ModelFolder;
import dev.terse.model.weights.WeightUse;
import dev.terse.trainer.data.CompletionReader;
import dev.terse.trainer.data.Problem;
import dev.terse.trainer.data.ProblemSet;
import dev.terse.trainer.data.ProblemSet.Answers;
import dev.terse.trainer.data.PromptEncoder;
import dev.terse.trainer.data.ThinkingChoice;
import dev.terse.trainer.metrics.Phases;
import dev.terse.trainer.model.ChatConfig;
import dev.terse.trainer.model.SampledInputs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The eval command: a model on all problems of a file. */
public final class EvalRun {
  private static final Logger LOG = LoggerFactory.getLogger(EvalRun.class);

  private final EvalConfig config;
  private final Map<String, String> values;
  private final Engine engine;
  private final Phases phases;

  /**
   * @param values every key with the value in force, which an unfinished output must agree with
   */
  public EvalRun(EvalConfig config, Map<String, String> values, Engine engine, Phases phases) {
    this.config = config;
    this.values = values;
    this.engine = engine;
    this.phases = phases;
  }

  /** Evaluates, and writes the records where the configuration names a file. */
  public Evaluation run() throws IOException {
    AnswerPolicy policy = AnswerPolicy.named(config.answerPolicy());
    try (ModelFolder model =
        ModelFolder.load(InputKind.MODEL.place(config.modelNameOrPath()), engine, WeightUse.READ)) {
      PromptEncoder encoder = new PromptEncoder(model.tokenizer(), template(model));
      ThinkingChoice thinking = ThinkingChoice.of(config.thinking(), encoder, config.prompt());
      LOG.info(thinking.describe());
      List<Problem> problems = problems(model, encoder);
      CompletionReader reader =
          new CompletionReader(model.tokenizer(), config.skipToken(), thinking.rule());
      Evaluator evaluator = new Evaluator(model, reader, config.maxLive(), phases, policy);
      return config.output() == null
          ? evaluator.run(problems, config.sampling(), seed())
          : goOn(evaluator, problems);
    }
  }

  /** Evaluates what is not on file yet; records are on file as they come. */
  private Evaluation goOn(Evaluator evaluator, List<Problem> problems) throws IOException {
    long begun = System.nanoTime();
    Map<String, String> inputs =
        SampledInputs.of(
            "eval",
            values,
            InputKind.MODEL.place(config.modelNameOrPath()),
            data().files(),
            problems.get(0).prompt().ids());
    try (Journal journal = Journal.open(Path.of(config.output()), inputs, config.overwrite())) {
      if (journal.size() > 0) {
        LOG.info(
            "{}: goes on, {} of {} problems are done",
            config.output(),
            journal.size(),
            problems.size());
      }
      List<Problem> left =
          problems.stream().filter(problem -> !journal.holds(problem.prompt().index())).toList();
      evaluator.run(
          left,
          config.sampling(),
          seed(),
          (problem, record) -> {
            try {
              journal.append(problem.prompt().index(), List.of(record.toJson()));
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
      journal.end();
      List<EvalRecord> records = new ArrayList<>();
      journal.forEach((number, rows) -> records.add(EvalRecord.of(rows.get(0))));
      journal.finish(rows -> rows);
      return new Evaluation(records, left.size(), (System.nanoTime() - begun) / 1e9);
    }
  }

  private long seed() {
    return SeedTree.at(config.seed(), "eval");
  }

  private RowSource data() throws IOException {
    return RowSource.of(
        DataFolder.files(
            InputKind.DATA.place(config.datasetName()), config.datasetConfig(), "test"));
  }

  private ChatTemplate template(ModelFolder model) {
    ChatTemplate template = model.template();
    return template == null
        ? null
        : template.with(ChatConfig.variables(config.chatTemplateKwargs()));
  }

  /** A problem whose prompt is too long is an error here: leaving it out would flatter. */
  private List<Problem> problems(ModelFolder model, PromptEncoder encoder) throws IOException {
    int longest = model.decoder().config().maxPositions() - config.maxCompletionLength();
    int limit =
        config.maxPromptLength() == null ? longest : Math.min(longest, config.maxPromptLength());
    ProblemSet set = ProblemSet.load(data(), encoder, config.prompt(), limit, Answers.REQUIRED);
    if (set.tooLong() > 0) {
      throw new IllegalArgumentException(
          config.datasetName()
              + ": "
              + set.summary(limit)
              + "; accuracy is over all problems, so lower max_completion_length or shorten them");
    }
    LOG.info("{}: {}", config.datasetName(), set.summary(limit));
    Integer most = config.maxSamples();
    return most == null || most >= set.problems().size()
        ? set.problems()
        : set.problems().subList(0, most);
  }
}
