package dev.terse.engine.nd4j;

import dev.terse.engine.Segments;
import java.util.stream.IntStream;

/**
 * The rows that each segment's tokens see, its prefix's and its own, in one piece: M rows for the N
 * of the batch, which are more where segments have prefixes and the same where none has.
 */
final class SeenRows {
  private final RowKernels kernels;
  private final Segments segments;
  private final int[] sources; // [M]; null where nothing is shared

  SeenRows(RowKernels kernels, Segments batch) {
    this.kernels = kernels;
    if (batch.sharesPrefixes()) {
      this.segments = batch.unshared();
      this.sources = batch.allSeenRows();
    } else {
      this.segments = batch;
      this.sources = null;
    }
  }

  /** Where the rows lie for each segment, over M tokens. */
  Segments segments() {
    return segments;
  }

  /** The most rows that a segment sees. */
  int longest() {
    return IntStream.range(0, segments.count()).map(segments::length).max().orElseThrow();
  }

  /** {@code x} [N, W] as it is seen, [M, W]. */
  Nd4jTensor of(Nd4jTensor x, ChunkPool.Frame own) {
    if (sources == null) {
      return x;
    }
    Nd4jTensor out = own.floats(sources.length, x.rowSize());
    kernels.gather(x, sources, out);
    return out;
  }

  /** Memory for gradients of what is seen, [M, W], which {@link #addUp} brings to {@code to}. */
  Nd4jTensor gradients(Nd4jTensor to, ChunkPool.Frame own) {
    return sources == null ? to : own.floats(sources.length, to.rowSize());
  }

  /** Overwrites row i of {@code to} [N, W] by the sum of the gradients of all who see it. */
  void addUp(Nd4jTensor gradients, Nd4jTensor to) {
    if (sources != null) {
      kernels.clear(to);
      kernels.scatterAdd(sources, gradients, to);
    }
  }
}
