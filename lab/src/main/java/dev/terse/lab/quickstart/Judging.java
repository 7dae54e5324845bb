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
import dev.terse.trainer.eval.Evaluation;
import dev.terse.trainer.eval.Evaluator;
import dev.terse.trainer.metrics.MetricSink;
import dev.terse.trainer.metrics.Phases;
import dev.terse.trainer.metrics.ResultTags;
import dev.terse.trainer.metrics.TensorBoardSink;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A model answers the held-out problems, greedily.
 *
 * @param values every key of the quickstart with its value
 */
record Judging(
    QuickstartConfig config,
    Map<String, String> values,
    Path heldOut,
    Engine engine,
    Phases phases) {

  /**
   * Judges a model.
   *
   * @param chains problems, from the first, whose chains are scored for the report
   * @param like answers of another model, from which the time that is left is guessed; may be empty
   * @param folder takes the records, the chains where there are any, and an event file
   */
  void run(Path modelFolder, int chains, List<EvalRecord> like, Path folder) throws IOException {
    try (ModelFolder model = ModelFolder.load(modelFolder, engine, WeightUse.READ)) {
      List<Problem> problems = problems(model, heldOut, config.maxCompletionLength());
      Phases announced = new Announced(phases, "answers", expected(like, model.tokenizer()));
      Evaluator evaluator = new Evaluator(model, SkipCounts.SKIP, config.maxLive(), announced);
      Evaluation evaluation = evaluator.run(problems, config.maxCompletionLength());
      List<EvalRecord> records = evaluation.records();
      EvalRecord.write(QuickstartFiles.records(folder), records);
      tellTensorBoard(folder, evaluation);
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

  /** The result as a run of its own in TensorBoard, beside the trainings. */
  private void tellTensorBoard(Path folder, Evaluation evaluation) throws IOException {
    Map<String, Object> hparams = new LinkedHashMap<>(values);
    hparams.put("judged", Path.of(config.outputDir()).relativize(folder).toString());
    try (MetricSink sink = new TensorBoardSink(folder)) {
      sink.begin(0);
      sink.hparams(hparams);
      sink.scalars(0, ResultTags.ofJudgement(evaluation.metrics()));
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
