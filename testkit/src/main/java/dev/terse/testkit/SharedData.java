package dev.terse.testkit;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/**
 * Where the real data of the tests lies: {@code shared/data} beside the project's root folder. It
 * is not part of the repository; tests that need it are skipped where it is absent.
 */
public final class SharedData {
  private static final String ROOT_PROPERTY = "terse.root";
  private static final String FOLDER = "../shared/data";

  private SharedData() {}

  /**
   * The project's root: the system property terse.root, or the nearest folder above with LICENSE.
   */
  public static Path projectRoot() {
    String given = System.getProperty(ROOT_PROPERTY, "");
    if (!given.isBlank() && !given.startsWith("${")) {
      return Path.of(given).toAbsolutePath().normalize();
    }
    Path start = Path.of("").toAbsolutePath();
    for (Path folder = start; folder != null; folder = folder.getParent()) {
      if (Files.exists(folder.resolve("LICENSE"))) {
        return folder;
      }
    }
    throw new IllegalStateException(
        "no project root at or above " + start + "; give -D" + ROOT_PROPERTY + "=FOLDER");
  }

  /** The path of a data file or folder, which may be absent. */
  public static Path path(String relative) {
    return projectRoot().resolve(FOLDER).resolve(relative).normalize();
  }

  /**
   * The path of a data file or folder. Where it is absent the calling test is skipped, with a
   * message that names it.
   */
  public static Path assumePresent(String relative) {
    Path path = path(relative);
    Assumptions.assumeTrue(
        Files.exists(path), () -> "skipped: test data " + FOLDER + "/" + relative + " is absent");
    return path;
  }
}
