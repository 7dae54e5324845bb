package dev.terse.engine.nd4j;

import java.util.Arrays;

/** The engine's threads, each with its own native call frames and scratch memory. */
final class Crew implements AutoCloseable {
  private final Memory memory;
  private final ChunkStore chunks;
  private final Workers workers;
  private final NativeCalls[] calls;
  private final ChunkPool[] scratch;
  private boolean closed;

  Crew(Backend backend, Memory memory) {
    this.memory = memory;
    this.chunks = new ChunkStore(memory);
    this.workers = new Workers(backend.threads(), backend::bindCurrentThread);
    this.calls = new NativeCalls[backend.threads()];
    this.scratch = new ChunkPool[backend.threads()];
    for (int i = 0; i < calls.length; i++) {
      calls[i] = memory.isCounted() ? new IdleCalls(backend.newCalls()) : backend.newCalls();
      scratch[i] = new ChunkPool(chunks);
    }
  }

  /** The engine's native memory. */
  Memory memory() {
    return memory;
  }

  /** Memory that the engine's pools share. */
  ChunkStore chunks() {
    return chunks;
  }

  Workers workers() {
    return workers;
  }

  int count() {
    return calls.length;
  }

  NativeCalls calls(int worker) {
    return calls[worker];
  }

  /** The calls of a member where oneDNN serves them. */
  PackedCalls oneDnn(int worker) {
    return (PackedCalls) calls[worker];
  }

  /** Scratch memory of one member; member 0 is the caller of the engine. */
  ChunkPool.Frame scratch(int worker) {
    return scratch[worker].frame();
  }

  /** Bytes of scratch memory held. */
  long scratchBytes() {
    return Arrays.stream(scratch).mapToLong(ChunkPool::bytes).sum();
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    workers.close();
    Arrays.stream(calls).forEach(NativeCalls::close);
    Arrays.stream(scratch).forEach(ChunkPool::close);
    chunks.close();
  }
}
