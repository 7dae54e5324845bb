package dev.terse.testkit.disk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What a folder would hold after a loss of power. A file is there with the content that it had when
 * it was forced last, under the names that its folders had when they were forced last.
 */
final class DurableTree {
  private static final int CONTENTS = 3;

  private final Path root;
  private final FolderEntry top = new FolderEntry();
  private final Map<FolderEntry, Map<String, Entry>> begun = new IdentityHashMap<>();
  private final List<List<Change>> journal = new ArrayList<>();
  private int committed;

  /** A file or folder, by whatever name. */
  abstract static class Entry {
    FolderEntry parent; // null of the root, and of what is deleted
    String name;
  }

  private static final class FileEntry extends Entry {
    byte[] durable = {};
  }

  private static final class FolderEntry extends Entry {
    final Map<String, Entry> live = new TreeMap<>();
    Map<String, Entry> durable = new TreeMap<>();
  }

  /**
   * A name that comes or goes.
   *
   * @param entry null: goes
   */
  private record Change(FolderEntry folder, String name, Entry entry) {}

  private DurableTree(Path root) {
    this.root = root;
  }

  /** What stands in a folder now, all of it forced to the disk. */
  static DurableTree of(Path root) throws IOException {
    DurableTree tree = new DurableTree(root);
    tree.read(tree.top, root);
    return tree;
  }

  private void read(FolderEntry folder, Path path) throws IOException {
    try (Stream<Path> children = Files.list(path)) {
      for (Path child : children.sorted().toList()) {
        Entry entry;
        if (Files.isDirectory(child)) {
          FolderEntry inner = new FolderEntry();
          read(inner, child);
          entry = inner;
        } else {
          FileEntry file = new FileEntry();
          file.durable = Files.readAllBytes(child);
          entry = file;
        }
        attach(folder, child.getFileName().toString(), entry);
      }
    }
    folder.durable = new TreeMap<>(folder.live);
    begun.put(folder, folder.durable);
  }

  /** What lies at a path now; null if nothing does that this tree knows. */
  Entry at(Path path) {
    Entry entry = top;
    Path inside = root.relativize(path.toAbsolutePath().normalize());
    for (Path name : inside) {
      if (name.toString().isEmpty()) {
        return top;
      }
      if (!(entry instanceof FolderEntry folder)) {
        return null;
      }
      entry = folder.live.get(name.toString());
    }
    return entry;
  }

  /** After a call has been done. */
  void changed(Operation call, boolean creates) {
    Path path = call.path();
    switch (call.kind()) {
      case OPEN -> {
        if (creates) {
          note(put(path, new FileEntry()));
        }
      }
      case MAKE_FOLDER -> {
        FolderEntry made = new FolderEntry();
        begun.put(made, Map.of());
        note(put(path, made));
      }
      case COPY, LINK -> note(put(path, new FileEntry()));
      case DELETE -> note(remove(path));
      default -> {} // the content is read when it is forced
    }
  }

  void moved(Path source, Path target) {
    Entry entry = at(source);
    List<Change> changes = new ArrayList<>(remove(source));
    changes.addAll(put(target, entry));
    note(changes);
  }

  /** After an entry has been forced to the disk. */
  void forced(Entry entry) throws IOException {
    committed = journal.size();
    if (entry instanceof FolderEntry folder) {
      folder.durable = new TreeMap<>(folder.live);
    } else if (entry instanceof FileEntry file && file.parent != null) {
      file.durable = Files.readAllBytes(path(file));
    }
  }

  private void note(List<Change> changes) {
    journal.add(changes);
  }

  private List<Change> put(Path path, Entry entry) {
    FolderEntry folder = (FolderEntry) at(path.toAbsolutePath().normalize().getParent());
    String name = path.getFileName().toString();
    attach(folder, name, entry);
    return List.of(new Change(folder, name, entry));
  }

  private static void attach(FolderEntry folder, String name, Entry entry) {
    Entry before = folder.live.put(name, entry);
    if (before != null) {
      before.parent = null;
    }
    entry.parent = folder;
    entry.name = name;
  }

  private List<Change> remove(Path path) {
    Entry entry = at(path);
    FolderEntry folder = entry.parent;
    folder.live.remove(entry.name);
    entry.parent = null;
    return List.of(new Change(folder, entry.name, null));
  }

  private Path path(Entry entry) {
    return entry.parent == null ? root : path(entry.parent).resolve(entry.name);
  }

  /** Makes the folder what the disk holds for certain, or with what chance has written besides. */
  void restore(Random random) throws IOException {
    Map<FileEntry, byte[]> contents = new IdentityHashMap<>();
    Map<FolderEntry, Map<String, Entry>> names = new IdentityHashMap<>();
    if (random != null) {
      journalled(random, names);
    }
    chooseContents(top, random, contents);
    clear();
    write(top, root, names, contents);
  }

  /** Folders as they were after some change since the last that was forced. */
  private void journalled(Random random, Map<FolderEntry, Map<String, Entry>> names) {
    begun.forEach((folder, entries) -> names.put(folder, new TreeMap<>(entries)));
    int reached = committed + random.nextInt(journal.size() - committed + 1);
    for (List<Change> changes : journal.subList(0, reached)) {
      for (Change change : changes) {
        if (change.entry() == null) {
          names.get(change.folder()).remove(change.name());
        } else {
          names.get(change.folder()).put(change.name(), change.entry());
        }
      }
    }
  }

  private void chooseContents(FolderEntry folder, Random random, Map<FileEntry, byte[]> contents)
      throws IOException {
    for (Entry entry : folder.live.values()) {
      if (entry instanceof FolderEntry inner) {
        chooseContents(inner, random, contents);
      } else if (entry instanceof FileEntry file && random != null) {
        byte[] now = Files.readAllBytes(path(file));
        switch (random.nextInt(CONTENTS)) {
          case 0 -> contents.put(file, file.durable);
          case 1 -> contents.put(file, now);
          default ->
              contents.put(
                  file,
                  now.length > file.durable.length
                      ? Arrays.copyOf(now, (now.length + file.durable.length) / 2)
                      : now);
        }
      }
    }
  }

  private void clear() throws IOException {
    try (Stream<Path> all = Files.walk(root)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        if (!each.equals(root)) {
          Files.delete(each);
        }
      }
    }
  }

  private static void write(
      FolderEntry folder,
      Path path,
      Map<FolderEntry, Map<String, Entry>> names,
      Map<FileEntry, byte[]> contents)
      throws IOException {
    for (Map.Entry<String, Entry> each : names.getOrDefault(folder, folder.durable).entrySet()) {
      Path to = path.resolve(each.getKey());
      if (each.getValue() instanceof FolderEntry inner) {
        Files.createDirectory(to);
        write(inner, to, names, contents);
      } else if (each.getValue() instanceof FileEntry file) {
        Files.write(to, contents.getOrDefault(file, file.durable));
      }
    }
  }
}
