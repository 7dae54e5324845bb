package dev.terse.lab.quickstart;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.terse.engine.Engine;
import dev.terse.engine.SeedTree;
import dev.terse.io.JsonLinesWriter;
import dev.terse.lab.tasks.Split;
import dev.terse.model.folder.ModelFolder;
import dev.terse.model.weights.WeightUse;
import dev.terse.rollout.Completion;
import dev.terse.rollout.FinishReason;
import dev.terse.rollout.Group;
import dev.terse.rollout.Rollouts;
import dev.terse.rollout.SamplingParams;
import dev.terse.trainer.data.Problem;
import dev.terse.trainer.metrics.Phases;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** The base reasons about training problems; what it ended itself becomes a trace. */
record TraceSampling(QuickstartConfig config, Engine engine, Phases phases) {

  /** Draws the chains of all problems and writes a row for each that ended. */
  void run(Path problemFile, Path traces) throws IOException {
    SamplingParams sampling =
        SamplingParams.plain(config.temperature(), config.maxCompletionLength());
    try (ModelFolder model = ModelFolder.load(config.base(), engine, WeightUse.READ);
        JsonLinesWriter out = new JsonLinesWriter(traces)) {
      List<Problem> problems = Judging.problems(model, problemFile, config.maxCompletionLength());
      Rollouts rollouts =
          new Rollouts(model.decoder(), Set.copyOf(model.tokenizer().stopIds()), config.maxLive());
      long expected =
          config.traceSamples()
              * Expectation.of(
                  config.source().problems(Split.TRAIN, config.traceProblems()), model.tokenizer());
      List<Group> groups;
      try (Phases.Phase phase = phases.start("chains", "tokens", expected)) {
        groups =
            rollouts.generate(
                problems.stream().map(Problem::prompt).toList(),
                config.traceSamples(),
                sampling,
                SeedTree.at(config.seed(), "quickstart-traces"),
                phase);
      }
      for (int p = 0; p < problems.size(); p++) {
        write(out, problems.get(p), groups.get(p), model);
      }
      out.commit();
    }
  }

  private static void write(JsonLinesWriter out, Problem problem, Group group, ModelFolder model)
      throws IOException {
    for (int sample = 0; sample < group.completions().size(); sample++) {
      Completion completion = group.completions().get(sample);
      if (completion.finish() == FinishReason.STOP) {
        out.write(
            JsonNodeFactory.instance
                .objectNode()
                .put("id", problem.id() + "/" + sample)
                .put("question", problem.question())
                .put("response", model.tokenizer().decode(completion.ids(), true))
                .put("gold", problem.gold()));
      }
    }
  }
}
