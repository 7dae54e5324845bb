package dev.terse.cli.fuzz;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Runs Jazzer on one reader after another, each in a process of its own, and prints a table:
 * executions, edges of our code that were covered, inputs that reach something new, and faults.
 */
public final class Fuzzing {
  private static final Pattern EXECUTED =
      Pattern.compile("stat::number_of_executed_units: +(\\d+)");
  private static final Pattern COVERED = Pattern.compile("cov: (\\d+) .*?corp: (\\d+)/");
  private static final int SLOWEST_SECONDS = 20;

  private Fuzzing() {}

  /**
   * Fuzzes the readers.
   *
   * @param args folder for inputs and logs; seconds for each reader; whether the smallest inputs
   *     are kept with the tests; readers, comma between them, all if empty
   * @throws IllegalStateException where an input broke the contract
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    Path root = Path.of(args[0]);
    List<FuzzedReader> readers =
        args.length < 4 || args[3].isBlank()
            ? List.of(FuzzedReader.values())
            : Arrays.stream(args[3].split(","))
                .map(name -> FuzzedReader.valueOf(name.strip().toUpperCase(Locale.ROOT)))
                .toList();
    List<String> faults = new ArrayList<>();
    System.out.printf(
        "%-12s %12s %8s %8s %8s%n", "reader", "executions", "edges", "inputs", "faults");
    for (FuzzedReader reader : readers) {
      List<Path> found = fuzz(reader, root.resolve(reader.label()), Integer.parseInt(args[1]));
      found.forEach(file -> faults.add(file.toString()));
      if (Boolean.parseBoolean(args[2])) {
        Corpus.keep(reader, root.resolve(reader.label() + "/inputs"));
      }
    }
    if (!faults.isEmpty()) {
      throw new IllegalStateException("inputs that break the contract: " + faults);
    }
  }

  private static List<Path> fuzz(FuzzedReader reader, Path folder, int seconds)
      throws IOException, InterruptedException {
    Path inputs = folder.resolve("inputs");
    Corpus.unpack(reader, inputs);
    File log = folder.resolve("log.txt").toFile();
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "-cp",
                System.getProperty("java.class.path"),
                "-D" + JazzerTarget.READER + "=" + reader.name(),
                "com.code_intelligence.jazzer.Jazzer",
                "--target_class=" + JazzerTarget.class.getName(),
                "--instrumentation_includes=dev.terse.**",
                // PEFT's patterns are regular expressions by design.
                "--disabled_hooks=com.code_intelligence.jazzer.sanitizers.RegexInjection",
                "-max_total_time=" + seconds,
                "-timeout=" + SLOWEST_SECONDS,
                "-print_final_stats=1"));
    Path dictionary = Corpus.dictionary(reader);
    if (Files.exists(dictionary)) {
      command.add("-dict=" + dictionary);
    }
    command.add(inputs.toString());
    new ProcessBuilder(command)
        .directory(folder.toFile())
        .redirectErrorStream(true)
        .redirectOutput(log)
        .start()
        .waitFor();
    String printed = Files.readString(log.toPath(), StandardCharsets.ISO_8859_1);
    List<Path> faults;
    try (Stream<Path> files = Files.list(folder)) {
      faults =
          files
              .filter(file -> file.getFileName().toString().matches("(crash|timeout|oom)-.*"))
              .sorted()
              .toList();
    }
    System.out.printf(
        "%-12s %12s %8s %8s %8d%n",
        reader.label(),
        last(EXECUTED, printed, 1).orElse("not run"),
        last(COVERED, printed, 1).orElse("-"),
        last(COVERED, printed, 2).orElse("-"),
        faults.size());
    if (last(EXECUTED, printed, 1).isEmpty()) {
      throw new IllegalStateException("Jazzer did not run " + reader + ": see " + log);
    }
    return faults;
  }

  private static Optional<String> last(Pattern pattern, String text, int group) {
    String found = null;
    for (Matcher matcher = pattern.matcher(text); matcher.find(); ) {
      found = matcher.group(group);
    }
    return Optional.ofNullable(found);
  }
}
