package dev.terse.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.terse.cli.FaultLoops.Power;
import dev.terse.io.Folders;
import dev.terse.testkit.disk.Disk;
import dev.terse.testkit.disk.Fault;
import dev.terse.testkit.disk.Killed;
import dev.terse.testkit.disk.Operation;
import dev.terse.trainer.checkpoint.CheckpointStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A command, how it is given again after something went wrong, and what it leaves.
 *
 * @param root of the disk; {@code out} in it is the command's
 */
final class FaultedCommand {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String TEXT = "what the user wrote\n";

  /** Files of the user's where commands write, some named like ours. */
  private static final List<String> USERS =
      List.of("notes.txt", "out/notes.txt", "out/.tmp-backup-20240101/x", "out/checkpoints/x");

  private final Path root;
  private final List<String> arguments;
  private final boolean trains;
  private final Path other; // a run that is overwritten; null if none
  private Map<String, byte[]> expected; // null before the first run
  private List<Operation> calls;
  private int bytes;

  /**
   * A disturbed run.
   *
   * @param where the call that failed
   * @param wrong what should not be so
   */
  record Outcome(String where, List<String> wrong) {}

  private FaultedCommand(Path root, List<String> arguments, boolean trains, Path other) {
    this.root = root;
    this.arguments = arguments;
    this.trains = trains;
    this.other = other;
  }

  /** A command that fills a folder and is resumed by a key. */
  static FaultedCommand training(Path root, List<String> arguments) {
    return new FaultedCommand(root, arguments, true, null);
  }

  /** A command that fills the folder where {@code other} stood, and is given again as it was. */
  static FaultedCommand overwriting(Path root, List<String> arguments, Path other) {
    return new FaultedCommand(root, arguments, true, other);
  }

  /** A command that writes files and is given again as it was. */
  static FaultedCommand output(Path root, List<String> arguments) {
    return new FaultedCommand(root, arguments, false, null);
  }

  String name() {
    return arguments.get(0);
  }

  /** Bytes that an undisturbed run writes. */
  int bytes() {
    return bytes;
  }

  /** Runs it without a fault, once, and keeps what it leaves. */
  void undisturbed(Disk disk) throws IOException {
    if (expected == null) {
      reset(disk, Fault.none());
      long room = disk.room();
      Cli run = run(List.of());
      assertThat(run.code()).as(run.err() + run.out()).isZero();
      bytes = (int) (room - disk.room());
      calls = disk.calls();
      expected = results();
      assertThat(leftovers()).isEmpty();
      assertThat(expected).isNotEmpty();
    }
  }

  /** How many calls a fault could strike. */
  int calls(Fault fault) {
    return (int) calls.stream().filter(fault.which()).count();
  }

  /** Killed, and killed again when it is given again. */
  Outcome killedTwice(Disk disk, Fault first, Fault second) throws IOException {
    reset(disk, first);
    killed();
    String where = first.at() + " (" + disk.struck() + ")";
    disk.arm(second);
    killed();
    where += ", then " + second.at() + " (" + disk.struck() + ")";
    disk.arm(Fault.none());
    List<String> wrong = new ArrayList<>();
    check(wrong, "at once");
    Cli again = run(again());
    if (again.code() != 0) {
      wrong.add("given again: " + again.err());
    } else {
      compare(results(), expected, wrong, "given again");
    }
    leftovers().forEach(each -> wrong.add("left: " + each));
    return new Outcome(where, wrong);
  }

  private void killed() throws IOException {
    try {
      run(again());
    } catch (Killed killed) {
      return; // as was asked for; it may also have come to its end
    }
  }

  Outcome disturbed(Disk disk, Fault fault, Power power, Random random) throws IOException {
    List<String> wrong = new ArrayList<>();
    reset(disk, fault);
    Cli run = null;
    try {
      run = run(List.of());
    } catch (Killed killed) {
      run = null;
    }
    String where = fault.at() + " (" + disk.struck() + ")";
    if (power != Power.STAYS) {
      disk.losePower(power == Power.LOSES_ALL ? null : random);
    }
    disk.arm(Fault.none());
    check(wrong, "at once");
    if (run != null && run.code() != 0) {
      checkSentence(run, wrong);
    }
    if (run != null && run.code() == 0) {
      boolean lacks = trains && run.err().contains("was not written into");
      compare(without(results(), lacks), without(expected, lacks), wrong, "after exit 0");
      return new Outcome(where, wrong);
    }
    Cli again = run(again());
    if (again.code() != 0) {
      wrong.add("given again: " + again.err());
    } else {
      compare(without(results(), false), without(expected, false), wrong, "given again");
    }
    check(wrong, "given again");
    leftovers().forEach(each -> wrong.add("left: " + each));
    if (trains && run == null && power == Power.STAYS) {
      checkMetrics(wrong);
    }
    return new Outcome(where, wrong);
  }

  /** Empties the disk of what commands wrote, and puts the user's files where they were. */
  private void reset(Disk disk, Fault fault) throws IOException {
    disk.arm(Fault.none());
    Folders.delete(root.resolve("out"));
    if (other != null) {
      for (Path from : Folders.contents(other)) {
        Path to = root.resolve("out").resolve(other.relativize(from).toString());
        if (Files.isRegularFile(from)) {
          Files.createDirectories(to.getParent());
          Files.copy(from, to);
        }
      }
    }
    for (String name : USERS) {
      Path file = root.resolve(name);
      Files.createDirectories(file.getParent());
      Files.writeString(file, TEXT);
    }
    disk.settle();
    disk.arm(fault);
  }

  private Cli run(List<String> more) {
    return Cli.run(
        Cli.Patience.NONE, Stream.concat(arguments.stream(), more.stream()).toArray(String[]::new));
  }

