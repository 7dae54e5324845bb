package dev.terse.trainer.memory;

import dev.terse.trainer.optim.Optim;
import java.nio.file.Path;
import java.util.OptionalLong;

/** Memory of this process in bytes, as Linux tells it; empty on other systems. */
public final class ProcessMemory {
  /**
   * The least that a process has that trains: the Java machine, its heap, the natives, the code
   * that it has compiled. Measured: docs/memory.md.
   */
  public static final long BARE = 400_000_000;

  /** oneDNN's primitives (130 KB each, up to 768 a thread) and what they need to run. */
  private static final long PRIMITIVES = 200_000_000;

  /** The heap, where moments of fewer bits are packed and unpacked: short-lived arrays. */
  private static final long GARBAGE_OF_MOMENTS = 300_000_000;

  private static final Path STATUS = Path.of("/proc/self/status");

  private ProcessMemory() {}

  /**
   * What it grows by in a run, tensors apart.
   *
   * @param optim AdamW's moments
   */
  public static long growth(Optim optim) {
    return switch (optim) {
      case ADAMW_TORCH, ADAMW_TORCH_FUSED -> PRIMITIVES;
      default -> PRIMITIVES + GARBAGE_OF_MOMENTS;
    };
  }

  /** Resident now. */
  public static OptionalLong resident() {
    return MachineMemory.field(STATUS, "VmRSS:");
  }

  /** The most that was resident since the process began. */
  public static OptionalLong peak() {
    return MachineMemory.field(STATUS, "VmHWM:");
  }
}
