package dev.terse.testkit.disk;

import java.io.File;
import java.nio.file.Path;
import org.apache.lucene.tests.mockfile.FilterFileSystem;
import org.apache.lucene.tests.mockfile.FilterPath;

/** A path that may be joined with those of {@code File.toPath}, which are the system's own. */
final class WatchedPath extends FilterPath {
  WatchedPath(Path delegate, FilterFileSystem fileSystem) {
    super(delegate, fileSystem);
  }

  @Override
  public File toFile() {
    return new File(toString());
  }

  @Override
  protected Path toDelegate(Path path) {
    return path instanceof FilterPath ? super.toDelegate(path) : path;
  }
}
