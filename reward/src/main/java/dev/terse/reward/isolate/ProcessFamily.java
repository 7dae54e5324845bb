package dev.terse.reward.isolate;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A child process and all that it starts, also what outlives it: on Linux they are known by a mark
 * in their environment, which children inherit. One that clears its environment is lost sight of,
 * once its parent has ended.
 */
final class ProcessFamily {
  private static final String KEY = "TERSE_REWARD_FAMILY";
  private static final Path PROC = Path.of("/proc");

  /** What is killed may have started another meanwhile. */
  private static final int ROUNDS = 5;

  private final String mark = UUID.randomUUID().toString();
  private final Process head;

  private ProcessFamily(ProcessBuilder builder) throws IOException {
    builder.environment().put(KEY, mark);
    this.head = builder.start();
  }

  /** Starts the first of it. */
  static ProcessFamily start(ProcessBuilder builder) throws IOException {
    return new ProcessFamily(builder);
  }

  /** The process that was started first. */
  Process head() {
    return head;
  }

  /** Kills them all and waits for the first of them to end, 5 seconds at most. */
  void kill() {
    head.descendants().forEach(ProcessHandle::destroyForcibly);
    head.destroyForcibly();
    try {
      head.waitFor(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    for (int round = 0; round < ROUNDS; round++) {
      List<ProcessHandle> left = left();
      if (left.isEmpty()) {
        return;
      }
      left.forEach(ProcessHandle::destroyForcibly);
    }
  }

  private List<ProcessHandle> left() {
    try (Stream<Path> entries = Files.list(PROC)) {
      return entries
          .map(entry -> entry.getFileName().toString())
          .filter(name -> name.matches("[0-9]{1,18}"))
          .filter(this::isMarked)
          .flatMap(name -> ProcessHandle.of(Long.parseLong(name)).stream())
          .filter(ProcessHandle::isAlive)
          .toList();
    } catch (IOException e) {
      return List.of(); // a system without /proc
    }
  }

  private boolean isMarked(String pid) {
    try {
      byte[] environment = Files.readAllBytes(PROC.resolve(pid).resolve("environ"));
      return new String(environment, StandardCharsets.ISO_8859_1).contains(KEY + "=" + mark);
    } catch (IOException e) {
      return false; // another user's, or gone
    }
  }
}
