package dev.terse.engine.cuda;

import dev.terse.engine.AttentionShape;
import dev.terse.engine.Qkv;
import dev.terse.engine.cuda.device.Arguments;
import dev.terse.engine.cuda.device.Device;
import dev.terse.engine.cuda.device.DeviceMemory;
import dev.terse.engine.cuda.device.Scratch;
import dev.terse.engine.spi.CheckedKvCache;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

/**
 * A cache of pages: a prompt is one, what a sequence adds to it lies in pages of {@value
 * #POSITIONS} positions. A page has the entries of all layers, [layers, 2, capacity, K*D], and is
 * never moved. Sequences of one prompt read the same page.
 *
 * <p>Why pages: a block of a GPU reads through a table of their addresses at no cost that counts
 * (Kwon et al., "Efficient memory management for large language model serving with PagedAttention",
 * arXiv 2309.06180), so a sequence that joins, grows or leaves moves nothing, and memory is taken
 * as it is needed instead of for the longest completion.
 */
final class CudaKvCache extends CheckedKvCache<CudaTensor, CudaKvCache.Pages> {
  private static final int POSITIONS = 256;

  /** What the kernel keeps of a head in registers and shared memory. */
  private static final int MOST_CHANNELS = 256;

  /** Threads of a head's block: as many warps as the kernel joins. */
  private static final int THREADS = 256;

  private final Device device;
  private final RowKernels kernels;
  private final int layers;
  private final AttentionShape shape;
  private Scratch step; // the table of pages during a step
  private long table;

  /** Pages that follow each other. */
  final class Pages implements Entries {
    private final List<Page> pages = new ArrayList<>();

    private Page add(int capacity) {
      pages.add(new Page(capacity));
      return last();
    }

    private Page last() {
      return pages.get(pages.size() - 1);
    }

    /** Takes one more position. */
    private void grow() {
      if (pages.isEmpty() || last().used == last().capacity) {
        add(POSITIONS);
      }
      last().used++;
    }

    @Override
    public void close() {
      pages.forEach(page -> page.memory.close());
    }
  }

  private final class Page {
    private final DeviceMemory memory;
    private final int capacity;
    private int used;

    Page(int capacity) {
      this.memory = new DeviceMemory(device, 2L * layers * capacity * width() * Float.BYTES, false);
      this.capacity = capacity;
    }

    /** Where a layer's keys begin; its values follow them. */
    long keys(int layer) {
      return memory.address() + 2L * layer * capacity * width() * Float.BYTES;
    }
  }

  CudaKvCache(
      Device device, RowKernels kernels, int layers, AttentionShape shape, int maxNewTokens) {
    super(CudaEngine.OWN, layers, shape, maxNewTokens);
    if (shape.headDim() > MOST_CHANNELS) {
      throw new IllegalArgumentException(
          "the cuda engine decodes heads of at most "
              + MOST_CHANNELS
              + " channels, got "
              + shape.headDim());
    }
    this.device = device;
    this.kernels = kernels;
    this.layers = layers;
    this.shape = shape;
  }

  @Override
  protected Pages newPrompt(int length) {
    Pages pages = new Pages();
    pages.add(length).used = length;
    return pages;
  }

  @Override
  protected Pages newSequence() {
    return new Pages();
  }

  @Override
  protected void putPrompt(int layer, Pages prompt, CudaTensor k, CudaTensor v) {
    long keys = prompt.last().keys(layer);
    device.copy(k.address(), keys, k.byteSize());
    device.copy(v.address(), keys + k.byteSize(), v.byteSize());
  }

  @Override
  protected void attend(int layer, Qkv<CudaTensor> in, CudaTensor out) {
    if (layer == 0) {
      beginStep();
    }
    int count = live().size();
    kernels.rows(
        "appendEntries",
        count,
        width(),
        new Arguments()
            .address(in.k().address())
            .address(in.v().address())
            .address(table)
            .integer(count)
            .integer(layer)
            .integer(width()));
    device.launch(
        "cachedAttention",
        shape.heads(),
        count,
        THREADS,
        new Arguments()
            .address(in.q().address())
            .address(table)
            .address(out.address())
            .integer(count)
            .integer(layer)
            .integer(shape.heads())
            .integer(shape.kvHeads())
            .integer(shape.headDim())
            .number((float) shape.scale()));
  }

  /** Takes a position in every sequence and tells the device where all pages lie. */
  private void beginStep() {
    List<Page> pages = new ArrayList<>();
    long[] starts = new long[live().size() + 1];
    for (int b = 0; b < live().size(); b++) {
      Sequence<Pages> sequence = live().get(b);
      sequence.own().grow();
      pages.addAll(sequence.prompt().entries().pages);
      pages.addAll(sequence.own().pages);
      starts[b + 1] = pages.size();
    }
    LongStream entries =
        pages.stream()
            .flatMapToLong(page -> LongStream.of(page.memory.address(), page.capacity, page.used));
    step = new Scratch(device);
    table = step.of(LongStream.concat(LongStream.of(starts), entries).toArray());
  }

  @Override
  protected void stepEnded() {
    step.close();
    step = null;
  }

  @Override
  protected void release() {
    if (step != null) {
      step.close();
    }
  }

  /** Numbers of one position in a layer's keys. */
  private int width() {
    return shape.kvHeads() * shape.headDim();
  }
}
