package dev.terse.cli.command;

import static dev.terse.cli.command.OptionText.DEFAULT;

import dev.terse.cli.engine.EngineOption;
import dev.terse.cli.progress.Terminal;
import dev.terse.engine.Engine;
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
import dev.terse.trainer.data.PromptEncoder;
import dev.terse.trainer.data.RightTrace;
import dev.terse.trainer.data.ThinkingChoice;
import dev.terse.trainer.metrics.Phases;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.BiPredicate;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Traces to a training set with [SKIP] in place of predictable steps. */
@Command(
    name = "compress",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Scores the steps of reasoning traces by entropy, replaces the predictable ones and writes a"
          + " training set for sft.",
      "Rows {\"question\", \"response\"} (and \"id\", \"gold\" where there are) become rows"
          + " {\"prompt\", \"completion\"}."
    },
    footer = {
      "",
      "Examples:",
      "  java -jar trainer.jar compress --model DIR --input traces.jsonl --output sft.jsonl \\",
      "      --kappa 0.8 --steps steps.jsonl",
      "  java -jar trainer.jar compress --model DIR --input traces.jsonl --output control.jsonl \\",
      "      --order random --budget tokens --seed 7"
    })
public final class CompressCommand implements Callable<Integer> {
  @Option(
      names = "--model",
      required = true,
      description = "The scoring model: Hugging Face folder, GGUF file or PEFT adapter.")
  private Path model;

  @Option(names = "--input", required = true, description = "JSONL of traces.")
  private Path input;

  @Option(names = "--output", required = true, description = "JSONL of training rows.")
  private Path output;

  @Option(
      names = "--steps",
      description =
          "Also write what was seen: a row a trace with start, end (code points of the thinking),"
              + " tokens, entropies in bits and pruned of every step.")
  private Path steps;

  @Option(
      names = "--kappa",
      defaultValue = "0.8",
      description = "Share of the steps to prune, 0 to 1, rounded down exactly." + DEFAULT)
  private BigDecimal kappa;

  @Option(
      names = "--score",
      defaultValue = "entropy_mean",
      description = "What steps are ranked by: ${COMPLETION-CANDIDATES}." + DEFAULT)
  private StepScore score;

  @Option(
      names = "--order",
      defaultValue = "low",
      description = "Which end is pruned first: ${COMPLETION-CANDIDATES}." + DEFAULT)
  private Pruner.Order order;

  @Option(
      names = "--budget",
      defaultValue = "steps",
      description = "What kappa is a share of: ${COMPLETION-CANDIDATES}." + DEFAULT)
  private Pruner.Budget budget;

  @Option(
      names = "--protect-first",
      defaultValue = "0",
      description = "Steps at the beginning that stay." + DEFAULT)
  private int protectFirst;

  @Option(
      names = "--protect-last",
      defaultValue = "0",
      description = "Steps at the end that stay." + DEFAULT)
  private int protectLast;

  @Option(
      names = "--placeholder",
      defaultValue = SkipCounts.SKIP,
      description = "What stands for a pruned step; empty deletes." + DEFAULT)
  private String placeholder;

  @Option(
      names = "--thinking",
      defaultValue = "auto",
      description =
          "Where thinking ends, in all rows alike: ${COMPLETION-CANDIDATES}."
              + " docs/method.md, section 1."
              + DEFAULT)
  private ThinkingEnd thinking;

  @Option(names = "--merge-runs", description = "One placeholder for neighbouring pruned steps.")
  private boolean mergeRuns;

  @Option(
      names = "--only-right",
      description = "Drop traces whose answer is not equal to their gold answer.")
  private boolean onlyRight;

  @Option(
      names = "--max-tokens",
      description = "Drop longer traces; the model's positions are a limit in any case.")
  private Integer maxTokens;

  @Option(
      names = "--batch-tokens",
      defaultValue = "4096",
      description = "Tokens scored in one pass." + DEFAULT)
  private int batchTokens;

  @Option(
      names = "--bad-rows",
      defaultValue = "fail",
      description = "Rows that cannot be read: ${COMPLETION-CANDIDATES}." + DEFAULT)
  private Intake.BadRows badRows;

  @Option(names = "--seed", defaultValue = "42", description = "Of the random order." + DEFAULT)
  private long seed;

  @Mixin private OverwriteOption outputs;

  @Mixin private EngineOption engineOption;

  @Override
  public Integer call() throws IOException {
    InputKind.MODEL
        .missing(model.toString())
        .ifPresent(
            sentence -> {
              throw new IllegalArgumentException("model: " + sentence);
            });
    model = InputKind.MODEL.place(model.toString());
    outputs.requireFiles(List.of(model, input), output, steps);
    Compressor.Method method =
        new Compressor.Method(
            score,
            new Pruner(kappa, budget, order, protectFirst, protectLast, seed),
            mergeRuns ? Placeholder.mergedRuns(placeholder) : Placeholder.perStep(placeholder));
    BiPredicate<Trace, Thinking> right = onlyRight ? RightTrace::test : (trace, parts) -> true;
    int limit = maxTokens == null ? Integer.MAX_VALUE : maxTokens;
    long start = System.nanoTime();
    try (Engine engine = engineOption.open();
        ModelFolder folder = ModelFolder.load(model, engine, WeightUse.READ);
        Phases.Phase phase = Terminal.phases().start("compress", "tokens", -1)) {
      TraceScorer scorer = TraceScorer.of(folder);
      PromptEncoder encoder = new PromptEncoder(folder.tokenizer(), folder.template());
      ThinkingChoice choice = ThinkingChoice.of(thinking, encoder, input);
      System.out.println(choice.describe());
      Intake intake = new Intake(badRows, limit, batchTokens, choice.rule(), right);
      Compressor compressor = new Compressor(scorer, intake);
      List<Compressor.Target> targets = List.of(new Compressor.Target(method, output, steps));
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
