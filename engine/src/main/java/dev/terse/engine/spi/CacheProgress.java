package dev.terse.engine.spi;

import dev.terse.engine.AttentionShape;
import dev.terse.engine.Qkv;
import dev.terse.engine.Segments;
import dev.terse.engine.Shapes;
import dev.terse.engine.Tensor;
import java.util.Arrays;

/**
 * Where a key-value cache stands in the order of calls, and what that order allows. What is out of
 * turn is refused with an {@link IllegalStateException}.
 */
final class CacheProgress {
  private final int layers;
  private final AttentionShape shape;
  private final int maxNewTokens;
  private final boolean[] hasPrompts;
  private Segments arriving;
  private int prompts;
  private int awaited;
  private int nextLayer;
  private boolean closed;

  CacheProgress(int layers, AttentionShape shape, int maxNewTokens) {
    if (layers <= 0 || maxNewTokens <= 0) {
      throw new IllegalArgumentException(
          "a cache needs at least one layer and new token, got layers="
              + layers
              + " maxNewTokens="
              + maxNewTokens);
    }
    this.layers = layers;
    this.shape = shape;
    this.maxNewTokens = maxNewTokens;
    this.hasPrompts = new boolean[layers];
  }

  /**
   * Sequences join; those of a new prompt wait for it.
   *
   * @param lastLive prompt of the last live sequence, or -1
   */
  void join(int[] promptOf, int lastLive) {
    requireOpen();
    require(nextLayer == 0, "sequences join between steps, not after layer " + nextLayer);
    require(prompts == awaited, "the sequences that joined last still wait for their prompts");
    requireNextPrompts(promptOf, lastLive);
    awaited = Math.max(awaited, promptOf[promptOf.length - 1] + 1);
  }

  private void requireNextPrompts(int[] promptOf, int lastLive) {
    if (promptOf.length == 0) {
      throw new IllegalArgumentException("promptOf must name at least one sequence");
    }
    for (int s = 0; s < promptOf.length; s++) {
      if (promptOf[s] < (s == 0 ? 0 : promptOf[s - 1])) {
        throw new IllegalArgumentException(
            "promptOf must rise from 0 or more, got " + promptOf[s] + " for sequence " + s);
      }
      if (promptOf[s] < prompts && promptOf[s] != lastLive) {
        throw new IllegalArgumentException(
            "a new sequence continues the last live sequence's prompt ("
                + (lastLive < 0 ? "none is live" : lastLive)
                + ") or a new one (from "
                + prompts
                + "), got prompt "
                + promptOf[s]);
      }
    }
  }

  /**
   * One layer's entries of new prompts arrive.
   *
   * @return index of the first of these prompts
   */
  int putPrompts(int layer, Tensor k, Tensor v, Segments segments) {
    requireOpen();
    require(nextLayer == 0, "prompts are put between steps, not after layer " + nextLayer);
    require(layer >= 0 && layer < layers, "there are " + layers + " layers, got layer " + layer);
    require(awaited > prompts, "no sequence waits for a prompt");
    require(!hasPrompts[layer], "layer " + layer + " has its prompts already");
    OperationChecks.keyValues(k, v, segments, shape);
    if (segments.sharesPrefixes()) {
      throw new IllegalArgumentException("prompts of a cache stand alone, got prefixes");
    }
    if (prompts + segments.count() < awaited) {
      throw new IllegalArgumentException(
          "a sequence continues prompt "
              + (awaited - 1)
              + " of only "
              + (prompts + segments.count())
              + " prompts");
    }
    require(
        arriving == null || Arrays.equals(arriving.starts(), segments.starts()),
        "layer " + layer + " has other prompts than the layer before");
    arriving = segments;
    hasPrompts[layer] = true;
    int first = prompts;
    if (complete()) {
      prompts += segments.count();
      awaited = prompts;
      arriving = null;
      Arrays.fill(hasPrompts, false);
    }
    return first;
  }

  private boolean complete() {
    for (boolean has : hasPrompts) {
      if (!has) {
        return false;
      }
    }
    return true;
  }

  /**
   * A layer's turn in a step.
   *
   * @param longest positions that the longest live sequence has added to its prompt
   */
  void attend(int layer, int live, int longest, Qkv<?> step, Tensor out) {
    requireOpen();
    require(live > 0, "no sequence is live");
    require(layer == nextLayer, "layer " + nextLayer + " comes next, got layer " + layer);
    requirePrompts();
    require(longest < maxNewTokens, "all " + maxNewTokens + " new tokens have been decoded");
    Shapes.require("q", step.q(), live, shape.heads() * shape.headDim());
    Shapes.require("k", step.k(), live, shape.kvHeads() * shape.headDim());
    Shapes.require("v", step.v(), live, shape.kvHeads() * shape.headDim());
    Shapes.require("out", out, step.q().shape());
    nextLayer++;
  }

  /** A step ends. */
  void advance() {
    requireOpen();
    require(nextLayer == layers, "a step ends after all " + layers + " layers, not " + nextLayer);
    nextLayer = 0;
  }

  /** Sequences are dropped. */
  void keep(int[] live, int liveCount) {
    requireOpen();
    require(nextLayer == 0, "sequences are dropped between steps, not after layer " + nextLayer);
    for (int k = 0; k < live.length; k++) {
      if (live[k] <= (k == 0 ? -1 : live[k - 1]) || live[k] >= liveCount) {
        throw new IllegalArgumentException(
            "live must hold rising indices below " + liveCount + ", got " + live[k] + " at " + k);
      }
    }
  }

  /** All sequences have their prompts in all layers. */
  void requirePrompts() {
    requireOpen();
    for (int layer = 0; prompts < awaited && layer < layers; layer++) {
      require(hasPrompts[layer], "layer " + layer + " has no prompts yet");
    }
  }

  private void requireOpen() {
    require(!closed, "the cache had been closed");
  }

  /**
   * The cache is closed.
   *
   * @return whether this was the first time
   */
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
