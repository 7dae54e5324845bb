package dev.terse.cli.command;

import dev.terse.cli.engine.EngineOption;
import dev.terse.cli.progress.Terminal;
import dev.terse.engine.Engine;
import dev.terse.io.Journal;
import dev.terse.io.Outputs;
import dev.terse.io.hub.InputKind;
import dev.terse.lab.sampling.PrunedAnswers;
import dev.terse.model.folder.ModelFolder;
import dev.terse.model.weights.WeightUse;
import dev.terse.traces.CompressReport;
import dev.terse.traces.Compressor;
import dev.terse.traces.Intake;
import dev.terse.traces.TraceSurvey;
import dev.terse.traces.prune.Placeholder;
import dev.terse.traces.prune.Pruner;
import dev.terse.traces.score.StepScore;
import dev.terse.traces.score.TraceScorer;
import dev.terse.traces.segment.SkipCounts;
import dev.terse.traces.segment.ThinkingEnd;
import dev.terse.traces.segment.ThinkingRule;
import dev.terse.trainer.config.ConfigReader.Loaded;
import dev.terse.trainer.config.Default;
import dev.terse.trainer.config.Range;
import dev.terse.trainer.config.places.Reads;
import dev.terse.trainer.config.places.Writes;
import dev.terse.trainer.data.PromptEncoder;
import dev.terse.trainer.data.RightTrace;
import dev.terse.trainer.data.ThinkingChoice;
import dev.terse.trainer.metrics.Phases;
import dev.terse.trainer.model.EngineConfig;
import dev.terse.trainer.model.SampledInputs;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;

/** Traces to a training set with [SKIP] in place of predictable steps. */
@Command(
    name = "compress",
    mixinStandardHelpOptions = true,
    description = {
      "Scores the steps of reasoning traces by entropy, replaces the predictable ones and writes a"
          + " training set for sft. Killed, the same command goes on.",
      "Rows {\"question\", \"response\"} (and \"id\", \"gold\" where there are) become rows"
          + " {\"prompt\", \"completion\"}."
    },
    footer = {
      "",
      "Examples:",
      "  java -jar trainer.jar compress --model_name_or_path DIR --dataset_name traces.jsonl \\",
      "      --output sft.jsonl --kappa 0.8 --steps steps.jsonl",
      "  java -jar trainer.jar compress --model_name_or_path DIR --dataset_name traces.jsonl \\",
      "      --output control.jsonl --order random --budget tokens --seed 7"
    })
public final class CompressCommand extends ConfiguredCommand<CompressCommand.CompressConfig> {

  /**
   * The keys. docs/commands/compress.md lists them.
   *
   * @param modelNameOrPath the scoring model: a Hugging Face folder, a GGUF file, or the folder of
   *     a PEFT adapter
   * @param datasetName file of the traces
   * @param output file of the training rows
   * @param steps file of what was seen, a row a trace; unset writes none
   * @param overwrite whether files that stand there are replaced
   * @param kappa share to prune, rounded down exactly
   * @param score what steps are ranked by
   * @param order which end is pruned first
   * @param budget what kappa is a share of
   * @param protectFirst steps at the beginning that stay
   * @param protectLast steps at the end that stay
   * @param placeholder what stands for a pruned step; empty deletes
   * @param thinking where thinking ends, in all rows alike
   * @param mergeRuns whether neighbouring pruned steps have one placeholder
   * @param onlyRight whether traces are dropped whose answer is not equal to their gold answer
   * @param keepIfRight whether pruned traces are dropped from whose thinking the model no longer
   *     answers right
   * @param maxAnswerLength most tokens of such an answer
   * @param maxLive such answers decoded together
   * @param maxLength longest prompt and response together; unset takes the model's positions
   * @param maxTokensPerPass tokens scored in one pass
   * @param badRows what becomes of rows that cannot be read
   * @param seed of the random order
   */
  public record CompressConfig(
      @Reads(InputKind.MODEL) String modelNameOrPath,
      @Reads(InputKind.FILE) String datasetName,
      @Writes(Writes.Kind.FILE) String output,
      @Default(Default.UNSET) @Writes(Writes.Kind.FILE) String steps,
      @Default("false") boolean overwrite,
      @Default("0.8") @Range("[0, 1]") BigDecimal kappa,
      @Default("entropy_mean") StepScore score,
      @Default("low") Pruner.Order order,
      @Default("steps") Pruner.Budget budget,
      @Default("0") @Range("[0, inf)") int protectFirst,
      @Default("0") @Range("[0, inf)") int protectLast,
      @Default("auto") ThinkingEnd thinking,
      @Default(SkipCounts.SKIP) String placeholder,
      @Default("false") boolean mergeRuns,
      @Default("false") boolean onlyRight,
      @Default("false") boolean keepIfRight,
      @Default("512") @Range("[1, inf)") int maxAnswerLength,
      @Default("32") @Range("[1, inf)") int maxLive,
      @Default(Default.UNSET) @Range("[1, inf)") Integer maxLength,
      @Default("4096") @Range("[1, inf)") int maxTokensPerPass,
      @Default("fail") Intake.BadRows badRows,
      @Default("42") long seed,
      EngineConfig engine) {

    private List<Compressor.Target> targets() {
      Compressor.Method method =
          new Compressor.Method(
              score,
              new Pruner(kappa, budget, order, protectFirst, protectLast, seed),
              mergeRuns ? Placeholder.mergedRuns(placeholder) : Placeholder.perStep(placeholder));
      return List.of(
          new Compressor.Target(method, Path.of(output), steps == null ? null : Path.of(steps)));
    }

    private List<Path> outputs() {
      return Stream.of(output, steps).filter(Objects::nonNull).map(Path::of).toList();
    }
  }