  /** As docs/outputs.md says. */
  private List<String> again() throws IOException {
    if (other != null) {
      return List.of();
    }
    if (!trains) {
      boolean asItWas =
          keepsItsWork() || results().isEmpty() || arguments.contains("--overwrite=true");
      return asItWas ? List.of() : List.of("--overwrite");
    }
    try (Stream<Path> all = Files.list(root.resolve("out"))) {
      List<String> names = all.map(each -> each.getFileName().toString()).toList();
      if (names.stream().anyMatch(name -> name.matches("checkpoint-\\d+"))) {
        return List.of("--resume_from_checkpoint=true");
      }
      return names.stream().anyMatch(name -> name.matches("(model|config|generation_config)[.].*"))
          ? List.of("--overwrite_output_dir=true")
          : List.of();
    }
  }

  /** Whether it goes on by itself where it stood. */
  private boolean keepsItsWork() {
    return List.of("traces", "compress", "quickstart").contains(name());
  }

  /** What holds at every moment. */
  private void check(List<String> wrong, String when) throws IOException {
    for (String name : USERS) {
      Path file = root.resolve(name);
      if (!Files.exists(file) || !Files.readString(file).equals(TEXT)) {
        wrong.add(when + ": the user's " + name + " is gone");
      }
    }
    if (trains && Files.exists(root.resolve("out"))) {
      try (Stream<Path> all = Files.list(root.resolve("out"))) {
        for (Path each : all.toList()) {
          if (each.getFileName().toString().matches("checkpoint-\\d+")) {
            try {
              CheckpointStore.open(each);
            } catch (IllegalArgumentException e) {
              wrong.add(when + ": " + e.getMessage());
            }
          }
        }
      }
    }
    if (!trains) {
      for (Map.Entry<String, byte[]> result : results().entrySet()) {
        if (!Arrays.equals(result.getValue(), expected.get(result.getKey()))) {
          wrong.add(when + ": a torn " + result.getKey());
        }
      }
    }
  }

  private void checkSentence(Cli run, List<String> wrong) {
    List<String> errors = run.err().lines().filter(line -> line.startsWith("error: ")).toList();
    if (errors.size() != 1
        || !run.err().substring(run.err().indexOf("error: ")).contains(root.toString())
        || errors.get(0).contains("a fault of the program")
        || run.err().contains("\tat ")
        || errors.get(0).contains("Exception")) {
      wrong.add("no kind sentence with a file's name: " + run.err());
    }
  }

  /** Without checkpoints before the last one: which of them stand depends on saves that failed. */
  private Map<String, byte[]> without(Map<String, byte[]> results, boolean lastToo) {
    Map<String, byte[]> rest = new TreeMap<>(results);
    String last =
        expected.keySet().stream()
            .filter(name -> name.startsWith("checkpoint-"))
            .reduce((a, b) -> b)
            .map(name -> name.substring(0, name.indexOf('/') + 1))
            .orElse("none");
    rest.keySet()
        .removeIf(name -> name.startsWith("checkpoint-") && (lastToo || !name.startsWith(last)));
    return rest;
  }

  private static void compare(
      Map<String, byte[]> found, Map<String, byte[]> wanted, List<String> wrong, String when) {
    if (!found.keySet().equals(wanted.keySet())) {
      wrong.add(when + ": expected " + wanted.keySet() + ", found " + found.keySet());
      return;
    }
    wanted.forEach(
        (name, content) -> {
          if (!Arrays.equals(content, found.get(name))) {
            wrong.add(when + ": other bytes in " + name);
          }
        });
  }

  /** Files that are the same in every run, by their names. */
  private Map<String, byte[]> results() throws IOException {
    Map<String, byte[]> results = new TreeMap<>();
    Path out = root.resolve("out");
    if (!Files.exists(out)) {
      return results;
    }
    for (Path file : Folders.contents(out)) {
      String name = out.relativize(file).toString();
      boolean same =
          trains
              ? name.matches(
                  "(model|config|tokenizer|tokenizer_config|generation_config)\\.(json|safetensors)"
                      + "|checkpoint-\\d+/trainer_state/(optimizer|weights)\\.safetensors"
                      + "|completions/.*")
              : name.matches("[a-z.]+\\.jsonl?|table\\.txt|Modelfile|model-[A-Z0-9_]+\\.gguf");
      if (Files.isRegularFile(file) && same) {
        results.put(name, Files.readAllBytes(file));
      }
    }
    return results;
  }

  /** Names that only what is under way has. */
  private List<String> leftovers() throws IOException {
    return Folders.contents(root).stream()
        .map(file -> root.relativize(file).toString())
        .filter(
            name ->
                name.matches(
                    ".*\\.part(\\.whole)?|out/\\.tmp-(replaced-)?checkpoint[^/]*|.*\\.lock"))
        .toList();
  }

  /** T46: no step twice, none missing. */
  private void checkMetrics(List<String> wrong) throws IOException {
    if (!Files.exists(root.resolve("out/metrics.jsonl"))) {
      wrong.add("metrics.jsonl is not there");
      return;
    }
    List<Integer> steps = new ArrayList<>();
    for (String line : Files.readAllLines(root.resolve("out/metrics.jsonl"))) {
      JsonNode row = JSON.readTree(line);
      if (row.has("loss") || row.has("train/loss")) {
        steps.add(row.get("step").intValue());
      }
    }
    List<Integer> whole = Stream.iterate(1, i -> i + 1).limit(steps.size()).toList();
    if (steps.isEmpty() || !steps.equals(whole)) {
      wrong.add("metrics.jsonl has the steps " + steps);
    }
  }
}
