package dev.terse.doctor;

import dev.terse.doctor.check.Checks;
import dev.terse.doctor.check.Paint;
import dev.terse.engine.Engine;
import dev.terse.engine.MeasuredEngine;
import dev.terse.engine.nd4j.Nd4jEngine;
import dev.terse.engine.numbers.NumberType;
import dev.terse.testkit.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Runs the doctor in a folder of a test. */
public final class DoctorHarness {
  /** 630,000 weights; works out sums and products in steps. */
  public static final Path MODEL = SharedData.projectRoot().resolve("checkpoints/arithmetic-base");

  /** The engine of the CPU. */
  public static final PlannedRun.Engines CPU =
      new PlannedRun.Engines() {
        @Override
        public Engine open() {
          return cpu();
        }

        @Override
        public MeasuredEngine cpu() {
          return new Nd4jEngine(NumberType.FLOAT32);
        }
      };

  private final Path folder;

  public DoctorHarness(Path folder) {
    this.folder = folder;
  }

  /** The verdicts of the cheap checks; the keys of the configuration are lines of YAML. */
  public List<Finding> examine(Method method, String... lines) throws IOException {
    return examine(method, Checks.Dear.NONE, lines);
  }

  /** The same with dear checks. */
  public List<Finding> examine(Method method, Checks.Dear dear, String... lines)
      throws IOException {
    Path yaml = write("run.yaml", String.join("\n", lines));
    List<Finding> verdicts = new ArrayList<>();
    Reading reading = Reading.of(method, yaml, List.of(), config -> CPU);
    verdicts.addAll(reading.verdicts());
    if (reading.run().isPresent()) {
      try (PlannedRun<?> run = reading.run().get()) {
        Doctor.examine(
            reading.whole()
                ? Checks.all(run, Paint.BRACKETS, dear)
                : Checks.ofInputs(run, Paint.BRACKETS),
            List.copyOf(verdicts),
            verdicts::add);
      }
    }
    return verdicts;
  }

  /** An SFT run on the small model. */
  public List<Finding> sft(Path data, String... lines) throws IOException {
    return examine(Method.SFT, with(data, lines));
  }

  /** A GRPO run on the small model. */
  public List<Finding> grpo(Path data, String... lines) throws IOException {
    return examine(Method.GRPO, with(data, lines));
  }

  public String[] with(Path data, String... lines) {
    Stream<String> names =
        Stream.of(
            "model_name_or_path: " + MODEL,
            "dataset_name: " + data,
            "output_dir: " + folder.resolve("out"));
    Stream<String> given = Stream.of(lines);
    return Stream.concat(
            names.filter(
                line ->
                    Stream.of(lines)
                        .noneMatch(own -> own.startsWith(line.replaceFirst(":.*", ":")))),
            given)
        .toArray(String[]::new);
  }

  /** Rows of SFT: sums and their answers. */
  public Path sums(String name, int from, int to) throws IOException {
    return write(
        name,
        IntStream.range(from, to)
            .mapToObj(
                i ->
                    "{\"id\": \"r"
                        + i
                        + "\", \"prompt\": [{\"role\": \"user\", \"content\": \""
                        + i
                        + "+1\"}], \"completion\": \"<think>"
                        + (i + 1)
                        + "</think> "
                        + (i + 1)
                        + "\"}")
            .collect(Collectors.joining("\n")));
  }

  /** Problems of GRPO. */
  public Path problems(String name, int from, int to) throws IOException {
    return write(
        name,
        IntStream.range(from, to)
            .mapToObj(
                i ->
                    "{\"id\": \"p"
                        + i
                        + "\", \"question\": \""
                        + i
                        + "+1\", \"answer\": \""
                        + (i + 1)
                        + "\"}")
            .collect(Collectors.joining("\n")));
  }

  public Path write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  /** Every file below with its size and time: what must not change. */
  public static Map<String, String> snapshot(Path root) throws IOException {
    Map<String, String> files = new TreeMap<>();
    try (Stream<Path> all = Files.walk(root)) {
      for (Path file : all.toList()) {
        files.put(
            root.relativize(file).toString(),
            (Files.isDirectory(file) ? "folder" : String.valueOf(Files.size(file)))
                + Files.getLastModifiedTime(file));
      }
    }
    return files;
  }
}
