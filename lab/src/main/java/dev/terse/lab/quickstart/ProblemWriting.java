package dev.terse.lab.quickstart;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.terse.io.JsonLinesWriter;
import dev.terse.lab.tasks.ProblemSource;
import dev.terse.lab.tasks.Split;
import dev.terse.lab.tasks.WorkedProblem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** The problems of a quickstart: for traces, for GRPO and, of another split, for judging. */
record ProblemWriting(QuickstartConfig config, QuickstartFiles files) {

  void write() throws IOException {
    ProblemSource source = config.source();
    List<WorkedProblem> train =
        source.problems(Split.TRAIN, config.traceProblems() + config.grpoProblems());
    write(files.traceProblems(), Split.TRAIN, train.subList(0, config.traceProblems()));
    write(files.grpoProblems(), Split.TRAIN, train.subList(config.traceProblems(), train.size()));
    write(files.heldOut(), config.split(), source.problems(config.split(), config.problems()));
  }

  private static void write(Path file, Split split, List<WorkedProblem> problems)
      throws IOException {
    try (JsonLinesWriter out = new JsonLinesWriter(file)) {
      for (int i = 0; i < problems.size(); i++) {
        out.write(
            JsonNodeFactory.instance
                .objectNode()
                .put("id", split.name().toLowerCase(Locale.ROOT) + "-" + i)
                .put("question", problems.get(i).question())
                .put("answer", Long.toString(problems.get(i).answer())));
      }
      out.commit();
    }
  }
}
