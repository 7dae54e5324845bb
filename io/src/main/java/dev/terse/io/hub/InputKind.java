package dev.terse.io.hub;

import dev.terse.io.hub.HubName.Repository;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a text names that a command reads. A name of the hub stands for its folder in {@code models}
 * or {@code data}, else for the newest revision in the hub's cache; {@code ~} for the user's
 * folder. docs/models.md tells this to people.
 */
public enum InputKind {
  /** A model: a folder, a GGUF file, an adapter, a name of the hub. */
  MODEL(Repository.MODEL, "folder or GGUF file"),
  /** A tokenizer's folder, or a file of it such as a template; a name of the hub. */
  TOKENIZER(Repository.MODEL, "file or folder"),
  /** Rows: a file, a folder, a name of the hub. */
  DATA(Repository.DATASET, "file or folder"),
  /** A file or folder of this machine. */
  FILE(null, "file or folder");

  private static final boolean WINDOWS = File.separatorChar == '\\';
  private static final Pattern WINDOWS_PATH = Pattern.compile("[A-Za-z]:[\\\\/].*|[^/]*\\\\.*");

  private static final HubName EXAMPLE =
      new HubName(Repository.MODEL, "Qwen/Qwen2.5-0.5B-Instruct");

  private final Repository repository;
  private final String what;

  InputKind(Repository repository, String what) {
    this.repository = repository;
    this.what = what;
  }

  /** The file or folder that {@code name} stands for; the name as a path where there is none. */
  public Path place(String name) {
    return place(name, HubCache.ofTheSystem());
  }

  Path place(String name, HubCache cache) {
    Path path = path(name);
    if (Files.exists(path)) {
      return this == FILE ? path : HubCache.snapshot(path).orElse(path);
    }
    Optional<HubName> hub = hub(name);
    Optional<Path> fetched = hub.map(HubName::folder).filter(Files::isDirectory);
    return fetched.or(() -> hub.flatMap(cache::snapshot)).orElse(path);
  }

  /** Where {@code name} is read from, if that is not where it says; a sentence. */
  public Optional<String> elsewhere(String name) {
    Path place = place(name);
    return Files.exists(place) && !place.equals(Path.of(name))
        ? Optional.of(name + " is read from " + place)
        : Optional.empty();
  }

  /** What to do about a name that stands for nothing on this machine; empty if it is there. */
  public Optional<String> missing(String name) {
    return missing(name, HubCache.ofTheSystem());
  }

  Optional<String> missing(String name, HubCache cache) {
    return Files.exists(place(name, cache))
        ? Optional.empty()
        : Optional.of(
            hub(name).map(hub -> notFetched(hub, cache)).orElseGet(() -> wrongPath(name)));
  }

  private Optional<HubName> hub(String name) {
    return repository == null ? Optional.empty() : HubName.of(repository, name);
  }

  private static Path path(String name) {
    return HubCache.expanded(name, Path.of(System.getProperty("user.home", "")));
  }

  private static String notFetched(HubName hub, HubCache cache) {
    if (hub.isOfOtherFamily()) {
      return hub.id()
          + " is a name of the hub, of a model family that Terse does not read (docs/models.md lists"
          + " those it does); take another, such as '"
          + EXAMPLE.download()
          + "'";
    }
    return hub.id()
        + " is a name of the hub, and nothing is fetched: neither "
        + hub.folder()
        + " nor the cache "
        + cache.folder()
        + " has it; run '"
        + hub.download()
        + "' (or, with git-lfs, '"
        + hub.cloning()
        + "'), and the same command finds it in "
        + hub.folder();
  }

  private String wrongPath(String name) {
    if (!WINDOWS && WINDOWS_PATH.matcher(name).matches()) {
      return "there is no "
          + what
          + " "
          + name
          + ": that is a path of Windows; here folders are parted by / (C:\\ is /mnt/c/ in WSL)";
    }
    boolean relative = !path(name).isAbsolute();
    return "there is no "
        + what
        + " "
        + name
        + (relative ? " in " + Path.of("").toAbsolutePath() : "")
        + ": check the path";
  }
}
