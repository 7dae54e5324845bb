package dev.terse.lab.report;

import dev.terse.io.hub.InputKind;
import dev.terse.traces.segment.ThinkingEnd;
import dev.terse.trainer.config.Default;
import dev.terse.trainer.config.Range;
import dev.terse.trainer.config.places.Reads;
import dev.terse.trainer.config.places.Writes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Configuration of the report command. docs/commands/report.md lists every key.
 *
 * @param records files that eval has written, a model each, on the same problems
 * @param baseline records of the model that the others are held against; unset takes the first
 * @param runs folders of sft and grpo runs, whose metrics are drawn
 * @param output file of the page
 * @param overwrite whether a file that stands there is replaced
 * @param budgets limits of tokens at which answers are counted, rising; unset takes equal shares of
 *     the longest completion
 * @param chains problems whose completions stand side by side
 * @param thinking where thinking ends in the completions that are shown
 * @param seed of the bootstrap
 */
public record ReportConfig(
    @Default(Default.UNSET) @Reads(InputKind.FILE) List<String> records,
    @Default(Default.UNSET) @Reads(InputKind.FILE) String baseline,
    @Default(Default.UNSET) @Reads(InputKind.FILE) List<String> runs,
    @Writes(Writes.Kind.FILE) String output,
    @Default("false") boolean overwrite,
    @Default(Default.UNSET) List<Integer> budgets,
    @Default("12") @Range("[0, inf)") int chains,
    @Default("auto") ThinkingEnd thinking,
    @Default("42") long seed) {

  public ReportConfig {
    if (records.isEmpty()) {
      throw new IllegalArgumentException(
          "records names no file: expected files that eval has written, such as --records"
              + " before.jsonl after.jsonl");
    }
    for (int i = 0; i < budgets.size(); i++) {
      if (budgets.get(i) < 1 || i > 0 && budgets.get(i) <= budgets.get(i - 1)) {
        throw new IllegalArgumentException(
            "budgets must be whole numbers from 1, each larger than the one before, was "
                + budgets);
      }
    }
    if (budgets.size() > Budgets.MOST) {
      throw new IllegalArgumentException(
          "budgets must be at most "
              + Budgets.MOST
              + ", as many columns as a page has, were "
              + budgets.size());
    }
  }

  /** The files of records, that of the base first. */
  List<Path> recordFiles() {
    List<Path> files = new ArrayList<>(records.stream().map(InputKind.FILE::place).toList());
    if (baseline != null) {
      Path base = InputKind.FILE.place(baseline);
      files.removeIf(file -> RecordSets.isSame(file, base));
      files.add(0, base);
    }
    return files;
  }

  /** The folders of the runs. */
  List<Path> runFolders() {
    return runs.stream().map(InputKind.FILE::place).toList();
  }

  /** Files and folders that are read. */
  public List<Path> inputs() {
    List<Path> inputs = new ArrayList<>(recordFiles());
    inputs.addAll(runFolders());
    return inputs;
  }
}
