package dev.terse.trainer.grpo;

import dev.terse.engine.Engine;
import dev.terse.io.rows.RowSource;
import dev.terse.model.folder.ModelFolder;
import dev.terse.model.weights.DecoderConfig;
import dev.terse.reward.Rubric;
import dev.terse.trainer.config.ConfigReader.Loaded;
import dev.terse.trainer.data.CompletionReader;
import dev.terse.trainer.data.EpochOrder;
import dev.terse.trainer.data.Problem;
import dev.terse.trainer.data.ProblemSet;
import dev.terse.trainer.data.ProblemSet.Answers;
import dev.terse.trainer.data.PromptConfig;
import dev.terse.trainer.data.PromptEncoder;
import dev.terse.trainer.data.ThinkingChoice;
import dev.terse.trainer.data.mixture.RunRows;
import dev.terse.trainer.grpo.episode.CompletionLog;
import dev.terse.trainer.grpo.episode.HealthWatch;
import dev.terse.trainer.grpo.episode.Judge;
import dev.terse.trainer.loop.Learner;
import dev.terse.trainer.loop.StopSignal;
import dev.terse.trainer.loop.TrainingConfig;
import dev.terse.trainer.loop.TrainingRun;
import dev.terse.trainer.memory.Workload;
import dev.terse.trainer.metrics.MetricSink;
import dev.terse.trainer.metrics.Phases;
import dev.terse.trainer.metrics.RunSinks;
import dev.terse.trainer.model.RunModels;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The grpo command: from a configuration to a trained model folder. */
public final class GrpoRun {
  private static final Logger LOG = LoggerFactory.getLogger(GrpoRun.class);

  private final GrpoConfig config;
  private final TrainingRun run;
  private final Engine engine;
  private final MetricSink sink;
  private final Phases phases;

  public GrpoRun(Loaded<GrpoConfig> loaded, Engine engine, MetricSink sink, Phases phases) {
    this.config = loaded.config();
    this.run = new TrainingRun(loaded, engine, sink);
    this.engine = engine;
    this.sink = sink;
    this.phases = phases;
  }

  /**
   * Trains, and lets {@code listener} hear what is logged, beside the logs that the configuration
   * asks for. A signal to end the process ends the training as the command line does.
   *
   * @param loaded the configuration
   * @param engine what computes; the caller's
   * @param listener closed with the run
   * @return updates done: fewer than planned if the process was asked to end
   * @throws IOException if a file cannot be read or written
   */
  public static int train(Loaded<GrpoConfig> loaded, Engine engine, MetricSink listener)
      throws IOException {
    TrainingConfig training = loaded.config().training();
    try (StopSignal stop = StopSignal.listening();
        MetricSink sink =
            RunSinks.open(training.logging(), Path.of(training.outputDir()), listener)) {
      return new GrpoRun(loaded, engine, sink, Phases.QUIET).run(stop);
    }
  }

  /**
   * Trains, saving on the way, and leaves the final model in output_dir.
   *
   * @return updates done: fewer than planned if {@code stop} was asked for
   */
  public int run(StopSignal stop) throws IOException {
    try (Rubric rubric = config.reward().rubric()) {
      return run.run(
          new TrainingRun.Method<GrpoTrainer.State>() {
            @Override
            public void open() {
              rubric.open();
              LOG.info("reward: {}", rubric.describe());
            }

            @Override
            public Learner<GrpoTrainer.State> learner(ModelFolder model) throws IOException {
              return trainer(model, rubric, stop.guard(phases));
            }
          },
          stop);
    }
  }

  private GrpoTrainer trainer(ModelFolder model, Rubric rubric, Phases phases) throws IOException {
    if (config.training().dataset().datasetStreaming()) {
      LOG.warn("dataset_streaming changes nothing here: problems are read whole, they are small");
    }
    RunRows rows = config.training().rows();
    List<Problem> train = told(rows.train(), model);
    List<Problem> eval = rows.eval().isEmpty() ? List.of() : told(rows.eval().get(), model);
    int printed =
        !config.logCompletions()
            ? 0
            : config.numCompletionsToPrint() == null
                ? Integer.MAX_VALUE
                : config.numCompletionsToPrint();
    ThinkingChoice thinking = thinking(config, model);
    LOG.info(thinking.describe());
    CompletionLog log =
        new CompletionLog(
            Path.of(config.training().outputDir()),
            sink,
            config.model().skipMark(),
            printed,
            new HealthWatch(rubric::failures, thinking.rule().isMarks()));
    return new GrpoTrainer(
        model,
        reference(model),
        config,
        new GrpoTrainer.GrpoProblems(train, eval, teacher(config, rows.train(), model, train)),
        judge(config, model, rubric, phases),
        log,
        phases);
  }

