package dev.terse.engine.nd4j;

import dev.terse.engine.AttentionShape;
import dev.terse.engine.OperationChecks;
import dev.terse.engine.Segments;
import dev.terse.engine.Shapes;
import dev.terse.engine.Tensor;

/** Where a key-value cache stands in the order of calls, and what that order allows. */
final class CacheProgress {
  private final int layers;
  private final AttentionShape shape;
  private final int maxNewTokens;
  private final boolean[] hasPrompts;
  private int nextLayer;
  private int steps;
  private boolean closed;

  CacheProgress(int layers, AttentionShape shape, int maxNewTokens) {
    this.layers = layers;
    this.shape = shape;
    this.maxNewTokens = maxNewTokens;
    this.hasPrompts = new boolean[layers];
  }

  void putPrompts(int layer, Tensor k, Tensor v, Segments prompts, int lastPrompt) {
    require(!closed, "the cache had been closed");
    require(steps == 0 && nextLayer == 0, "prompts are put before the first step");
    require(layer >= 0 && layer < layers, "there are " + layers + " layers, got layer " + layer);
    require(!hasPrompts[layer], "layer " + layer + " has its prompts already");
    OperationChecks.keyValues(k, v, prompts, shape);
    if (lastPrompt >= prompts.count()) {
      throw new IllegalArgumentException(
          "a sequence continues prompt " + lastPrompt + " of only " + prompts.count() + " prompts");
    }
    hasPrompts[layer] = true;
  }

  void attend(int layer, int live, Tensor q, Tensor k, Tensor v, Tensor out) {
    require(!closed, "the cache had been closed");
    require(live > 0, "no sequence is live");
    require(layer == nextLayer, "layer " + nextLayer + " comes next, got layer " + layer);
    require(hasPrompts[layer], "layer " + layer + " has no prompts yet");
    require(steps < maxNewTokens, "all " + maxNewTokens + " new tokens have been decoded");
    Shapes.require("q", q, live, shape.heads() * shape.headDim());
    Shapes.require("k", k, live, shape.kvHeads() * shape.headDim());
    Shapes.require("v", v, live, shape.kvHeads() * shape.headDim());
    Shapes.require("out", out, q.shape());
    nextLayer++;
  }

  void advance() {
    require(!closed, "the cache had been closed");
    require(nextLayer == layers, "a step ends after all " + layers + " layers, not " + nextLayer);
    nextLayer = 0;
    steps++;
  }

  void keep(int[] live, int liveCount) {
    require(!closed, "the cache had been closed");
    require(nextLayer == 0, "sequences are dropped between steps, not after layer " + nextLayer);
    OperationChecks.keep(live, liveCount);
  }

  void requireOpen() {
    require(!closed, "the cache had been closed");
  }

  /** Positions that every live sequence has added to its prompt. */
  int steps() {
    return steps;
  }

  /** Whether this was the first time. */
  boolean close() {
    boolean first = !closed;
    closed = true;
    return first;
  }

  private static void require(boolean condition, String sentence) {
    if (!condition) {
      throw new IllegalStateException("key-value cache: " + sentence);
    }
  }
}
