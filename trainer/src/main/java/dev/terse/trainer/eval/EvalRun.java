package dev.terse.trainer.eval;

import dev.terse.answers.extract.AnswerPolicy;
import dev.terse.engine.Engine;
import dev.terse.engine.SeedTree;
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
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The eval command: a model on all problems of a file. */
public final class EvalRun {
  private static final Logger LOG = LoggerFactory.getLogger(EvalRun.class);

  private final EvalConfig config;
  private final Engine engine;
  private final Phases phases;

  public EvalRun(EvalConfig config, Engine engine, Phases phases) {
    this.config = config;
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
      Evaluation evaluation =
          evaluator.run(problems, config.sampling(), SeedTree.at(config.seed(), "eval"));
      if (config.output() != null) {
        EvalRecord.write(Path.of(config.output()), evaluation.records());
      }
      return evaluation;
    }
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
    ProblemSet set =
        ProblemSet.load(
            RowSource.of(
                DataFolder.files(InputKind.DATA.place(config.datasetName()), null, "test")),
            encoder,
            config.prompt(),
            limit,
            Answers.REQUIRED);
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