  /**
   * The problems as the reference is asked them, by index; empty where it is asked as the policy
   * is.
   *
   * @throws IllegalArgumentException if one is longer than the model's positions let it be
   */
  public static Map<Integer, Problem> teacher(
      GrpoConfig config, RowSource source, ModelFolder model, List<Problem> train)
      throws IOException {
    if (config.teacherPromptSuffix() == null) {
      return Map.of();
    }
    PromptConfig prompt = config.prompt().teacher(config.teacherPromptSuffix());
    int longest =
        model.decoder().config().maxPositions() - config.generation().maxCompletionLength();
    Map<Integer, Problem> asked =
        ProblemSet.load(
                source,
                new PromptEncoder(model.tokenizer(), model.template()),
                prompt,
                longest,
                config.reward().needsRightAnswers() ? Answers.REQUIRED : Answers.OPTIONAL)
            .problems()
            .stream()
            .collect(Collectors.toMap(each -> each.prompt().index(), Function.identity()));
    for (Problem problem : train) {
      if (!asked.containsKey(problem.prompt().index())) {
        throw new IllegalArgumentException(
            "problem "
                + problem.id()
                + " with teacher_prompt_suffix is longer than the "
                + longest
                + " tokens that max_completion_length leaves: lower it, or set max_prompt_length"
                + " so that such problems are dropped");
      }
    }
    return asked;
  }

  /** None where beta is 0. A learner is made before a checkpoint is read, so this is the start. */
  private Optional<ReferenceModel> reference(ModelFolder policy) {
    if (config.loss().beta() == 0) {
      return Optional.empty();
    }
    return Optional.of(
        policy.decoder().adapters().isPresent()
            ? ReferenceModel.Adapters.of(policy.decoder())
            : new ReferenceModel.Whole(
                RunModels.open(
                    config.model(), engine, config.training().seed(), config.learnsTurns())));
  }

  private List<Problem> told(RowSource source, ModelFolder model) throws IOException {
    ProblemSet set = problems(config, model, source);
    int limit = maxPromptLength(config, model);
    if (set.losesRows()) {
      LOG.warn("{}: {}", source.name(), set.summary(limit));
    } else {
      LOG.info("{}: {}", source.name(), set.summary(limit));
    }
    return set.problems();
  }

  /**
   * The problems of a run as it reads them.
   *
   * @param model whose tokenizer and template encode them; of its decoder the shape is asked for
   * @throws IllegalArgumentException naming the row that cannot be used, or if too few are left
   */
  public static ProblemSet problems(GrpoConfig config, ModelFolder model, RowSource source)
      throws IOException {
    return ProblemSet.load(
        source,
        new PromptEncoder(model.tokenizer(), model.template()),
        config.prompt(),
        maxPromptLength(config, model),
        config.reward().needsRightAnswers() ? Answers.REQUIRED : Answers.OPTIONAL);
  }

  /**
   * The longest prompt of a run in tokens.
   *
   * @throws IllegalArgumentException if completions leave no room for one
   */
  public static int maxPromptLength(GrpoConfig config, ModelFolder model) {
    int completion = config.generation().maxCompletionLength();
    int positions = model.decoder().config().maxPositions();
    if (completion >= positions) {
      throw new IllegalArgumentException(
          "max_completion_length "
              + completion
              + " leaves no room for a prompt: the model has "
              + positions
              + " positions");
    }
    Integer limit = config.generation().maxPromptLength();
    return limit == null ? positions - completion : Math.min(limit, positions - completion);
  }

  /**
   * Where thinking ends in the completions of a run.
   *
   * @throws IllegalArgumentException if what is asked for contradicts the chat template
   */
  public static ThinkingChoice thinking(GrpoConfig config, ModelFolder model) {
    PromptEncoder encoder = new PromptEncoder(model.tokenizer(), model.template());
    return ThinkingChoice.of(config.reward().thinking(), encoder, config.prompt());
  }

  /**
   * Who reads and scores the completions of a run, by its rule of thinking.
   *
   * @param rubric open
   */
  public static Judge judge(GrpoConfig config, ModelFolder model, Rubric rubric, Phases phases) {
    CompletionReader reader =
        new CompletionReader(
            model.tokenizer(), config.model().skipMark(), thinking(config, model).rule());
    return new Judge(reader, rubric, phases);
  }

  /**
   * What a run on these problems does, for the forecast of its memory.
   *
   * @param teacher the former as the reference is asked them: {@link #teacher}
   */
  public static Workload workload(
      GrpoConfig config,
      DecoderConfig model,
      List<Problem> train,
      Map<Integer, Problem> teacher,
      List<Problem> eval) {
    return GrpoWorkload.of(
        model,
        config,
        BatchPlan.of(config),
        order(config, train.size()),
        new GrpoTrainer.GrpoProblems(train, eval, teacher));
  }

  /** The order in which problems are visited; an update of it is a generation. */
  public static EpochOrder order(GrpoConfig config, int problems) {
    return new EpochOrder(
        config.training().orderSeed(),
        problems,
        BatchPlan.of(config).prompts(),
        config.shuffleDataset() ? EpochOrder.Order.SHUFFLED : EpochOrder.Order.AS_GIVEN,
        EpochOrder.LastUpdate.DROPPED);
  }
}
