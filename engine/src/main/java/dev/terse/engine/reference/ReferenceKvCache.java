package dev.terse.engine.reference;

import dev.terse.engine.AttentionShape;
import dev.terse.engine.CacheProgress;
import dev.terse.engine.KvCache;
import dev.terse.engine.OperationChecks;
import dev.terse.engine.Segments;
import dev.terse.engine.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A cache of plain row lists. A sequence's list begins with the rows of its prompt; sequences of
 * one prompt hold the same row objects.
 */
final class ReferenceKvCache implements KvCache {

  /** One layer of one sequence: a row [K*D] for each position. */
  private record Rows(List<double[]> keys, List<double[]> values) {}

  private static final class Sequence {
    private final int prompt;
    private final Rows[] layers;
    private int promptLength;
    private int newTokens;

    Sequence(int prompt, int layers) {
      this.prompt = prompt;
      this.layers = new Rows[layers];
    }

    /** Takes over the prompt's rows from a sequence of the same prompt. */
    void copyPrompt(Sequence other) {
      promptLength = other.promptLength;
      for (int l = 0; l < layers.length; l++) {
        layers[l] =
            new Rows(
                new ArrayList<>(other.layers[l].keys.subList(0, promptLength)),
                new ArrayList<>(other.layers[l].values.subList(0, promptLength)));
      }
    }
  }

  private final int layers;
  private final AttentionShape shape;
  private final CacheProgress progress;
  private List<Sequence> live = new ArrayList<>();

  ReferenceKvCache(int layers, AttentionShape shape, int maxNewTokens) {
    OperationChecks.kvCache(layers, maxNewTokens);
    this.layers = layers;
    this.shape = shape;
    this.progress = new CacheProgress(layers, shape, maxNewTokens);
  }

  @Override
  public void join(int[] promptOf) {
    Sequence last = live.isEmpty() ? null : live.get(live.size() - 1);
    progress.join(promptOf, last == null ? -1 : last.prompt);
    for (int prompt : promptOf) {
      Sequence sequence = new Sequence(prompt, layers);
      live.add(sequence);
      if (last != null && last.prompt == prompt) {
        sequence.copyPrompt(last);
      }
    }
  }

  @Override
  public void putPrompts(int layer, Tensor k, Tensor v, Segments prompts) {
    int first = progress.putPrompts(layer, k, v, prompts);
    for (int p = 0; p < prompts.count(); p++) {
      List<double[]> keys = Attention.rows(HeapTensor.of(k), prompts.seenRows(p));
      List<double[]> values = Attention.rows(HeapTensor.of(v), prompts.seenRows(p));
      for (Sequence sequence : live) {
        if (sequence.prompt == first + p) {
          sequence.layers[layer] = new Rows(new ArrayList<>(keys), new ArrayList<>(values));
          sequence.promptLength = keys.size();
        }
      }
    }
  }

  @Override
  public void attend(int layer, Tensor q, Tensor k, Tensor v, Tensor out) {
    int longest = live.stream().mapToInt(sequence -> sequence.newTokens).max().orElse(0);
    progress.attend(layer, live.size(), longest, q, k, v, out);
    Overlap.apart("out", out, q, k, v);
    for (int b = 0; b < live.size(); b++) {
      Rows rows = live.get(b).layers[layer];
      rows.keys.add(HeapTensor.of(k).row(b));
      rows.values.add(HeapTensor.of(v).row(b));
      double[] query = HeapTensor.of(q).row(b);
      HeapTensor.of(out).setRow(b, Attention.query(query, rows.keys, rows.values, shape));
    }
  }

  @Override
  public void advance() {
    progress.advance();
    live.forEach(sequence -> sequence.newTokens++);
  }

  @Override
  public int[] positions() {
    progress.requirePrompts();
    return live.stream().mapToInt(s -> s.promptLength + s.newTokens).toArray();
  }

  @Override
  public void keep(int[] indices) {
    progress.keep(indices, live.size());
    live = new ArrayList<>(Arrays.stream(indices).mapToObj(live::get).toList());
  }

  @Override
  public void close() {
    progress.close();
    live = List.of();
  }
}
