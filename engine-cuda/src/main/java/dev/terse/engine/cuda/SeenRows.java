package dev.terse.engine.cuda;

import dev.terse.engine.Segments;

/**
 * Keys and values as each segment sees them, its prefix's and its own in one piece: M rows for the
 * N of the batch, copies only where segments have prefixes.
 */
final class SeenRows {
  private final RowKernels kernels;
  private final Segments segments;
  private final int[] sources; // [M]; null where nothing is shared

  SeenRows(RowKernels kernels, Segments batch) {
    this.kernels = kernels;
    boolean shares = batch.sharesPrefixes();
    this.segments = shares ? batch.unshared() : batch;
    this.sources = shares ? batch.allSeenRows() : null;
  }

  /** Where the rows lie for each segment, over M tokens. */
  Segments segments() {
    return segments;
  }

  /** {@code x} [N, W] as it is seen, [M, W]. */
  CudaTensor of(CudaTensor x, CudaArena arena) {
    if (sources == null) {
      return x;
    }
    CudaTensor out = arena.floats(sources.length, x.rowSize());
    kernels.gather(x, sources, out);
    return out;
  }

  /** Memory for gradients of what is seen, [M, W], which {@link #addUp} brings to {@code to}. */
  CudaTensor gradients(CudaTensor to, CudaArena arena) {
    return sources == null ? to : arena.floats(sources.length, to.rowSize());
  }

  /** Overwrites row i of {@code to} [N, W] by the sum of the gradients of all who see it. */
  void addUp(CudaTensor gradients, CudaTensor to, Device device) {
    if (sources != null) {
      device.clear(to.address(), to.byteSize());
      kernels.scatterAdd(sources, gradients, to);
    }
  }
}
