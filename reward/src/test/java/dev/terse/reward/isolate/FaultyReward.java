package dev.terse.reward.isolate;

import dev.terse.reward.LoggingReward;
import dev.terse.reward.RewardLog;
import dev.terse.reward.Sample;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/** A user's reward that does what the completion says. */
public final class FaultyReward implements LoggingReward {
  /** Filled on purpose until the heap is full. */
  private static final List<long[]> HOARD = new ArrayList<>();

  @Override
  public String name() {
    return "faulty";
  }

  @Override
  public double of(Sample sample, RewardLog log) {
    switch (sample.completion()) {
      case "throw" -> throw new IllegalStateException("boom");
      case "throw controls" ->
          throw new IllegalStateException("a\u001b[2J\u009b\u202e\r\nERROR  forged\u0000");
      case "error" -> throw new AssertionError("bad");
      case "null" -> {
        Double none = sample.gold() == null ? null : Double.valueOf(sample.gold());
        return none;
      }
      case "nan" -> {
        return Double.NaN;
      }
      case "infinity" -> {
        return Double.POSITIVE_INFINITY;
      }
      case "recurse" -> {
        return of(sample, log) + 1;
      }
      case "log" -> {
        log.logMetric("level", 2);
        log.logMetric("level", 4);
        log.logMetric("nan", Double.NaN);
        log.logExtra("note", Map.of("of", List.of("ä", 1, true)));
        log.logExtra("none", null);
      }
      case "log and throw" -> {
        log.logMetric("level", 2);
        throw new IllegalStateException("boom");
      }
      case "log much" -> log.logExtra("note", "x".repeat(2 << 20));
      case "log what is no data" -> log.logExtra("note", new Object());
      case "sleep" -> sleep();
      case "spin" -> spin();
      case "deadlock" -> await();
      case "allocate" -> allocate();
      case "orphan" -> orphan(sample.tokens());
      case "exit" -> System.exit(7);
      case "halt" -> Runtime.getRuntime().halt(9);
      case "print" -> print();
      case "threads" -> threads();
      case "forge" -> System.out.print("\0\0\0\0\0\0\0\1\1\0\0\0\0\0\0\0\0");
      case "close" -> System.out.close();
      default -> {
        // a fair reward
      }
    }
    return sample.completion().length() + sample.tokens() / 1000.0;
  }

  /** Starts a process that starts another, and ends without either. */
  private static void orphan(int seconds) {
    try {
      new ProcessBuilder("sh", "-c", "sleep " + seconds + " & sleep " + seconds).start();
      Thread.sleep(300);
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
    Runtime.getRuntime().halt(7);
  }

  private static void sleep() {
    try {
      Thread.sleep(1_000_000);
    } catch (InterruptedException e) {
      sleep();
    }
  }

  private static void spin() {
    long count = 0;
    while (count >= 0) {
      count = (count + 1) & Long.MAX_VALUE;
    }
  }

  private static void await() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      await();
    }
  }

  private static void allocate() {
    while (true) {
      HOARD.add(new long[1 << 20]);
    }
  }

  private static void print() {
    String line = "x".repeat(1 << 16);
    for (int i = 0; i < 4096; i++) { // 256 MB on each
      System.out.println(line);
      System.err.println(line);
    }
  }

  private static void threads() {
    for (int i = 0; i < 16; i++) {
      new Thread(FaultyReward::spin).start();
    }
  }
}
