package dev.terse.cli.fuzz;

import dev.terse.testkit.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The inputs of a reader that are kept with the tests, {@code cli/src/test/resources/fuzz/NAME
 * .corpus}: one a line, in Base64.
 */
final class Corpus {
  /** What all inputs of a reader may have together, so that the repository stays small. */
  private static final int MAX_BYTES = 48_000;

  private static final int MAX_INPUTS = 120;
  private static final String KEPT = "kept-";

  private Corpus() {}

  static List<byte[]> of(FuzzedReader reader) throws IOException {
    List<byte[]> inputs = new ArrayList<>();
    for (String line : Files.readAllLines(file(reader))) {
      inputs.add(Base64.getDecoder().decode(line));
    }
    return inputs;
  }

  /** Makes each input a file, as Jazzer reads them. */
  static void unpack(FuzzedReader reader, Path folder) throws IOException {
    Files.createDirectories(folder);
    int number = 0;
    for (byte[] input : of(reader)) {
      Files.write(folder.resolve(KEPT + number++), input);
    }
  }

  /** Keeps what was kept and the smallest of the other inputs, as many as there is room for. */
  static void keep(FuzzedReader reader, Path folder) throws IOException {
    List<Path> found = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      files.filter(file -> !isKept(file)).forEach(found::add);
    }
    found.sort(
        Comparator.<Path>comparingLong(file -> file.toFile().length()).thenComparing(f -> f));
    List<byte[]> inputs = of(reader);
    int bytes = inputs.stream().mapToInt(input -> input.length).sum();
    for (Path file : found) {
      byte[] input = Files.readAllBytes(file);
      bytes += input.length;
      if (bytes <= MAX_BYTES && inputs.size() < MAX_INPUTS) {
        inputs.add(input);
      }
    }
    List<String> lines = new ArrayList<>();
    for (byte[] input : inputs) {
      lines.add(Base64.getEncoder().encodeToString(input));
    }
    Files.write(file(reader), lines);
  }

  private static boolean isKept(Path file) {
    return file.getFileName().toString().startsWith(KEPT);
  }

  static Path dictionary(FuzzedReader reader) {
    return resources().resolve(reader.label() + ".dict");
  }

  private static Path file(FuzzedReader reader) {
    return resources().resolve(reader.label() + ".corpus");
  }

  private static Path resources() {
    return SharedData.projectRoot().resolve("cli/src/test/resources/fuzz");
  }
}
