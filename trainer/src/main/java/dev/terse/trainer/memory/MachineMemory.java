package dev.terse.trainer.memory;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * Memory of the machine, or of the container that the process is in: the least of what the system
 * and its control groups (cgroup v2 and v1) allow. Where there is no {@code /proc}, what the Java
 * machine says of the system.
 *
 * @param total bytes
 * @param available bytes that can be taken without swapping: free, or given back by the file cache
 */
public record MachineMemory(long total, long available) {
  private static final long KILOBYTE = 1024;

  /** What there is now. */
  public static MachineMemory read() {
    return read(Path.of("/"));
  }

  /**
   * The same under another root, for tests.
   *
   * @param root of proc and sys
   */
  static MachineMemory read(Path root) {
    long total = Long.MAX_VALUE;
    long available = Long.MAX_VALUE;
    if (ManagementFactory.getOperatingSystemMXBean()
        instanceof com.sun.management.OperatingSystemMXBean system) {
      total = system.getTotalMemorySize();
      available = system.getFreeMemorySize();
    }
    Path system = root.resolve("proc/meminfo");
    if (Files.exists(system)) {
      total = Math.min(total, field(system, "MemTotal:").orElse(Long.MAX_VALUE));
      // The Java machine counts the file cache as used; the system knows better.
      available = field(system, "MemAvailable:").orElse(available);
      for (ControlGroups groups : ControlGroups.values()) {
        for (Path group : groups.of(root)) {
          OptionalLong limit = number(group.resolve(groups.limit));
          OptionalLong used = number(group.resolve(groups.used));
          if (limit.isPresent() && used.isPresent()) {
            long cache = field(group.resolve("memory.stat"), groups.cache).orElse(0);
            total = Math.min(total, limit.getAsLong());
            available = Math.min(available, limit.getAsLong() - (used.getAsLong() - cache));
          }
        }
      }
      available = Math.min(available, total);
    }
    return new MachineMemory(total, Math.max(0, available));
  }

  /** Where the two versions of control groups keep what. */
  private enum ControlGroups {
    V2("sys/fs/cgroup", "0::/", "memory.max", "memory.current", "inactive_file"),
    V1(
        "sys/fs/cgroup/memory",
        ":memory:/",
        "memory.limit_in_bytes",
        "memory.usage_in_bytes",
        "total_inactive_file");

    private final String mount;
    private final String entry;
    private final String limit;
    private final String used;
    private final String cache;

    ControlGroups(String mount, String entry, String limit, String used, String cache) {
      this.mount = mount;
      this.entry = entry;
      this.limit = limit;
      this.used = used;
      this.cache = cache;
    }

    /** The group of this process and its parents, whose limits hold too; some are not there. */
    private List<Path> of(Path root) {
      String name =
          lines(root.resolve("proc/self/cgroup")).stream()
              .filter(line -> line.contains(entry))
              .map(line -> line.substring(line.indexOf(entry) + entry.length()))
              .findFirst()
              .orElse("");
      Path top = root.resolve(mount);
      return Stream.iterate(
              top.resolve(name).normalize(), group -> group.startsWith(top), Path::getParent)
          .toList();
    }
  }

  /** The number behind a name; kilobytes are made bytes. */
  static OptionalLong field(Path file, String name) {
    return lines(file).stream()
        .filter(line -> line.startsWith(name))
        .mapToLong(
            line -> {
              long value = Long.parseLong(line.replaceAll("\\D", ""));
              return line.endsWith("kB") ? value * KILOBYTE : value;
            })
        .findFirst();
  }

  private static OptionalLong number(Path file) {
    List<String> lines = lines(file);
    return lines.size() == 1 && lines.get(0).matches("[0-9]{1,18}")
        ? OptionalLong.of(Long.parseLong(lines.get(0)))
        : OptionalLong.empty();
  }

  /** None where the file is not there or may not be read. */
  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      return List.of();
    }
  }
}
