package dev.terse.io;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The rule of what a command may write, held before anything is computed: never over what it reads,
 * never twice into one place, over what stands there only if that was asked for.
 *
 * @param inputs files and folders that are read; what of them does not exist is passed over
 * @param overwrite whether an existing file may be replaced
 */
public record Outputs(List<Path> inputs, boolean overwrite) {

  public Outputs {
    inputs = List.copyOf(inputs);
  }

  /**
   * Allows files to be written.
   *
   * @throws IllegalArgumentException naming the one that may not be, and what to do
   */
  public void requireFiles(List<Path> files) throws IOException {
    for (Path file : files) {
      if (!overwrite && Journal.isAt(file)) {
        throw new IllegalArgumentException(
            Journal.part(file)
                + " is unfinished output of another command: repeat that command to finish it,"
                + " --overwrite drops it, or name another output");
      }
    }
    requireAll(files);
  }

  /**
   * Allows files to be written by a command that keeps a {@link Journal} of the first. Where only
   * the writing of outputs was left, those that stand there are its own.
   *
   * @throws IllegalArgumentException as above
   */
  public void requireJournaled(List<Path> files) throws IOException {
    new Outputs(inputs, overwrite || Journal.isWhole(files.get(0))).requireAll(files);
  }

  private void requireAll(List<Path> files) throws IOException {
    List<Path> taken = new ArrayList<>();
    for (Path file : files) {
      requireApart(file, taken);
      taken.add(file);
      if (Files.isDirectory(file)) {
        throw new IllegalArgumentException(file + ": expected a file to write, found a folder");
      }
      if (Files.exists(file) && !Files.isRegularFile(file)) {
        throw new IllegalArgumentException(
            file + ": expected a file to write, found a device or a pipe");
      }
      if (Files.exists(file, LinkOption.NOFOLLOW_LINKS) && !overwrite) {
        throw new IllegalArgumentException(
            file + " exists: --overwrite replaces it, or name another output");
      }
    }
  }

  /**
   * Allows a folder to be filled.
   *
   * @throws IllegalArgumentException saying why it may not be, and what to do
   */
  public void requireFolder(Path folder) throws IOException {
    notAFolder(folder)
        .ifPresent(
            sentence -> {
              throw new IllegalArgumentException(sentence);
            });
    requireApart(folder, List.of());
    if (Files.exists(folder) && !Files.isDirectory(folder)) {
      throw new IllegalArgumentException(folder + ": expected a folder to write, found a file");
    }
    if (Files.isDirectory(folder) && !overwrite && !isEmpty(folder)) {
      throw new IllegalArgumentException(
          folder
              + " holds files: --overwrite replaces those of the same names, or name another"
              + " output");
    }
  }

  /**
   * What is wrong with a folder's name; empty if nothing is: that of a file of weights says that
   * one file is expected.
   */
  public static Optional<String> notAFolder(Path folder) {
    String name = String.valueOf(folder.getFileName()).toLowerCase(Locale.ROOT);
    if (Stream.of(".gguf", ".safetensors", ".bin", ".pt", ".pth").noneMatch(name::endsWith)) {
      return Optional.empty();
    }
    return Optional.of(
        "expected the name of a folder, found "
            + folder
            + ": a Hugging Face folder is written (config.json, model.safetensors, tokenizer)"
            + (name.endsWith(".gguf")
                ? " and no GGUF file; export --output_dir FOLDER writes model-F32.gguf and the like into it"
                : "; name it without the ending"));
  }

  private void requireApart(Path output, List<Path> taken) throws IOException {
    for (Path input : inputs) {
      if (same(output, input)) {
        throw new IllegalArgumentException(
            "the output " + output + " is what the command reads; name another output");
      }
      if (isIn(output, input)) {
        throw new IllegalArgumentException(
            "the output "
                + output
                + " is a file of "
                + input
                + ", which the command reads; name"
                + " another output");
      }
    }
    for (Path other : taken) {
      if (same(output, other)) {
        throw new IllegalArgumentException(
            "two outputs have one name, " + output + "; name another for one of them");
      }
    }
  }

  /** Links and other spellings of a path are the same file. */
  private static boolean same(Path a, Path b) throws IOException {
    return a.toAbsolutePath().normalize().equals(b.toAbsolutePath().normalize())
        || Files.exists(a) && Files.exists(b) && Files.isSameFile(a, b);
  }

  /** Whether an existing file lies directly in a folder that is read. */
  private static boolean isIn(Path output, Path folder) throws IOException {
    return Files.isRegularFile(output)
        && Files.isDirectory(folder)
        && Files.isSameFile(output.toRealPath().getParent(), folder);
  }

  private static boolean isEmpty(Path folder) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.findAny().isEmpty();
    }
  }
}
