package dev.terse.io.hub;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The hub's cache on this machine, as its own programs keep it:
 *
 * <pre>
 * Cache      --> Repository*
 * Repository --> "models--" or "datasets--", organization, "--", name: refs/main?, snapshots/Revision*
 * Revision   --> the files, mostly links into blobs
 * </pre>
 *
 * @param folder of the cache; need not exist
 */
public record HubCache(Path folder) {
  private static final String SNAPSHOTS = "snapshots";

  /** The cache that the environment names, or the usual one. */
  public static HubCache ofTheSystem() {
    return of(System.getenv(), Path.of(System.getProperty("user.home", "")));
  }

  /**
   * The same of any environment; the order is that of huggingface_hub.
   *
   * @param home the user's folder
   */
  static HubCache of(Map<String, String> environment, Path home) {
    for (String direct : List.of("HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE")) {
      String value = environment.getOrDefault(direct, "");
      if (!value.isBlank()) {
        return new HubCache(expanded(value, home));
      }
    }
    String own = environment.getOrDefault("HF_HOME", "");
    if (!own.isBlank()) {
      return new HubCache(expanded(own, home).resolve("hub"));
    }
    String cache = environment.getOrDefault("XDG_CACHE_HOME", "");
    Path base = cache.isBlank() ? home.resolve(".cache") : expanded(cache, home);
    return new HubCache(base.resolve("huggingface").resolve("hub"));
  }

  /** A path that may begin with {@code ~}. */
  static Path expanded(String written, Path home) {
    boolean ofHome = written.equals("~") || written.startsWith("~/") || written.startsWith("~\\");
    return ofHome
        ? home.resolve(written.substring(Math.min(2, written.length())))
        : Path.of(written);
  }

  /** The newest revision of a repository that lies here. */
  Optional<Path> snapshot(HubName name) {
    return snapshot(folder.resolve(name.cached()));
  }

  /**
   * The revision that counts in a repository's folder of any cache: that of refs/main, else the
   * newest; empty where {@code repository} is no such folder.
   */
  public static Optional<Path> snapshot(Path repository) {
    Path snapshots = repository.resolve(SNAPSHOTS);
    if (!Files.isDirectory(snapshots)) {
      return Optional.empty();
    }
    try {
      Path main = repository.resolve("refs").resolve("main");
      if (Files.isRegularFile(main)) {
        Path named = snapshots.resolve(Files.readString(main).strip());
        if (Files.isDirectory(named)) {
          return Optional.of(named);
        }
      }
      try (Stream<Path> all = Files.list(snapshots)) {
        return all.filter(Files::isDirectory).max(Comparator.comparing(HubCache::modified));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + repository + ": " + e.getMessage(), e);
    }
  }

  private static FileTime modified(Path path) {
    try {
      return Files.getLastModifiedTime(path);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + path + ": " + e.getMessage(), e);
    }
  }
}
