package dev.terse.trainer.memory;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/**
 * Memory of the machine, or of the container that the process is in: the least of what the system
 * and its control groups (cgroup v2) allow. Where there is no {@code /proc}, what the Java machine
 * says of the system.
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
      for (Path group = group(root);
          group.startsWith(root.resolve("sys/fs/cgroup"));
          group = group.getParent()) {
        OptionalLong limit = number(group.resolve("memory.max"));
        OptionalLong used = number(group.resolve("memory.current"));
        if (limit.isPresent() && used.isPresent()) {
          long cache = field(group.resolve("memory.stat"), "inactive_file").orElse(0);
          total = Math.min(total, limit.getAsLong());
          available = Math.min(available, limit.getAsLong() - (used.getAsLong() - cache));
        }
      }
    }
    return new MachineMemory(total, Math.max(0, available));
  }

  /** The control group of this process; its parents' limits hold too. */
  private static Path group(Path root) {
    String name =
        lines(root.resolve("proc/self/cgroup")).stream()
            .filter(line -> line.startsWith("0::/"))
            .map(line -> line.substring("0::/".length()))
            .findFirst()
            .orElse("");
    return root.resolve("sys/fs/cgroup").resolve(name);
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
