package dev.terse.engine.reference;

import dev.terse.engine.AttentionShape;
import dev.terse.engine.KvCache;
import dev.terse.engine.OperationChecks;
import dev.terse.engine.Segments;
import dev.terse.engine.Shapes;
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
    private int position;

    Sequence(int prompt, int layers) {
      this.prompt = prompt;
      this.layers = new Rows[layers];
    }
  }

  private final int layers;
  private final AttentionShape shape;
  private final int maxNewTokens;
  private final boolean[] hasPrompts;
  private List<Sequence> live = new ArrayList<>();
  private int nextLayer;
  private int steps;
  private boolean closed;

  ReferenceKvCache(int layers, AttentionShape shape, int[] promptOf, int maxNewTokens) {
    OperationChecks.kvCache(layers, promptOf, maxNewTokens);
    this.layers = layers;
    this.shape = shape;
    this.maxNewTokens = maxNewTokens;
    this.hasPrompts = new boolean[layers];
    for (int prompt : promptOf) {
      live.add(new Sequence(prompt, layers));
    }
  }

  @Override
  public void putPrompts(int layer, Tensor k, Tensor v, Segments prompts) {
    require(!closed, "the cache had been closed");
    require(steps == 0 && nextLayer == 0, "prompts are put before the first step");
    require(layer >= 0 && layer < layers, "there are " + layers + " layers, got layer " + layer);
    require(!hasPrompts[layer], "layer " + layer + " has its prompts already");
    OperationChecks.keyValues(k, v, prompts, shape);
    int last = live.get(live.size() - 1).prompt;
    if (last >= prompts.count()) {
      throw new IllegalArgumentException(
          "a sequence continues prompt " + last + " of only " + prompts.count() + " prompts");
    }
    List<Rows> byPrompt = new ArrayList<>();
    for (int p = 0; p < prompts.count(); p++) {
      byPrompt.add(
          new Rows(
              Attention.rows(HeapTensor.of(k), prompts, p),
              Attention.rows(HeapTensor.of(v), prompts, p)));
    }
    for (Sequence sequence : live) {
      Rows prompt = byPrompt.get(sequence.prompt);
      sequence.layers[layer] =
          new Rows(new ArrayList<>(prompt.keys), new ArrayList<>(prompt.values));
      sequence.position = prompt.keys.size();
    }
    hasPrompts[layer] = true;
  }

  @Override
  public void attend(int layer, Tensor q, Tensor k, Tensor v, Tensor out) {
    require(!closed, "the cache had been closed");
    require(!live.isEmpty(), "no sequence is live");
    require(layer == nextLayer, "layer " + nextLayer + " comes next, got layer " + layer);
    require(hasPrompts[layer], "layer " + layer + " has no prompts yet");
    require(steps < maxNewTokens, "all " + maxNewTokens + " new tokens have been decoded");
    Shapes.require("q", q, live.size(), shape.heads() * shape.headDim());
    Shapes.require("k", k, live.size(), shape.kvHeads() * shape.headDim());
    Shapes.require("v", v, live.size(), shape.kvHeads() * shape.headDim());
    Shapes.require("out", out, q.shape());
    Overlap.apart("out", out, q, k, v);
    for (int b = 0; b < live.size(); b++) {
      Rows rows = live.get(b).layers[layer];
      rows.keys.add(HeapTensor.of(k).row(b));
      rows.values.add(HeapTensor.of(v).row(b));
      double[] query = HeapTensor.of(q).row(b);
      HeapTensor.of(out).setRow(b, Attention.query(query, rows.keys, rows.values, shape));
    }
    nextLayer++;
  }

  @Override
  public void advance() {
    require(!closed, "the cache had been closed");
    require(nextLayer == layers, "a step ends after all " + layers + " layers, not " + nextLayer);
    live.forEach(sequence -> sequence.position++);
    nextLayer = 0;
    steps++;
  }

  @Override
  public int[] positions() {
    require(!closed, "the cache had been closed");
    return live.stream().mapToInt(sequence -> sequence.position).toArray();
  }

  @Override
  public void keep(int[] indices) {
    require(!closed, "the cache had been closed");
    require(nextLayer == 0, "sequences are dropped between steps, not after layer " + nextLayer);
    OperationChecks.keep(indices, live.size());
    live = new ArrayList<>(Arrays.stream(indices).mapToObj(live::get).toList());
  }

  @Override
  public void close() {
    closed = true;
    live = List.of();
  }

  private static void require(boolean condition, String sentence) {
    if (!condition) {
      throw new IllegalStateException("key-value cache: " + sentence);
    }
  }
}
