package dev.terse.trainer.optim;

import dev.terse.engine.numbers.Storage;

/**
 * The optimizers: all are AdamW and differ in how many bits its two moments have. Names are those
 * of transformers (OptimizerNames) but the last.
 */
public enum Optim {
  ADAMW_TORCH(Storage.FULL, Storage.FULL),
  ADAMW_TORCH_FUSED(Storage.FULL, Storage.FULL),

  /** bitsandbytes' block-wise 8 bits. */
  ADAMW_8BIT(Storage.INT8, Storage.UINT8),
  ADAMW_BNB_8BIT(Storage.INT8, Storage.UINT8),

  /**
   * bfloat16, stochastically rounded (ours; transformers has it as adamw_anyprecision with
   * optim_args, and rounds to nearest).
   */
  ADAMW_BF16(Storage.BFLOAT16, Storage.BFLOAT16);

  /** Smaller tensors (norms, biases) keep full moments, as bitsandbytes' min_8bit_size has it. */
  private static final long SMALLEST_COMPACT = 4096;

  private final Storage first;
  private final Storage second;

  Optim(Storage first, Storage second) {
    this.first = first;
    this.second = second;
  }

  /** How m of a tensor of {@code size} numbers is stored. */
  public Storage first(long size) {
    return size < SMALLEST_COMPACT ? Storage.FULL : first;
  }

  /** How v of a tensor of {@code size} numbers is stored. */
  public Storage second(long size) {
    return size < SMALLEST_COMPACT ? Storage.FULL : second;
  }
}
