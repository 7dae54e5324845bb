package dev.terse.testkit.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.apache.lucene.tests.mockfile.FilterPath;

/**
 * All that lies below a folder, watched: counts the calls of the product, lets one of them fail,
 * and remembers what was forced to the disk. Calls of other threads are the product's too. One disk
 * is watched at a time. After SQLite's loops (fail the N-th call, for every N) and Lucene's
 * MockDirectoryWrapper.
 */
public final class Disk implements AutoCloseable {
  private static volatile Disk watched;

  private final Path root;
  private final List<Operation> calls = new ArrayList<>();
  private final List<FileChannel> open = new ArrayList<>();
  private DurableTree durable;
  private Fault fault = Fault.none();
  private Operation struck;
  private boolean dead;
  private long room;

  /** What a call does when it is let. */
  interface Action<T> {
    T run() throws IOException;
  }

  /** A call without a result. */
  interface Change {
    void run() throws IOException;
  }

  /** Writes what remains of a buffer, or some of it. */
  interface Writer {
    int write(ByteBuffer bytes) throws IOException;
  }

  /** A file or folder that is open, by whatever name it comes to be called. */
  record OpenFile(DurableTree.Entry entry) {}

  private Disk(Path root) throws IOException {
    this.root = root;
    this.durable = DurableTree.of(root);
  }

  /**
   * Watches a folder; what stands in it counts as forced to the disk.
   *
   * @throws IllegalStateException if the JVM was started without {@link WatchedFileSystemProvider}
   */
  public static Disk under(Path folder) throws IOException {
    if (!(folder instanceof FilterPath path)) {
      throw new IllegalStateException(
          "the JVM needs -Djava.nio.file.spi.DefaultFileSystemProvider="
              + WatchedFileSystemProvider.class.getName());
    }
    if (watched != null) {
      throw new IllegalStateException(watched.root + " is watched already");
    }
    watched = new Disk(path.getDelegate().toRealPath());
    return watched;
  }

  /** The disk that a path lies on; null if it is not watched. */
  static Disk of(Path path) {
    Disk disk = watched;
    return disk != null && path.toAbsolutePath().normalize().startsWith(disk.root) ? disk : null;
  }

  /**
   * Begins to count anew, with a fault to come. A process that was killed may come again: the
   * system has closed its files, and so given back its locks.
   */
  public synchronized void arm(Fault next) throws IOException {
    if (dead) {
      for (FileChannel each : open) {
        each.close();
      }
    }
    open.clear();
    fault = next;
    calls.clear();
    struck = null;
    dead = false;
    room = next.kind() == Fault.Kind.FULL ? next.at() : Long.MAX_VALUE / 2;
  }

  /** The calls so far that the fault is about. */
  public synchronized List<Operation> calls() {
    return List.copyOf(calls);
  }

  /** The call that failed, or the first that did; null if none has. */
  public synchronized Operation struck() {
    return struck;
  }

  /** The file system as it will be after all that is under way: everything is on the disk now. */
  public synchronized void settle() throws IOException {
    durable = DurableTree.of(root);
  }

  /**
   * Takes the power away: what was not forced to the disk is gone.
   *
   * @param random null: all of that is gone, as POSIX allows; else changes of folders are lost from
   *     some moment on, as journalling file systems do, and files have their old, their new or half
   *     of their new content
   */
  public synchronized void losePower(Random random) throws IOException {
    durable.restore(random);
    durable = DurableTree.of(root);
    dead = true;
  }

  @Override
  public synchronized void close() {
    dead = true;
    watched = null;
  }

  /** Bytes that find room yet. */
  public synchronized long room() {
    return room;
  }

  synchronized long room(long real) {
    return Math.max(0, Math.min(real, room));
  }

  synchronized OpenFile opened(Path path, FileChannel channel) {
    open.add(channel);
    return new OpenFile(durable.at(path));
  }

