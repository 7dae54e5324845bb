package dev.terse.cli;

import dev.terse.testkit.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The main code of every module as it is written, for rules that compiled classes do not show. */
final class SourceTree {
  private static final String JAVA = "src/main/java";
  private static final Pattern CATCH = Pattern.compile("catch \\(([^)]*) \\w+\\)");

  private SourceTree() {}

  /**
   * A file.
   *
   * @param module the folder of its module, such as {@code engine-nd4j}
   * @param packageName such as {@code dev.terse.engine.nd4j}
   * @param name of its top-level class, or package-info
   */
  record Source(String module, String packageName, String name, String text) {

    private static Source of(Path root, Path file) {
      Path inModule = root.relativize(file);
      Path folder = root.resolve(inModule.getName(0)).resolve(JAVA).relativize(file.getParent());
      return new Source(
          inModule.getName(0).toString(),
          folder.toString().replace(file.getFileSystem().getSeparator(), "."),
          file.getFileName().toString().replace(".java", ""),
          read(file));
    }

    boolean isPackageInfo() {
      return name.equals("package-info");
    }

    boolean isPublic() {
      return Pattern.compile("(?m)^public (\\w+ )*(class|record|interface|enum|@interface) " + name)
          .matcher(text)
          .find();
    }

    String fullName() {
      return packageName + "." + name;
    }

    long lines() {
      return text.lines().count();
    }

    /** The simple names of all types that a catch names. */
    Stream<String> caught() {
      return CATCH.matcher(text).results().map(m -> m.group(1)).flatMap(SourceTree::alternatives);
    }
  }

  private static Stream<String> alternatives(String types) {
    return Stream.of(types.split("\\|")).map(String::strip);
  }

  /** All files. */
  static List<Source> read() throws IOException {
    Path root = SharedData.projectRoot();
    try (Stream<Path> modules = Files.list(root)) {
      return modules
          .map(module -> module.resolve(JAVA))
          .filter(Files::isDirectory)
          .flatMap(SourceTree::files)
          .map(file -> Source.of(root, file))
          .toList();
    }
  }

  private static Stream<Path> files(Path folder) {
    try (Stream<Path> walk = Files.walk(folder)) {
      return walk.filter(file -> file.toString().endsWith(".java")).toList().stream();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
