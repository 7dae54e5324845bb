package dev.terse.lab.curve;

import com.fasterxml.jackson.databind.JsonNode;
import dev.terse.answers.AnswerCheck;
import dev.terse.answers.extract.AnswerFinder;
import dev.terse.io.JsonLines;
import dev.terse.lab.curve.ScoredChain.Chosen;
import dev.terse.model.chat.ChatTemplate.Message;
import dev.terse.traces.DropReason;
import dev.terse.traces.Intake;
import dev.terse.traces.score.TraceScorer;
import dev.terse.traces.score.TraceTokens;
import dev.terse.traces.segment.Thinking;
import dev.terse.traces.segment.ThinkingRule;
import dev.terse.traces.segment.Trace;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The chains of a file that can be used.
 *
 * @param all in the order of the file
 * @param problem of each: chains of one prompt are of one problem, [N]; not copied
 * @param right those whose own answer is right
 * @param dropped rows that cannot be used, by reason
 */
record Chains(List<Chosen> all, int[] problem, int right, Map<DropReason, Integer> dropped) {

  /**
   * Reads the file.
   *
   * @throws IllegalArgumentException naming the line of a row that cannot be read or has no gold
   *     answer, or if none can be used
   */
  static Chains read(
      Path file, CurveConfig config, TraceScorer scorer, ThinkingRule rule, AnswerCheck check)
      throws IOException {
    int most = config.maxSamples() == null ? Integer.MAX_VALUE : config.maxSamples();
    Intake intake =
        new Intake(Intake.BadRows.FAIL, Integer.MAX_VALUE, 1, rule, (trace, parts) -> true);
    List<Chosen> all = new ArrayList<>();
    List<Integer> problem = new ArrayList<>();
    Map<List<Message>, Integer> problems = new HashMap<>();
    Set<String> ids = new HashSet<>();
    Map<DropReason, Integer> dropped = new EnumMap<>(DropReason.class);
    int right = 0;
    try (JsonLines rows = JsonLines.open(file)) {
      for (JsonNode row = rows.next(); row != null && all.size() < most; row = rows.next()) {
        TraceTokens tokens;
        DropReason reason;
        try {
          Trace trace = Trace.of(row, rows.line());
          if (trace.gold() == null || trace.gold().isBlank()) {
            throw new IllegalArgumentException(
                "expected the right answer in field 'gold', found none; traces writes it");
          }
          if (!ids.add(trace.id())) {
            throw new IllegalArgumentException("id '" + trace.id() + "' stands twice");
          }
          Thinking thinking = rule.of(trace.response());
          reason = intake.refuses(trace, thinking);
          tokens = reason == null ? scorer.tokens(trace, thinking) : null;
        } catch (IllegalArgumentException e) {
          throw rows.bad(e.getMessage());
        }
        if (tokens != null
            && tokens.ids().length + config.maxCompletionLength() > scorer.maxPositions()) {
          reason = DropReason.TOO_LONG;
        }
        if (reason != null) {
          dropped.merge(reason, 1, Integer::sum);
          continue;
        }
        Trace trace = tokens.trace();
        var own = check.check(trace.gold(), trace.response(), tokens.thinking().answer());
        right += own.isEqual() ? 1 : 0;
        AnswerMask answers =
            AnswerMask.of(List.of(AnswerFinder.inGold(trace.gold()), own.extracted()));
        all.add(new Chosen(all.size(), tokens, answers));
        problem.add(problems.computeIfAbsent(trace.prompt(), prompt -> problems.size()));
      }
    }
    Chains chains =
        new Chains(List.copyOf(all), problem.stream().mapToInt(p -> p).toArray(), right, dropped);
    if (all.isEmpty()) {
      throw new IllegalArgumentException(
          file + ": expected chains that can be used, found none; " + chains.summary());
    }
    return chains;
  }

  /** Number of problems. */
  int problems() {
    return (int) Arrays.stream(problem).distinct().count();
  }

  /** What was read, in words. */
  String summary() {
    List<String> parts = new ArrayList<>();
    dropped.forEach((reason, count) -> parts.add(count + " " + reason.words()));
    return String.format(
        Locale.ROOT,
        "%d chains of %d problems, %d of them with a right answer; left out: %s",
        all.size(),
        problems(),
        right,
        parts.isEmpty() ? "none" : String.join(", ", parts));
  }
}