  /** Any call that is neither a write, a move nor a force. */
  <T> T call(Operation.Kind kind, Path path, Action<T> action) throws IOException {
    delay(kind, path);
    synchronized (this) {
      Operation call = new Operation(kind, path.toAbsolutePath().normalize());
      admit(call);
      long freed = kind == Operation.Kind.DELETE ? size(path) : 0;
      boolean creates = kind == Operation.Kind.OPEN && !Files.exists(path);
      T result = action.run();
      room += freed;
      durable.changed(call, creates);
      return result;
    }
  }

  /** A move has a source, too. */
  void move(Path source, Path target, Change action) throws IOException {
    delay(Operation.Kind.MOVE, target);
    synchronized (this) {
      admit(new Operation(Operation.Kind.MOVE, target.toAbsolutePath().normalize()));
      long freed = size(target);
      action.run();
      room += freed;
      durable.moved(source, target);
    }
  }

  void force(Path path, OpenFile file, Change action) throws IOException {
    delay(Operation.Kind.FORCE, path);
    synchronized (this) {
      admit(new Operation(Operation.Kind.FORCE, path.toAbsolutePath().normalize()));
      action.run();
      durable.forced(file.entry());
    }
  }

  int write(Path path, ByteBuffer source, Writer writer) throws IOException {
    delay(Operation.Kind.WRITE, path);
    synchronized (this) {
      int whole = source.remaining();
      boolean alive = !dead;
      try {
        admit(new Operation(Operation.Kind.WRITE, path.toAbsolutePath().normalize()));
      } catch (IOException | Killed e) {
        if (alive && (fault.kind() == Fault.Kind.CUT || fault.kind() == Fault.Kind.KILL)) {
          some(source, whole / 2, writer);
        }
        throw e;
      }
      int fits = (int) Math.min(whole, Math.max(0, room));
      if (fits == 0 && whole > 0) {
        struck = struck == null ? new Operation(Operation.Kind.WRITE, path) : struck;
        throw new IOException("No space left on device");
      }
      room -= fits;
      return some(source, fits, writer);
    }
  }

  private static int some(ByteBuffer source, int count, Writer writer) throws IOException {
    ByteBuffer part = source.duplicate().limit(source.position() + count);
    int written = 0;
    while (part.hasRemaining()) {
      written += writer.write(part);
    }
    source.position(source.position() + written);
    return written;
  }

  /** Counts a call and lets it fail if it is its turn. */
  private void admit(Operation call) throws IOException {
    boolean counts = fault.which().test(call);
    if (dead && !call.kind().isReading()) {
      throw new Killed(call);
    }
    if (!counts) {
      return;
    }
    calls.add(call);
    boolean hit =
        fault.kind() == Fault.Kind.BROKEN ? calls.size() >= fault.at() : calls.size() == fault.at();
    if (!hit) {
      return;
    }
    switch (fault.kind()) {
      case KILL -> {
        struck = call;
        dead = true;
        throw new Killed(call);
      }
      case ERROR, CUT, BROKEN -> {
        struck = struck == null ? call : struck;
        throw error(call);
      }
      default -> {} // a full or slow disk shows elsewhere
    }
  }

  /** As the JDK throws them: calls on open files name none. */
  private static IOException error(Operation call) {
    String reason = "Input/output error";
    return switch (call.kind()) {
      case WRITE, TRUNCATE, FORCE, READ -> new IOException(reason);
      default -> new FileSystemException(call.path().toString(), null, reason);
    };
  }

  private void delay(Operation.Kind kind, Path path) {
    if (fault.kind() == Fault.Kind.SLOW && fault.which().test(new Operation(kind, path))) {
      try {
        TimeUnit.MILLISECONDS.sleep(fault.at());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static long size(Path path) throws IOException {
    try {
      return Files.isRegularFile(path) ? Files.size(path) : 0;
    } catch (NoSuchFileException e) {
      return 0;
    }
  }
}
