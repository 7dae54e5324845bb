package dev.terse.engine.nd4j.memory;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Chunks of native memory that no pool uses at the moment: those of decoding serve the training
 * after it, at no cost, and the other way round. Thread-safe.
 */
public final class ChunkStore implements AutoCloseable {
  /** Floats of an ordinary chunk (64 MB); what is larger gets a chunk of its own size. */
  private static final long CHUNK = 1L << 24;

  private final Memory memory;

  /** The last that were given back come first: they may still be in the cache. */
  private final List<Block> spare = new ArrayList<>();

  private boolean closed;

  public ChunkStore(Memory memory) {
    this.memory = memory;
  }

  /** A chunk of at least {@code floats}: the smallest that was given back, or a new one. */
  synchronized Block take(long floats) {
    Block chunk =
        spare.stream()
            .filter(c -> c.length() >= floats)
            .min(Comparator.comparingLong(Block::length))
            .orElseGet(() -> new Block(Math.max(CHUNK, floats), memory, Block.Use.POOLED));
    spare.remove(chunk);
    return chunk;
  }

  /** Takes chunks back; frees them if it is closed. */
  synchronized void giveBack(List<Block> chunks) {
    spare.addAll(0, chunks);
    if (closed) {
      close();
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    spare.forEach(Block::close);
    spare.clear();
  }
}
