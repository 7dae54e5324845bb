package dev.terse.lab.report;

import dev.terse.io.Quote;
import dev.terse.lab.chart.Ink;
import dev.terse.lab.chart.Mark;
import dev.terse.traces.segment.Thinking;
import dev.terse.traces.segment.ThinkingEnd;
import dev.terse.trainer.data.ThinkingChoice;
import dev.terse.trainer.eval.EvalRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Files of records as models that can be compared: all of the same problems. */
final class RecordSets {
  /** Ids that an error names. */
  private static final int NAMED = 5;

  private static final List<Ink> INKS = List.of(Ink.SFT, Ink.GRPO, Ink.LOW, Ink.RANDOM, Ink.HIGH);

  private RecordSets() {}

  /**
   * Reads the files; the first is the base.
   *
   * @throws IllegalArgumentException naming every file that holds no records, or those of other
   *     problems
   */
  static List<ArmResult> read(List<Path> files) throws IOException {
    List<String> problems = new ArrayList<>();
    List<String> names = names(files);
    List<ArmResult> arms = new ArrayList<>();
    Map<String, EvalRecord> base = null;
    for (int i = 0; i < files.size(); i++) {
      Path file = files.get(i);
      if (files.subList(0, i).stream().anyMatch(other -> isSame(other, file))) {
        problems.add(file + " is named twice");
        continue;
      }
      List<EvalRecord> records = EvalRecord.read(file);
      Map<String, EvalRecord> byId = byId(file, records, problems);
      if (i == 0) {
        base = byId;
      } else {
        differences(files.get(0), base, file, byId, problems);
      }
      arms.add(new ArmResult(names.get(i), ink(i), mark(i), records));
    }
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(String.join("\n  ", problems));
    }
    return arms;
  }

  /** Completions of the base's first problems, one list for each model. */
  static List<List<Chain>> chains(List<ArmResult> arms, int count, ThinkingEnd end) {
    List<String> ids = arms.get(0).records().stream().limit(count).map(EvalRecord::id).toList();
    return arms.stream().map(arm -> chains(arm, ids, end)).toList();
  }

  private static List<Chain> chains(ArmResult arm, List<String> ids, ThinkingEnd end) {
    Map<String, EvalRecord> byId =
        arm.records().stream().collect(Collectors.toMap(EvalRecord::id, record -> record));
    var rule = ThinkingChoice.rule(end == ThinkingEnd.AUTO ? ending(arm) : end);
    return ids.stream().map(id -> Chain.of(byId.get(id), rule)).toList();
  }

  /** Decided once for a model: marks if any of its completions has one. */
  private static ThinkingEnd ending(ArmResult arm) {
    return arm.records().stream().anyMatch(r -> r.completion().contains(Thinking.CLOSE))
        ? ThinkingEnd.MARKS
        : ThinkingEnd.BEFORE_ANSWER;
  }

  /** Short names of files or folders where they differ, their paths where not. */
  static List<String> names(List<Path> paths) {
    List<String> names =
        paths.stream()
            .map(path -> path.toAbsolutePath().normalize().getFileName())
            .map(name -> String.valueOf(name).replaceFirst("\\.jsonl$", ""))
            .toList();
    return new HashSet<>(names).size() == names.size()
        ? names
        : paths.stream().map(Path::toString).toList();
  }

  /** Whether two paths are one, however they are written. */
  static boolean isSame(Path a, Path b) {
    return a.toAbsolutePath().normalize().equals(b.toAbsolutePath().normalize());
  }

  private static Map<String, EvalRecord> byId(
      Path file, List<EvalRecord> records, List<String> problems) {
    Map<String, EvalRecord> byId = new LinkedHashMap<>();
    Set<String> twice = new HashSet<>();
    for (EvalRecord record : records) {
      if (byId.put(record.id(), record) != null && twice.add(record.id())) {
        problems.add(
            file + ": problem " + Quote.of(record.id()) + " stands twice; ids must differ");
      }
    }
    if (records.isEmpty()) {
      problems.add(file + ": expected records of the eval command, found none");
    }
    return byId;
  }

  private static void differences(
      Path baseFile,
      Map<String, EvalRecord> base,
      Path file,
      Map<String, EvalRecord> other,
      List<String> problems) {
    List<String> missing = base.keySet().stream().filter(id -> !other.containsKey(id)).toList();
    List<String> more = other.keySet().stream().filter(id -> !base.containsKey(id)).toList();
    if (!missing.isEmpty() || !more.isEmpty()) {
      problems.add(
          file
              + " and "
              + baseFile
              + " are of different problems: "
              + file
              + " lacks "
              + named(missing)
              + " of the "
              + base.size()
              + " of "
              + baseFile
              + " and has "
              + named(more)
              + " besides; let eval judge both models on the same file");
      return;
    }
    List<String> otherwise =
        base.keySet().stream()
            .filter(id -> !base.get(id).gold().equals(other.get(id).gold()))
            .toList();
    if (!otherwise.isEmpty()) {
      problems.add(
          file
              + " and "
              + baseFile
              + " have different right answers under the same ids: "
              + named(otherwise)
              + "; let eval judge both models on the same file");
    }
  }

  private static String named(List<String> ids) {
    if (ids.isEmpty()) {
      return "none";
    }
    String first = ids.stream().limit(NAMED).map(Quote::of).collect(Collectors.joining(", "));
    return ids.size()
        + " ("
        + first
        + (ids.size() > NAMED ? " and " + (ids.size() - NAMED) + " more" : "")
        + ")";
  }

  private static Ink ink(int arm) {
    return arm == 0 ? Ink.BASE : INKS.get((arm - 1) % INKS.size());
  }

  private static Mark mark(int arm) {
    return Mark.values()[arm == 0 ? 0 : (arm - 1) / INKS.size() % Mark.values().length];
  }
}
