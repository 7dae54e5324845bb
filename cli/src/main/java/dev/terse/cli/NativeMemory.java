package dev.terse.cli;

import dev.terse.trainer.memory.MachineMemory;
import java.util.Locale;

/**
 * How much memory outside the Java heap the arrays may take. JavaCPP, which allocates for ND4J,
 * allows as much as the heap, a quarter of the machine; a training holds nearly everything outside
 * the heap. So the limit becomes what the machine (or the container) has beyond the heap, unless
 * the user has set it. Must run before the first class of ND4J is loaded.
 */
final class NativeMemory {
  private static final String MAX_BYTES = "org.bytedeco.javacpp.maxBytes";
  private static final String MAX_PHYSICAL_BYTES = "org.bytedeco.javacpp.maxPhysicalBytes";

  private NativeMemory() {}

  static void configure() {
    setIfAbsent(MAX_BYTES, Long.toString(limit()));
    // The resident size counts the Java machine and mapped files too; a limit on it would refuse
    // loads that fit.
    setIfAbsent(MAX_PHYSICAL_BYTES, "0");
  }

  /** What to say when memory has run out. */
  static String sentence(OutOfMemoryError error) {
    return String.format(
        Locale.ROOT,
        "out of memory (%s). The machine has %.1f GB, of which the Java heap may take %.1f and"
            + " arrays outside it %.1f. Lower per_device_train_batch_size, max_length or"
            + " max_completion_length, keep gradient_checkpointing true, or take a smaller model",
        error.getMessage(),
        MachineMemory.read().total() / 1e9,
        Runtime.getRuntime().maxMemory() / 1e9,
        limit() / 1e9);
  }

  private static long limit() {
    long machine = MachineMemory.read().total();
    return Math.max(machine - Runtime.getRuntime().maxMemory(), machine / 2);
  }

  private static void setIfAbsent(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }
}
