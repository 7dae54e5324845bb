package dev.terse.engine.nd4j.calls;

import dev.terse.engine.nd4j.memory.ChunkPool;
import dev.terse.engine.nd4j.memory.ChunkStore;
import dev.terse.engine.nd4j.memory.Memory;
import java.util.Arrays;
import java.util.function.Supplier;

/** The engine's threads, each with its own native call frames and scratch memory. */
public final class ThreadTeam implements AutoCloseable {
  private final Memory memory;
  private final ChunkStore chunks;
  private final WorkerThreads threads;
  private final NativeCalls[] calls;
  private final ChunkPool[] scratch;
  private boolean closed;

  /**
   * @param count workers, the caller included
   * @param onThreadStart runs once on each thread before its first task
   * @param newCalls makes the native calls of one worker
   */
  public ThreadTeam(
      int count, Runnable onThreadStart, Supplier<NativeCalls> newCalls, Memory memory) {
    this.memory = memory;
    this.chunks = new ChunkStore(memory);
    this.threads = new WorkerThreads(count, onThreadStart);
    this.calls = new NativeCalls[count];
    this.scratch = new ChunkPool[count];
    for (int i = 0; i < calls.length; i++) {
      calls[i] = memory.isCounted() ? new IdleCalls(newCalls.get()) : newCalls.get();
      scratch[i] = new ChunkPool(chunks);
    }
  }

  /** The engine's native memory. */
  public Memory memory() {
    return memory;
  }

  /** Memory that the engine's pools share. */
  public ChunkStore chunks() {
    return chunks;
  }

  public WorkerThreads threads() {
    return threads;
  }

  public int count() {
    return calls.length;
  }

  public NativeCalls calls(int worker) {
    return calls[worker];
  }

  /** The calls of a worker where oneDNN serves them. */
  public PackedCalls oneDnn(int worker) {
    return (PackedCalls) calls[worker];
  }

  /** Scratch memory of one worker; worker 0 is the caller of the engine. */
  public ChunkPool.Frame scratch(int worker) {
    return scratch[worker].frame();
  }

  /** Bytes of scratch memory held. */
  public long scratchBytes() {
    return Arrays.stream(scratch).mapToLong(ChunkPool::bytes).sum();
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    threads.close();
    Arrays.stream(calls).forEach(NativeCalls::close);
    Arrays.stream(scratch).forEach(ChunkPool::close);
    chunks.close();
  }
}
