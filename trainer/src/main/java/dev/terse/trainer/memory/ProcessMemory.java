package dev.terse.trainer.memory;

import java.nio.file.Path;
import java.util.OptionalLong;

/** Memory of this process in bytes, as Linux tells it; empty on other systems. */
public final class ProcessMemory {
  /** The process before a model is loaded: measured, docs/memory.md. */
  public static final long BARE = 450_000_000;

  /** What it grows by in a run, tensors apart: compiled code, primitives, the heap. */
  public static final long GROWTH = 450_000_000;

  private static final Path STATUS = Path.of("/proc/self/status");

  private ProcessMemory() {}

  /** Resident now. */
  public static OptionalLong resident() {
    return MachineMemory.field(STATUS, "VmRSS:");
  }

  /** The most that was resident since the process began. */
  public static OptionalLong peak() {
    return MachineMemory.field(STATUS, "VmHWM:");
  }
}
