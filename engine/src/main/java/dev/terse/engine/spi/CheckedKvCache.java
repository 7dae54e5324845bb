package dev.terse.engine.spi;

import dev.terse.engine.AttentionShape;
import dev.terse.engine.KvCache;
import dev.terse.engine.Qkv;
import dev.terse.engine.Segments;
import dev.terse.engine.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The bookkeeping of a key-value cache, once for all engines: which sequences live, which prompt
 * each continues, how far each is, whose turn it is. A subclass holds the entries and attends.
 *
 * <p>A prompt's entries are held once, for all its sequences, and are closed when the last of them
 * has gone; what a sequence adds is its own.
 *
 * @param <T> the engine's own tensor
 * @param <E> keys and values of neighbouring positions, all layers
 */
public abstract class CheckedKvCache<T extends DenseTensor<T>, E extends CheckedKvCache.Entries>
    implements KvCache {

  /** Keys and values of a prompt, or of what one sequence has added to its prompt. */
  public interface Entries extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * A prompt that live sequences continue.
   *
   * @param length its tokens
   */
  protected record Prompt<E>(E entries, int length) {}

  /** A live sequence. */
  protected static final class Sequence<E> {
    private final int promptIndex;
    private final E own;
    private Prompt<E> prompt;
    private int added;

    Sequence(int promptIndex, E own) {
      this.promptIndex = promptIndex;
      this.own = own;
    }

    /** What it shares with the other sequences of its prompt. */
    public Prompt<E> prompt() {
      return prompt;
    }

    /** What it has added. */
    public E own() {
      return own;
    }

    /** Positions that it has added, without that of the step. */
    public int added() {
      return added;
    }
  }

  private final OwnTensors<T> tensors;
  private final CacheProgress progress;
  private final Map<Integer, Prompt<E>> prompts = new HashMap<>();
  private List<Sequence<E>> live = new ArrayList<>();

  protected CheckedKvCache(
      OwnTensors<T> tensors, int layers, AttentionShape shape, int maxNewTokens) {
    this.tensors = tensors;
    this.progress = new CacheProgress(layers, shape, maxNewTokens);
  }

  /** Entries for a prompt of so many tokens. */
  protected abstract E newPrompt(int length);

  /** Entries for a sequence, still empty. */
  protected abstract E newSequence();

  /** Stores one layer's keys and values [length, K*D] of a prompt. */
  protected abstract void putPrompt(int layer, E prompt, T k, T v);

  /** {@link KvCache#attend} for the {@link #live} sequences. */
  protected abstract void attend(int layer, Qkv<T> step, T out);

  /** A step has ended. */
  protected void stepEnded() {}

  /** Sequences have joined, behind {@code before} others. */
  protected void joined(int before) {}

  /** Sequence i is the one that was {@code indices[i]}. */
  protected void dropped(int[] indices) {}

  /** Frees what is not entries; called once. */
  protected abstract void release();

  /** The live sequences in their order. */
  protected final List<Sequence<E>> live() {
    return live;
  }

  @Override
  public final void join(int[] promptOf) {
    int before = live.size();
    progress.join(promptOf, before == 0 ? -1 : live.get(before - 1).promptIndex);
    for (int prompt : promptOf) {
      Sequence<E> sequence = new Sequence<>(prompt, newSequence());
      sequence.prompt = prompts.get(prompt);
      live.add(sequence);
    }
    joined(before);
  }

  @Override
  public final void putPrompts(int layer, Tensor k, Tensor v, Segments segments) {
    int first = progress.putPrompts(layer, k, v, segments);
    T keys = tensors.read(k);
    T values = tensors.read(v);
    for (int p = 0; p < segments.count(); p++) {
      int index = first + p;
      int length = segments.length(p);
      List<Sequence<E>> continuing = live.stream().filter(s -> s.promptIndex == index).toList();
      if (!continuing.isEmpty()) {
        Prompt<E> prompt =
            prompts.computeIfAbsent(index, i -> new Prompt<>(newPrompt(length), length));
        continuing.forEach(sequence -> sequence.prompt = prompt);
        int start = segments.start(p);
        int end = segments.end(p);
        putPrompt(layer, prompt.entries, keys.rowsView(start, end), values.rowsView(start, end));
      }
    }
  }

  @Override
  public final void attend(int layer, Qkv<?> step, Tensor out) {
    int longest = live.stream().mapToInt(Sequence::added).max().orElse(0);
    progress.attend(layer, live.size(), longest, step, out);
    attend(layer, tensors.read(step), tensors.written(out));
  }

  @Override
  public final void advance() {
    progress.advance();
    stepEnded();
    live.forEach(sequence -> sequence.added++);
  }

  @Override
  public final int[] positions() {
    progress.requirePrompts();
    return live.stream().mapToInt(s -> s.prompt.length + s.added).toArray();
  }

  @Override
  public final void keep(int[] indices) {
    progress.keep(indices, live.size());
    List<Sequence<E>> gone = new ArrayList<>(live);
    live = new ArrayList<>(Arrays.stream(indices).mapToObj(live::get).toList());
    gone.removeAll(live);
    gone.forEach(sequence -> sequence.own.close());
    dropped(indices);
    prompts.entrySet().removeIf(entry -> closedUnlessContinued(entry.getKey(), entry.getValue()));
  }

  private boolean closedUnlessContinued(int index, Prompt<E> prompt) {
    boolean gone = live.stream().noneMatch(sequence -> sequence.promptIndex == index);
    if (gone) {
      prompt.entries.close();
    }
    return gone;
  }

  @Override
  public final void close() {
    if (progress.close()) {
      live.forEach(sequence -> sequence.own.close());
      prompts.values().forEach(prompt -> prompt.entries.close());
      live = List.of();
      release();
    }
  }
}
