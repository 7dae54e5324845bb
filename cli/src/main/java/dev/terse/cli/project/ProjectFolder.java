package dev.terse.cli.project;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The folder with {@code configs} and {@code checkpoints}: the working folder, the jar's, or what
 * {@link BuiltInFiles} lay out.
 */
public final class ProjectFolder {
  private ProjectFolder() {}

  /**
   * The folder that holds {@code relative}.
   *
   * @throws IllegalArgumentException if none does
   * @throws IOException if the built-in files cannot be laid out
   */
  public static Path holding(String relative) throws IOException {
    Path program = BuiltInFiles.program();
    for (Path folder : List.of(Path.of(""), program.getParent())) {
      if (Files.exists(folder.resolve(relative))) {
        return folder;
      }
    }
    Path home = BuiltInFiles.home();
    BuiltInFiles.layOut(program, home);
    if (Files.exists(home.resolve(relative))) {
      return home;
    }
    throw new IllegalArgumentException(
        "there is no "
            + relative
            + " in the working folder, beside trainer.jar or in it: name a configuration file");
  }

  /**
   * Arguments that turn inputs which are found in {@code folder}, but not in the working folder,
   * into full paths.
   *
   * @param inputs keys that name what is read
   */
  public static List<String> located(Path folder, Map<String, String> values, Set<String> inputs) {
    List<String> arguments = new ArrayList<>();
    for (String key : inputs) {
      String value = values.get(key);
      if (value != null && !Files.exists(Path.of(value)) && Files.exists(folder.resolve(value))) {
        arguments.add("--" + key + "=" + folder.resolve(value));
      }
    }
    return arguments;
  }
}
