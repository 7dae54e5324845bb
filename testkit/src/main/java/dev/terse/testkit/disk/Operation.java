package dev.terse.testkit.disk;

import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;

/**
 * A call to the file system.
 *
 * @param path of the file or folder; of a move the target
 */
public record Operation(Kind kind, Path path) {

  /** What a call does. */
  public enum Kind {
    /** Opens a file to write it, and creates it if it is not there. */
    OPEN,
    WRITE,
    TRUNCATE,
    /** Forces a file, or the entries of a folder, to the disk. */
    FORCE,
    MAKE_FOLDER,
    DELETE,
    MOVE,
    COPY,
    LINK,
    OPEN_TO_READ,
    READ,
    LIST;

    private static final Set<Kind> READING = EnumSet.of(OPEN_TO_READ, READ, LIST);

    /** Whether it leaves the disk as it is. */
    public boolean isReading() {
      return READING.contains(this);
    }
  }

  /** The name of the file, without its folder. */
  public String name() {
    return String.valueOf(path.getFileName());
  }

  @Override
  public String toString() {
    return kind + " " + path;
  }
}
