package dev.terse.engine.cuda;

import dev.terse.engine.AttentionShape;
import dev.terse.engine.CacheProgress;
import dev.terse.engine.KvCache;
import dev.terse.engine.OperationChecks;
import dev.terse.engine.Segments;
import dev.terse.engine.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A cache of pages: a prompt is one, what a sequence adds to it lies in pages of {@value
 * #POSITIONS} positions. A page has the entries of all layers, [layers, 2, room, K*D], and is never
 * moved. Sequences of one prompt read the same page.
 */
final class CudaKvCache implements KvCache {
  private static final int POSITIONS = 256;

  /** What the kernel keeps of a head in registers and shared memory. */
  private static final int MOST_CHANNELS = 256;

  /** Threads of a head's block: as many warps as the kernel joins. */
  private static final int THREADS = 256;

  private final Device device;
  private final RowKernels kernels;
  private final int layers;
  private final AttentionShape shape;
  private final CacheProgress progress;
  private final Map<Integer, Page> prompts = new HashMap<>();
  private List<Sequence> live = new ArrayList<>();
  private Scratch step; // the table of pages during a step
  private long table;

  private static final class Sequence {
    private final int prompt;
    private final List<Page> own = new ArrayList<>();
    private int newTokens;

    Sequence(int prompt) {
      this.prompt = prompt;
    }
  }

  private final class Page implements AutoCloseable {
    private final DeviceMemory memory;
    private final int room;
    private int used;

    Page(int room) {
      this.memory = new DeviceMemory(device, 2L * layers * room * width() * Float.BYTES, false);
      this.room = room;
    }

    /** Where a layer's keys begin; its values follow them. */
    long keys(int layer) {
      return memory.address() + 2L * layer * room * width() * Float.BYTES;
    }

    @Override
    public void close() {
      memory.close();
    }
  }

  CudaKvCache(
      Device device, RowKernels kernels, int layers, AttentionShape shape, int maxNewTokens) {
    OperationChecks.kvCache(layers, maxNewTokens);
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
    this.progress = new CacheProgress(layers, shape, maxNewTokens);
  }

  @Override
  public void join(int[] promptOf) {
    progress.join(promptOf, live.isEmpty() ? -1 : live.get(live.size() - 1).prompt);
    for (int prompt : promptOf) {
      live.add(new Sequence(prompt));
    }
  }

  @Override
  public void putPrompts(int layer, Tensor k, Tensor v, Segments segments) {
    int first = progress.putPrompts(layer, k, v, segments);
    for (int p = 0; p < segments.count(); p++) {
      int prompt = first + p;
      if (live.stream().anyMatch(sequence -> sequence.prompt == prompt)) {
        int length = segments.length(p);
        Page page = prompts.computeIfAbsent(prompt, absent -> new Page(length));
        page.used = length;
        long bytes = (long) length * width() * Float.BYTES;
        long from = (long) segments.start(p) * width() * Float.BYTES;
        device.copy(CudaTensor.of(k).address() + from, page.keys(layer), bytes);
        device.copy(CudaTensor.of(v).address() + from, page.keys(layer) + bytes, bytes);
      }
    }
  }

  @Override
  public void attend(int layer, Tensor q, Tensor k, Tensor v, Tensor out) {
    int longest = live.stream().mapToInt(sequence -> sequence.newTokens).max().orElse(0);
    progress.attend(layer, live.size(), longest, q, k, v, out);
    if (layer == 0) {
      beginStep();
    }
    int count = live.size();
    kernels.rows(
        "appendEntries",
        count,
        width(),
        new Arguments()
            .address(CudaTensor.of(k).address())
            .address(CudaTensor.of(v).address())
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
            .address(CudaTensor.of(q).address())
            .address(table)
            .address(CudaTensor.written(out).address())
            .integer(count)
            .integer(layer)
            .integer(shape.heads())
            .integer(shape.kvHeads())
            .integer(shape.headDim())
            .number((float) shape.scale()));
  }

  /** Makes room for a position in every sequence and tells the device where all pages lie. */
  private void beginStep() {
    List<Long> entries = new ArrayList<>();
    long[] starts = new long[live.size() + 1];
    for (int b = 0; b < live.size(); b++) {
      Sequence sequence = live.get(b);
      Page last = sequence.own.isEmpty() ? null : sequence.own.get(sequence.own.size() - 1);
      if (last == null || last.used == last.room) {
        last = new Page(POSITIONS);
        sequence.own.add(last);
      }
      last.used++;
      addEntry(prompts.get(sequence.prompt), entries);
      sequence.own.forEach(page -> addEntry(page, entries));
      starts[b + 1] = entries.size() / 3;
    }
    long[] numbers = Arrays.copyOf(starts, starts.length + entries.size());
    for (int i = 0; i < entries.size(); i++) {
      numbers[starts.length + i] = entries.get(i);
    }
    step = new Scratch(device);
    table = step.of(numbers);
  }

  private static void addEntry(Page page, List<Long> entries) {
    entries.add(page.memory.address());
    entries.add((long) page.room);
    entries.add((long) page.used);
  }

  @Override
  public void advance() {
    progress.advance();
    endStep();
    live.forEach(sequence -> sequence.newTokens++);
  }

  private void endStep() {
    if (step != null) {
      step.close();
      step = null;
    }
  }

  @Override
  public int[] positions() {
    progress.requirePrompts();
    return live.stream().mapToInt(s -> prompts.get(s.prompt).used + s.newTokens).toArray();
  }

  @Override
  public void keep(int[] indices) {
    progress.keep(indices, live.size());
    List<Sequence> kept = new ArrayList<>(Arrays.stream(indices).mapToObj(live::get).toList());
    live.stream().filter(sequence -> !kept.contains(sequence)).forEach(CudaKvCache::free);
    live = kept;
    prompts
        .entrySet()
        .removeIf(
            entry -> {
              boolean gone = live.stream().noneMatch(s -> s.prompt == entry.getKey());
              if (gone) {
                entry.getValue().close();
              }
              return gone;
            });
  }

  private static void free(Sequence sequence) {
    sequence.own.forEach(Page::close);
  }

  @Override
  public void close() {
    if (progress.close()) {
      endStep();
      live.forEach(CudaKvCache::free);
      prompts.values().forEach(Page::close);
      live = List.of();
    }
  }

  /** Numbers of one position in a layer's keys. */
  private int width() {
    return shape.kvHeads() * shape.headDim();
  }
}
