package dev.terse.doctor;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A name of a hub where a file or folder of this machine belongs, such as {@code
 * Qwen/Qwen2.5-0.5B}: nothing is fetched, so it is answered with what fetches it.
 */
record HubName(String name) {
  private static final Pattern NAME =
      Pattern.compile("[A-Za-z0-9][\\w.-]*/[A-Za-z0-9][\\w.-]*(?<!\\.jsonl?|\\.parquet|\\.csv)");

  /** Folders of this machine that nobody on a hub is called. */
  private static final Set<String> LOCAL =
      Set.of("runs", "models", "data", "checkpoints", "configs", "output", "outputs", "out", "tmp");

  /** The name, if {@code place} looks like one: two words, and no such folder begins it. */
  static Optional<HubName> of(String place) {
    boolean looksSo = NAME.matcher(place).matches();
    if (!looksSo) {
      return Optional.empty();
    }
    Path owner = Path.of(place).getParent();
    return LOCAL.contains(owner.toString()) || Files.exists(owner)
        ? Optional.empty()
        : Optional.of(new HubName(place));
  }

  /** The command that fetches the model, and what to name then. */
  String fetchModel(String key) {
    String folder = "models/" + last();
    return "hf download " + name + " --local-dir " + folder + ", then " + key + ": " + folder;
  }

  /** The same of a data set. */
  String fetchData(String key) {
    String folder = "data/" + last();
    return "hf download "
        + name
        + " --repo-type dataset --local-dir "
        + folder
        + ", then "
        + key
        + ": "
        + folder;
  }

  private String last() {
    return name.substring(name.indexOf('/') + 1);
  }
}
