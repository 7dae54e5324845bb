package dev.terse.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Resident memory of this process as Linux tells it, in GB (10^9 bytes); 0 elsewhere. */
final class ProcessMemory {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final Path CLEAR_REFS = Path.of("/proc/self/clear_refs");

  private ProcessMemory() {}

  /** The most since the process began, or since {@link #resetPeak}. */
  static double peakGb() throws IOException {
    return gigabytes("VmHWM:");
  }

  /** What is resident now. */
  static double residentGb() throws IOException {
    return gigabytes("VmRSS:");
  }

  /** Makes the peak count from now on; "5" resets the high-water mark (proc(5)). */
  static void resetPeak() throws IOException {
    if (Files.exists(CLEAR_REFS)) {
      Files.writeString(CLEAR_REFS, "5");
    }
  }

  private static double gigabytes(String key) throws IOException {
    if (!Files.exists(STATUS)) {
      return 0;
    }
    return Files.readAllLines(STATUS).stream()
            .filter(line -> line.startsWith(key))
            .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
            .findFirst()
            .orElse(0)
        * 1024
        / 1e9;
  }
}
