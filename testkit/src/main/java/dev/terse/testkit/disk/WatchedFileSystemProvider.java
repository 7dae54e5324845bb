package dev.terse.testkit.disk;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.spi.FileSystemProvider;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.lucene.tests.mockfile.FilterFileStore;
import org.apache.lucene.tests.mockfile.FilterFileSystem;
import org.apache.lucene.tests.mockfile.FilterFileSystemProvider;
import org.apache.lucene.tests.mockfile.FilterPath;

/**
 * The file system of the JVM, through which every {@code Path} of the product goes: it asks the
 * {@link Disk} that is watched, if one is. The JDK puts it in place by {@code
 * -Djava.nio.file.spi.DefaultFileSystemProvider}.
 */
public final class WatchedFileSystemProvider extends FilterFileSystemProvider {

  /** Called by the JDK. */
  public WatchedFileSystemProvider(FileSystemProvider system) {
    super("file", system);
    this.fileSystem = new FilterFileSystem(this, system.getFileSystem(URI.create("file:///")));
  }

  @Override
  public FilterPath wrapPath(Path path) {
    return new WatchedPath(path, fileSystem);
  }

  @Override
  protected Path toDelegate(Path path) {
    return path instanceof FilterPath ? super.toDelegate(path) : path;
  }

  @Override
  public FileSystem newFileSystem(URI uri, Map<String, ?> env) throws IOException {
    return delegate.newFileSystem(uri, env);
  }

  /** Archives are other providers'. */
  @Override
  public FileSystem newFileSystem(Path path, Map<String, ?> env) throws IOException {
    return delegate.newFileSystem(toDelegate(path), env);
  }

  @Override
  public FileChannel newFileChannel(
      Path path, Set<? extends OpenOption> options, FileAttribute<?>... attrs) throws IOException {
    Path file = toDelegate(path);
    Disk disk = Disk.of(file);
    if (disk == null) {
      return delegate.newFileChannel(file, options, attrs);
    }
    boolean writes = writes(options);
    FileChannel channel =
        disk.call(
            writes ? Operation.Kind.OPEN : Operation.Kind.OPEN_TO_READ,
            file,
            () -> delegate.newFileChannel(file, options, attrs));
    return new WatchedChannel(channel, disk, file);
  }

  private static boolean writes(Set<? extends OpenOption> options) {
    return options.contains(StandardOpenOption.WRITE)
        || options.contains(StandardOpenOption.APPEND);
  }

  @Override
  public SeekableByteChannel newByteChannel(
      Path path, Set<? extends OpenOption> options, FileAttribute<?>... attrs) throws IOException {
    return Disk.of(toDelegate(path)) == null
        ? super.newByteChannel(path, options, attrs)
        : newFileChannel(path, options, attrs);
  }

  @Override
  public InputStream newInputStream(Path path, OpenOption... options) throws IOException {
    if (Disk.of(toDelegate(path)) == null) {
      return super.newInputStream(path, options);
    }
    Set<OpenOption> all = new HashSet<>(Set.of(options));
    all.add(StandardOpenOption.READ);
    return Channels.newInputStream(newFileChannel(path, all));
  }

  @Override
  public OutputStream newOutputStream(Path path, OpenOption... options) throws IOException {
    if (Disk.of(toDelegate(path)) == null) {
      return super.newOutputStream(path, options);
    }
    Set<OpenOption> all =
        options.length > 0
            ? new HashSet<>(Set.of(options))
            : new HashSet<>(
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING));
    all.add(StandardOpenOption.WRITE);
    return Channels.newOutputStream(newFileChannel(path, all));
  }

  @Override
  public DirectoryStream<Path> newDirectoryStream(
      Path folder, DirectoryStream.Filter<? super Path> filter) throws IOException {
    Disk disk = Disk.of(toDelegate(folder));
    return disk == null
        ? super.newDirectoryStream(folder, filter)
        : disk.call(
            Operation.Kind.LIST,
            toDelegate(folder),
            () -> super.newDirectoryStream(folder, filter));
  }

  @Override
  public void createDirectory(Path folder, FileAttribute<?>... attrs) throws IOException {
    change(Operation.Kind.MAKE_FOLDER, folder, () -> super.createDirectory(folder, attrs));
  }

  @Override
  public void delete(Path path) throws IOException {
    change(Operation.Kind.DELETE, path, () -> super.delete(path));
  }

  @Override
  public boolean deleteIfExists(Path path) throws IOException {
    try {
      delete(path);
      return true;
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  @Override
  public void copy(Path source, Path target, CopyOption... options) throws IOException {
    change(Operation.Kind.COPY, target, () -> super.copy(source, target, options));
  }

  @Override
  public void move(Path source, Path target, CopyOption... options) throws IOException {
    Disk disk = Disk.of(toDelegate(target));
    if (disk == null) {
      super.move(source, target, options);
    } else {
      disk.move(toDelegate(source), toDelegate(target), () -> super.move(source, target, options));
    }
  }

  @Override
  public void createSymbolicLink(Path link, Path target, FileAttribute<?>... attrs)
      throws IOException {
    change(Operation.Kind.LINK, link, () -> super.createSymbolicLink(link, target, attrs));
  }

  @Override
  public void createLink(Path link, Path existing) throws IOException {
    change(Operation.Kind.LINK, link, () -> super.createLink(link, existing));
  }

  /** A disk that is full says so. */
  @Override
  public FileStore getFileStore(Path path) throws IOException {
    FileStore store = super.getFileStore(path);
    Disk disk = Disk.of(toDelegate(path));
    return disk == null
        ? store
        : new FilterFileStore(store, scheme) {
          @Override
          public long getUsableSpace() throws IOException {
            return disk.room(super.getUsableSpace());
          }
        };
  }

  /** A change without a result. */
  private interface Change {
    void run() throws IOException;
  }

  private void change(Operation.Kind kind, Path path, Change change) throws IOException {
    Disk disk = Disk.of(toDelegate(path));
    if (disk == null) {
      change.run();
      return;
    }
    disk.call(
        kind,
        toDelegate(path),
        () -> {
          change.run();
          return null;
        });
  }
}
