package dev.terse.io;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Folders that were made for what comes into them, and go again where nothing came. */
public final class MadeFolders {
  /** The innermost first. */
  private final List<Path> made;

  private MadeFolders(List<Path> made) {
    this.made = made;
  }

  /** Makes {@code folder} and what is missing above it. */
  public static MadeFolders of(Path folder) throws IOException {
    List<Path> missing = new ArrayList<>();
    for (Path each = folder.toAbsolutePath();
        each != null && !Files.exists(each);
        each = each.getParent()) {
      missing.add(each);
    }
    Files.createDirectories(folder);
    return new MadeFolders(missing);
  }

  /** Deletes those of them that hold nothing. */
  public void deleteEmpty() {
    try {
      for (Path each : made) {
        Files.delete(each);
      }
    } catch (IOException holdsSomething) {
      return; // and so does what is above
    }
  }
}
