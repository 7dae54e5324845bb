package dev.terse.cli.command;

import dev.terse.cli.engine.EngineOption;
import dev.terse.cli.progress.Terminal;
import dev.terse.engine.Engine;
import dev.terse.io.Outputs;
import dev.terse.io.hub.InputKind;
import dev.terse.model.folder.ModelFolder;
import dev.terse.model.weights.WeightUse;
import dev.terse.traces.CompressReport;
import dev.terse.traces.Compressor;
import dev.terse.traces.Intake;
import dev.terse.traces.prune.Placeholder;
import dev.terse.traces.prune.Pruner;
import dev.terse.traces.score.StepScore;
import dev.terse.traces.score.TraceScorer;
import dev.terse.traces.segment.SkipCounts;
import dev.terse.traces.segment.Thinking;
import dev.terse.traces.segment.ThinkingEnd;
import dev.terse.traces.segment.Trace;
import dev.terse.trainer.config.Default;
import dev.terse.trainer.config.Range;
import dev.terse.trainer.config.places.Reads;
import dev.terse.trainer.data.PromptEncoder;
import dev.terse.trainer.data.RightTrace;
import dev.terse.trainer.data.ThinkingChoice;
import dev.terse.trainer.metrics.Phases;
import dev.terse.trainer.model.EngineConfig;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.BiPredicate;
import picocli.CommandLine.Command;

/** Traces to a training set with [SKIP] in place of predictable steps. */
@Command(
    name = "compress",
    mixinStandardHelpOptions = true,
    description = {
      "Scores the steps of reasoning traces by entropy, replaces the predictable ones and writes a"
          + " training set for sft.",
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
   * @param maxLength longest prompt and response together; unset takes the model's positions
   * @param maxTokensPerPass tokens scored in one pass
   * @param badRows what becomes of rows that cannot be read
   * @param seed of the random order
   */
  public record CompressConfig(
      @Reads(InputKind.MODEL) String modelNameOrPath,
      @Reads(InputKind.FILE) String datasetName,
      String output,
      @Default(Default.UNSET) String steps,
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
      @Default(Default.UNSET) @Range("[1, inf)") Integer maxLength,
      @Default("4096") @Range("[1, inf)") int maxTokensPerPass,
      @Default("fail") Intake.BadRows badRows,
      @Default("42") long seed,
      EngineConfig engine) {

    private Compressor.Method method() {
      return new Compressor.Method(
          score,
          new Pruner(kappa, budget, order, protectFirst, protectLast, seed),
          mergeRuns ? Placeholder.mergedRuns(placeholder) : Placeholder.perStep(placeholder));
    }
  }

  /** A command without arguments yet. */
  public CompressCommand() {
    super(CompressConfig.class);
  }

  @Override
  public Integer call() throws IOException {
    CompressConfig config = load().config();
    Path model = InputKind.MODEL.place(config.modelNameOrPath());
    Path input = InputKind.FILE.place(config.datasetName());
    Path output = Path.of(config.output());
    Path steps = config.steps() == null ? null : Path.of(config.steps());
    new Outputs(List.of(model, input), config.overwrite())
        .requireFiles(steps == null ? List.of(output) : List.of(output, steps));
    BiPredicate<Trace, Thinking> right =
        config.onlyRight() ? RightTrace::test : (trace, parts) -> true;
    int limit = config.maxLength() == null ? Integer.MAX_VALUE : config.maxLength();
    long start = System.nanoTime();
    try (Engine engine = EngineOption.open(config.engine());
        ModelFolder folder = ModelFolder.load(model, engine, WeightUse.READ);
        Phases.Phase phase = Terminal.phases().start("compress", "tokens", -1)) {
      TraceScorer scorer = TraceScorer.of(folder);
      PromptEncoder encoder = new PromptEncoder(folder.tokenizer(), folder.template());
      ThinkingChoice choice = ThinkingChoice.of(config.thinking(), encoder, input);
      System.out.println(choice.describe());
      Intake intake =
          new Intake(config.badRows(), limit, config.maxTokensPerPass(), choice.rule(), right);
      Compressor compressor = new Compressor(scorer, intake);
      List<Compressor.Target> targets =
          List.of(new Compressor.Target(config.method(), output, steps));
      CompressReport report = compressor.run(input, targets, phase).get(0);
      double seconds = (System.nanoTime() - start) / 1e9;
      System.out.println(report.text());
      System.out.printf(
          Locale.ROOT,
          "%.1f s with %s: %.0f tokens/s, loading included%n",
          seconds,
          engine.description(),
          report.tokensRead() / seconds);
    }
    return ExitCodes.OK;
  }
}