  private static final Logger LOG = LoggerFactory.getLogger(CompressCommand.class);

  /** A command without arguments yet. */
  public CompressCommand() {
    super(CompressConfig.class);
  }

  @Override
  public Integer call() throws IOException {
    Loaded<CompressConfig> loaded = load();
    CompressConfig config = loaded.config();
    Path model = InputKind.MODEL.place(config.modelNameOrPath());
    Path input = InputKind.FILE.place(config.datasetName());
    new Outputs(List.of(model, input), config.overwrite()).requireJournaled(config.outputs());
    long start = System.nanoTime();
    try (Engine engine = EngineOption.open(config.engine());
        ModelFolder folder = ModelFolder.load(model, engine, WeightUse.READ)) {
      TraceScorer scorer = TraceScorer.of(folder);
      PromptEncoder encoder = new PromptEncoder(folder.tokenizer(), folder.template());
      ThinkingChoice choice = ThinkingChoice.of(config.thinking(), encoder, input);
      System.out.println(choice.describe());
      Compressor compressor = new Compressor(scorer, intake(config, folder, choice.rule()));
      TraceSurvey survey = compressor.survey(input);
      Map<String, String> inputs =
          SampledInputs.of(
              "compress", loaded.values(), model, List.of(input), survey.firstPrompt());
      try (Journal journal = Journal.open(Path.of(config.output()), inputs, config.overwrite())) {
        if (journal.size() > 0) {
          LOG.info(
              "{}: goes on, {} of {} passes are done",
              config.output(),
              journal.size(),
              survey.passTokens().length);
        }
        long left = survey.tokensLeft(journal);
        CompressReport report;
        try (Phases.Phase phase = Terminal.phases().start("compress", "tokens", left)) {
          report = compressor.run(input, survey, config.targets(), journal, phase).get(0);
        }
        System.out.println(report.text());
        double seconds = (System.nanoTime() - start) / 1e9;
        System.out.printf(
            Locale.ROOT,
            "%.1f s with %s: %.0f tokens/s, loading included%n",
            seconds,
            engine.description(),
            left / seconds);
      }
    }
    return ExitCodes.OK;
  }

  private static Intake intake(CompressConfig config, ModelFolder model, ThinkingRule rule) {
    return new Intake(
        config.badRows(),
        config.maxLength() == null ? Integer.MAX_VALUE : config.maxLength(),
        config.maxTokensPerPass(),
        rule,
        config.onlyRight() ? RightTrace::test : (trace, parts) -> true,
        config.keepIfRight()
            ? new PrunedAnswers(model, rule, config.maxAnswerLength(), config.maxLive())
            : null);
  }
}
