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
 * .corpus}: one a line, in Base64, small ones first.
 */
final class Corpus {
  /** What all inputs of a reader may have together, so that the repository stays small. */
  private static final int MAX_BYTES = 48_000;

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
      Files.write(folder.resolve("kept-" + number++), input);
    }
  }

  /** Keeps the smallest inputs of a folder, as many as there is room for. */
  static void keep(FuzzedReader reader, Path folder) throws IOException {
    List<byte[]> inputs = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.sorted().toList()) {
        inputs.add(Files.readAllBytes(file));
      }
    }
    inputs.sort(Comparator.comparingInt(input -> input.length));
    List<String> lines = new ArrayList<>();
    int bytes = 0;
    for (byte[] input : inputs) {
      bytes += input.length;
      if (bytes <= MAX_BYTES) {
        lines.add(Base64.getEncoder().encodeToString(input));
      }
    }
    Files.write(file(reader), lines);
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
