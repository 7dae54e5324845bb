package dev.terse.engine.nd4j.onednn;

import org.bytedeco.javacpp.Pointer;

/**
 * The scratch memory of the primitives of one thread, which run one after another: as large as the
 * largest of them needs. Left to itself oneDNN takes memory for each primitive and keeps it as long
 * as the primitive, three times what the primitive itself takes.
 */
final class OneDnnScratchpad implements AutoCloseable {
  /** oneDNN wants its buffers at cache lines. */
  private static final long ALIGNMENT = 64;

  private Pointer block = new Pointer();
  private long bytes;

  /** Makes sure of so many bytes; earlier addresses may not be used any more. */
  void reserve(long needed) {
    if (needed > bytes) {
      close();
      Pointer made = Pointer.malloc(needed + ALIGNMENT);
      if (made == null || made.isNull()) {
        throw new OutOfMemoryError("no " + needed + " bytes of scratch memory for oneDNN");
      }
      block = made;
      bytes = needed;
    }
  }

  /** Where the memory is now; 0 if none was reserved. */
  long address() {
    return (block.address() + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }

  /** Bytes that are reserved. */
  long bytes() {
    return bytes;
  }

  @Override
  public void close() {
    Pointer.free(block);
    block = new Pointer();
    bytes = 0;
  }
}
