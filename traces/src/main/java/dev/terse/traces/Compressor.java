package dev.terse.traces;

import dev.terse.engine.Progress;
import dev.terse.io.Journal;
import dev.terse.io.Outputs;
import dev.terse.traces.prune.Placeholder;
import dev.terse.traces.prune.Pruner;
import dev.terse.traces.prune.SftExample;
import dev.terse.traces.score.StepScore;
import dev.terse.traces.score.TraceScorer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns a file of traces into an SFT set: scores the steps of each chain of thought, prunes, and
 * writes the row out. Rows are read twice, once to find what cannot be used before anything is
 * scored, and once as they are scored; what a pass of the model gives lies in a {@link Journal} at
 * once. So neither is held in memory, and a run that was killed goes on.
 */
public final class Compressor {
  private static final Logger log = LoggerFactory.getLogger(Compressor.class);

  private final TraceScorer scorer;
  private final Intake intake;

  /**
   * How steps are ranked, chosen and replaced.
   *
   * @param score what they are ranked by
   * @param pruner how many go, and which
   * @param placeholder what stands in their place
   */
  public record Method(StepScore score, Pruner pruner, Placeholder placeholder) {}

  /**
   * One training set to write.
   *
   * @param output {@link SftExample} rows, in the order of the input
   * @param steps file for the steps of every written row, or null
   */
  public record Target(Method method, Path output, Path steps) {}

  public Compressor(TraceScorer scorer, Intake intake) {
    this.scorer = scorer;
    this.intake = intake;
  }

  /**
   * Compresses {@code input} once for every target, from its beginning: the model reads each trace
   * once, however many ways of pruning are asked for. Each file appears whole at the end or not at
   * all.
   *
   * @param input traces, JSONL: {@code question}, {@code response}, and {@code id}, {@code gold}
   *     where there are
   * @param progress hears tokens read by the model
   * @return one report a target, in their order
   * @throws IllegalArgumentException if no row can be used, or a bad one comes under {@link
   *     Intake.BadRows#FAIL}
   */
  public List<CompressReport> run(Path input, List<Target> targets, Progress progress)
      throws IOException {
    List<Path> files = new ArrayList<>();
    for (Target target : targets) {
      files.add(target.output());
      if (target.steps() != null) {
        files.add(target.steps());
      }
    }
    new Outputs(List.of(input), true).requireFiles(files);
    TraceSurvey survey = survey(input);
    try (Journal journal = Journal.open(targets.get(0).output(), Map.of(), true)) {
      return run(input, survey, targets, journal, progress);
    }
  }

  /**
   * Reads all rows, and scores none.
   *
   * @throws IllegalArgumentException as {@link #run}
   */
  public TraceSurvey survey(Path input) throws IOException {
    Map<DropReason, Long> dropped = new EnumMap<>(DropReason.class);
    List<Integer> tokens = new ArrayList<>();
    int[] firstPrompt = null;
    try (TracePasses passes =
        TracePasses.open(
            input,
            scorer,
            intake,
            (reason, problem) -> {
              dropped.merge(reason, 1L, Long::sum);
              if (problem != null) {
                log.warn("dropped: {}", problem);
              }
            })) {
      for (TracePasses.Pass pass = passes.next(); pass != null; pass = passes.next()) {
        if (firstPrompt == null) {
          var first = pass.traces().get(0);
          firstPrompt = Arrays.copyOf(first.ids(), first.first());
        }
        tokens.add(pass.tokens());
      }
    }
    if (tokens.isEmpty()) {
      throw nothing(input, new CompressReport(intake.maxTokens(scorer), dropped, false));
    }
    int[] passTokens = tokens.stream().mapToInt(n -> n).toArray();
    return new TraceSurvey(dropped, passTokens, firstPrompt);
  }

  /**
   * Goes on with what is not in the journal, then writes all files.
   *
   * @param survey of {@code input}
   * @param journal of the first target's output; it is finished
   * @throws IllegalArgumentException as above
   */
  public List<CompressReport> run(
      Path input, TraceSurvey survey, List<Target> targets, Journal journal, Progress progress)
      throws IOException {
    CompressedSets sets = new CompressedSets(targets, intake);
    if (!journal.isWhole()) {
      fill(input, sets, journal, progress);
      journal.end();
    }
    List<CompressReport> reports = sets.reports(journal, survey, intake.maxTokens(scorer));
    if (reports.get(0).rowsWritten() == 0) { // all targets see the same rows
      throw nothing(input, reports.get(0));
    }
    sets.write(journal);
    return reports;
  }

  /** Scores the passes that are not on file. */
  private void fill(Path input, CompressedSets sets, Journal journal, Progress progress)
      throws IOException {
    int batch = intake.stillRight() == null ? 1 : intake.stillRight().batch();
    List<CompressedSets.Waiting> waiting = new ArrayList<>();
    int rows = 0;
    try (TracePasses passes = TracePasses.open(input, scorer, intake, (reason, problem) -> {})) {
      for (TracePasses.Pass pass = passes.next(); pass != null; pass = passes.next()) {
        if (journal.holds(pass.number())) {
          continue;
        }
        waiting.add(sets.prune(pass, scorer.score(pass.traces())));
        rows += pass.traces().size();
        if (rows >= batch) {
          sets.append(waiting, journal);
          waiting.clear();
          rows = 0;
        }
        progress.advance(pass.tokens());
      }
    }
    sets.append(waiting, journal);
  }

  private static IllegalArgumentException nothing(Path input, CompressReport report) {
    return new IllegalArgumentException(
        input
            + ": expected a usable trace, found none in "
            + report.rowsRead()
            + " rows; dropped: "
            + report.droppedText()
            + advice(report));
  }

  /** What to do where one thing is wrong with most rows; empty for other causes. */
  private static String advice(CompressReport report) {
    long rows = report.rowsRead();
    if (report.dropped(DropReason.UNCLOSED) >= rows) {
      return ". If the model does not think in marks, give thinking: before_answer or thinking:"
          + " before_last_paragraph, or teach it marks by sft on rows of traces --form r1; if its"
          + " completions were cut off, raise max_completion_length where they are drawn";
    }
    if (report.dropped(DropReason.NO_GOLD) >= rows) {
      return ". keep_if_right compares the model's answer with the right one: give rows the field"
          + " 'gold', or leave keep_if_right out";
    }
    long cut = report.dropped(DropReason.CUT);
    long lost = report.dropped(DropReason.LOST);
    if (cut + lost == 0) {
      return "";
    }
    return (cut > lost ? ". Raise max_answer_length" : ". Lower kappa")
        + ", or leave keep_if_right out";
  }
}
