package dev.terse.cli.command;

import dev.terse.io.Outputs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** What a command may write over: {@link Outputs}. docs/outputs.md tells the rule to people. */
final class OverwriteOption {
  @Option(
      names = "--overwrite",
      description = "Replace outputs that exist; without it they are refused.")
  private boolean overwrite;

  /** Allows files to be written by a command that reads {@code inputs}; null stands for none. */
  void requireFiles(List<Path> inputs, Path... files) throws IOException {
    outputs(inputs).requireFiles(Stream.of(files).filter(Objects::nonNull).toList());
  }

  /** Allows a folder to be filled by a command that reads {@code inputs}. */
  void requireFolder(List<Path> inputs, Path folder) throws IOException {
    outputs(inputs).requireFolder(folder);
  }

  private Outputs outputs(List<Path> inputs) {
    return new Outputs(inputs, overwrite);
  }
}
