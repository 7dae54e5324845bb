package dev.terse.cli.command;

import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The folder with {@code configs} and {@code checkpoints}: the working folder, or the jar's. */
final class ProjectFolder {
  private ProjectFolder() {}

  /**
   * The folder that holds {@code relative}.
   *
   * @throws IllegalArgumentException if neither does
   */
  static Path holding(String relative) {
    for (Path folder : List.of(Path.of(""), jarFolder())) {
      if (Files.exists(folder.resolve(relative))) {
        return folder;
      }
    }
    throw new IllegalArgumentException(
        "there is no "
            + relative
            + " in the working folder or beside trainer.jar: name a configuration file");
  }

  /**
   * Arguments that turn inputs which are found in {@code folder}, but not in the working folder,
   * into full paths.
   *
   * @param inputs keys that name what is read
   */
  static List<String> located(Path folder, Map<String, String> values, Set<String> inputs) {
    List<String> arguments = new ArrayList<>();
    for (String key : inputs) {
      String value = values.get(key);
      if (value != null && !Files.exists(Path.of(value)) && Files.exists(folder.resolve(value))) {
        arguments.add("--" + key + "=" + folder.resolve(value));
      }
    }
    return arguments;
  }

  private static Path jarFolder() {
    try {
      Path code =
          Path.of(ProjectFolder.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      return code.getParent();
    } catch (URISyntaxException e) {
      throw new IllegalStateException("the program's own location is no path", e);
    }
  }
}
