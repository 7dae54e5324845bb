package dev.terse.lab.quickstart;

import dev.terse.engine.Engine;
import dev.terse.lab.report.Chain;
import dev.terse.model.folder.ModelFolder;
import dev.terse.model.tokenizer.Tokenizer;
import dev.terse.model.weights.WeightUse;
import dev.terse.traces.score.TraceScorer;
import dev.terse.traces.segment.SkipCounts;
import dev.terse.traces.segment.Trace;
import dev.terse.trainer.data.Problem;
import dev.terse.trainer.data.ProblemSet;
import dev.terse.trainer.data.PromptConfig;
import dev.terse.trainer.data.PromptEncoder;
import dev.terse.trainer.eval.EvalRecord;
import dev.terse.trainer.eval.Evaluator;
import dev.terse.trainer.metrics.Phases;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A model answers the held-out problems, greedily. */
record Judging(QuickstartConfig config, Path heldOut, Engine engine, Phases phases) {

  /**
   * Judges a model.
   *
   * @param chains problems, from the first, whose chains are scored for the report
   * @param like answers of another model, from which the time that is left is guessed; may be empty
   * @param folder takes the records, and the chains where there are any
   */
  void run(Path modelFolder, int chains, List<EvalRecord> like, Path folder) throws IOException {
    try (ModelFolder model = ModelFolder.load(modelFolder, engine, WeightUse.READ)) {
      List<Problem> problems = problems(model, heldOut, config.maxCompletionLength());
      Phases announced = new Announced(phases, "answers", expected(like, model.tokenizer()));
      Evaluator evaluator = new Evaluator(model, SkipCounts.SKIP, config.maxLive(), announced);
      List<EvalRecord> records = evaluator.run(problems, config.maxCompletionLength()).records();
      EvalRecord.write(QuickstartFiles.records(folder), records);
      if (chains > 0) {
        TraceScorer scorer = TraceScorer.of(model);
        List<Chain> scored = new ArrayList<>();
        for (int i = 0; i < chains; i++) {
          EvalRecord record = records.get(i);
          scored.add(
              Chain.of(
                  scorer.score(
                      new Trace(
                          record.id(),
                          problems.get(i).question(),
                          record.completion(),
                          record.gold()))));
        }
        Chain.write(QuickstartFiles.chains(folder), scored);
      }
    }
  }

  private long expected(List<EvalRecord> like, Tokenizer tokenizer) {
    return like.isEmpty()
        ? Expectation.of(config.source().problems(config.split(), config.problems()), tokenizer)
        : Expectation.of(like);
  }

  /**
   * The problems of a file as the model's prompts.
   *
   * @throws IllegalArgumentException if one does not fit the model's positions
   */
  static List<Problem> problems(ModelFolder model, Path file, int maxCompletionLength)
      throws IOException {
    int longest = model.decoder().config().maxPositions() - maxCompletionLength;
    ProblemSet set =
        ProblemSet.load(
            file,
            new PromptEncoder(model.tokenizer(), model.template()),
            PromptConfig.PLAIN,
            longest);
    if (set.tooLong() > 0) {
      throw new IllegalArgumentException(
          file + ": " + set.summary(longest) + "; lower max_completion_length or max_operations");
    }
    return set.problems();
  }
}
