package dev.terse.trainer.cli;

import dev.terse.engine.Engine;
import dev.terse.engine.SeedTree;
import dev.terse.model.ModelFolder;
import dev.terse.rollout.SamplingParams;
import dev.terse.traces.SkipCounts;
import dev.terse.trainer.config.PromptConfig;
import dev.terse.trainer.data.Problem;
import dev.terse.trainer.data.ProblemSet;
import dev.terse.trainer.data.PromptEncoder;
import dev.terse.trainer.eval.EvalRecord;
import dev.terse.trainer.eval.Evaluation;
import dev.terse.trainer.eval.Evaluator;
import dev.terse.trainer.eval.PairedComparison;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Accuracy and length over problems, and paired comparison. */
@Command(
    name = "eval",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Accuracy, tokens and skips of a model over all problems of a file: one that does not end"
          + " within the limit is wrong, none is left out.",
      "Rows {\"question\"}, {\"problem\"} or {\"prompt\"} with \"answer\" or \"gold\"."
    },
    footer = {
      "",
      "Examples:",
      "  java -jar trainer.jar eval --model DIR --input problems.jsonl --output before.jsonl",
      "  java -jar trainer.jar eval --compare before.jsonl after.jsonl"
    })
final class EvalCommand implements Callable<Integer> {
  private static final String DEFAULT = " Default: ${DEFAULT-VALUE}.";

  /** What to do: evaluate, or compare evaluations that were done. */
  static final class Job {
    @ArgGroup(exclusive = false)
    private Evaluate evaluate;

    @Option(
        names = "--compare",
        arity = "2",
        paramLabel = "RECORDS",
        description = "Compare two files that eval has written, problem by problem.")
    private Path[] compare;
  }

  /** What an evaluation needs. */
  static final class Evaluate {
    @Option(names = "--model", required = true, description = "Hugging Face folder or GGUF file.")
    private Path model;

    @Option(names = "--input", required = true, description = "JSONL of problems.")
    private Path input;
  }

  @ArgGroup(exclusive = true, multiplicity = "1")
  private Job job;

  @Option(names = "--output", description = "JSONL with a record of every problem.")
  private Path output;

  @Option(names = "--limit", description = "Take the first problems only.")
  private Integer limit;

  @Option(
      names = "--max-new-tokens",
      defaultValue = "2048",
      description = "Longest completion." + DEFAULT)
  private int maxNewTokens;

  @Option(
      names = "--temperature",
      defaultValue = "0",
      description = "0 takes the likeliest token." + DEFAULT)
  private double temperature;

  @Option(names = "--top-p", defaultValue = "1.0", description = "1 keeps all." + DEFAULT)
  private double topP;

  @Option(names = "--system", description = "A system turn before the question.")
  private String system;

  @Option(names = "--suffix", defaultValue = "", description = "Text right after each question.")
  private String suffix;

  @Option(
      names = "--skip-token",
      defaultValue = SkipCounts.SKIP,
      description = "What counts as a skipped step." + DEFAULT)
  private String skipToken;

  @Option(
      names = "--max-live",
      defaultValue = "32",
      description = "Sequences decoded together." + DEFAULT)
  private int maxLive;

  @Option(names = "--seed", defaultValue = "42", description = "Of the draws." + DEFAULT)
  private long seed;

  @Mixin private EngineOption engineOption;

  @Override
  public Integer call() throws IOException {
    if (job.compare != null) {
      List<EvalRecord> a = EvalRecord.read(job.compare[0]);
      List<EvalRecord> b = EvalRecord.read(job.compare[1]);
      System.out.print(PairedComparison.of(a, b, seed).describe());
      return ExitCodes.OK;
    }
    SamplingParams sampling = new SamplingParams(temperature, 0, topP, 0, maxNewTokens);
    try (Engine engine = engineOption.open();
        ModelFolder model = ModelFolder.load(job.evaluate.model, engine)) {
      int room = model.decoder().config().maxPositions() - maxNewTokens;
      PromptEncoder encoder = new PromptEncoder(model.tokenizer(), model.template());
      PromptConfig prompts = new PromptConfig(system, suffix);
      ProblemSet set = ProblemSet.load(job.evaluate.input, encoder, prompts, room);
      System.err.println(set.summary(room));
      List<Problem> problems = set.problems();
      if (limit != null && limit < problems.size()) {
        problems = problems.subList(0, limit);
      }
      Evaluator evaluator = new Evaluator(model, skipToken, maxLive, Terminal.phases());
      Evaluation evaluation = evaluator.run(problems, sampling, SeedTree.at(seed, "eval"));
      if (output != null) {
        EvalRecord.write(output, evaluation.records());
      }
      evaluation
          .metrics()
          .forEach((name, value) -> System.out.printf(Locale.ROOT, "%-32s %.6g%n", name, value));
    }
    return ExitCodes.OK;
  }
}
