package dev.terse.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terse.engine.AttentionShape;
import dev.terse.engine.KvCache;
import dev.terse.engine.Segments;
import dev.terse.testkit.TwinLab.Twin;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Decoding over a cache equals attention over the whole sequence. */
abstract class KvCacheConformance extends OperationConformance {
  KvCacheConformance(EngineConformance owner) {
    super(owner);
  }

  @Test
  void decode_sharedPromptsAndDroppedSequences_equalsWholeAttention() {
    Run run =
        new Run(AttentionShape.of(6, 2, 16), 2, new int[] {5, 1, 17}, new int[] {0, 0, 0, 1, 2, 2});
    run.decode(14, Map.of(0, new int[] {0, 1, 2, 3, 5}, 3, new int[] {1, 2, 4}, 8, new int[] {2}));
  }

  @Test
  void decode_pastBlockSizes_equalsWholeAttention() {
    Run run = new Run(AttentionShape.of(3, 1, 8), 1, new int[] {127, 250}, new int[] {0, 0, 1});
    run.decode(135, Map.of(60, new int[] {0, 2}));
  }

  @Test
  void decode_oneHeadPerKeyAndManySequences_equalsWholeAttention() {
    int[] promptOf = new int[33];
    for (int s = 16; s < promptOf.length; s++) {
      promptOf[s] = 1;
    }
    Run run = new Run(AttentionShape.of(2, 2, 64), 2, new int[] {40, 3}, promptOf);
    run.decode(6, Map.of(2, new int[] {0, 3, 15, 16, 31, 32}));
  }

  @Test
  void decode_groupOfSevenAndUnusedPrompt_equalsWholeAttention() {
    Run run = new Run(AttentionShape.of(14, 2, 128), 1, new int[] {9, 4, 30}, new int[] {0, 2, 2});
    run.decode(5, Map.of());
  }

  @Test
  void cache_misused_isRefused() {
    AttentionShape shape = AttentionShape.of(2, 1, 4);
    Twin k = lab.normal(3, 4);
    Twin q = lab.normal(2, 8);
    Twin row = lab.normal(2, 4);
    Twin out = lab.normal(2, 8);
    assertThatThrownBy(() -> engine().kvCache(1, shape, new int[] {1, 0}, 4))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("promptOf must rise");
    try (KvCache cache = engine().kvCache(1, shape, new int[] {0, 1}, 1)) {
      assertThatThrownBy(() -> cache.putPrompts(0, k.actual(), k.actual(), Segments.ofLengths(3)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("prompt 1");
      cache.putPrompts(0, k.actual(), k.actual(), Segments.ofLengths(1, 2));
      assertThatThrownBy(() -> cache.attend(0, q.actual(), k.actual(), row.actual(), out.actual()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("k must have shape [2, 4], has [3, 4]");
      assertThatThrownBy(() -> cache.keep(new int[] {0, 2}))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("2");
      assertThatThrownBy(() -> cache.keep(new int[] {1, 0}))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("rising");
      cache.attend(0, q.actual(), row.actual(), row.actual(), out.actual());
      cache.advance();
      assertThatThrownBy(
              () -> cache.attend(0, q.actual(), row.actual(), row.actual(), out.actual()))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("all 1 new tokens");
    }
  }

  /** One decoding run with everything written down: each sequence's queries, keys and values. */
  private final class Run {
    private final AttentionShape shape;
    private final int layers;
    private final int[] promptLengths;
    private final int[] promptOf;
    private final int wide;
    private final int narrow;
    private final List<List<double[]>> promptKeys = new ArrayList<>();
    private final List<List<double[]>> promptValues = new ArrayList<>();
    private final List<List<History>> histories = new ArrayList<>();

    Run(AttentionShape shape, int layers, int[] promptLengths, int[] promptOf) {
      this.shape = shape;
      this.layers = layers;
      this.promptLengths = promptLengths;
      this.promptOf = promptOf;
      this.wide = shape.heads() * shape.headDim();
      this.narrow = shape.kvHeads() * shape.headDim();
    }

    /** Decodes, dropping sequences before the steps that {@code keep} names. */
    void decode(int steps, Map<Integer, int[]> keep) {
      List<Integer> live = new ArrayList<>();
      for (int s = 0; s < promptOf.length; s++) {
        live.add(s);
      }
      try (KvCache cache = engine().kvCache(layers, shape, promptOf, steps)) {
        for (int layer = 0; layer < layers; layer++) {
          putPrompts(cache, layer);
        }
        for (int step = 0; step < steps; step++) {
          if (keep.containsKey(step)) {
            cache.keep(keep.get(step));
            live = new ArrayList<>(Arrays.stream(keep.get(step)).mapToObj(live::get).toList());
          }
          assertThat(cache.positions()).containsExactly(positions(live, step));
          for (int layer = 0; layer < layers; layer++) {
            attend(cache, layer, live);
          }
          cache.advance();
        }
      }
      compareWithWholeAttention();
    }

    private void putPrompts(KvCache cache, int layer) {
      Segments prompts = Segments.ofLengths(promptLengths);
      Twin k = lab.normal(prompts.tokens(), narrow);
      Twin v = lab.normal(prompts.tokens(), narrow);
      cache.putPrompts(layer, k.actual(), v.actual(), prompts);
      List<double[]> keys = new ArrayList<>();
      List<double[]> values = new ArrayList<>();
      for (int p = 0; p < prompts.count(); p++) {
        keys.add(k.rowsView(prompts.start(p), prompts.end(p)).values());
        values.add(v.rowsView(prompts.start(p), prompts.end(p)).values());
      }
      promptKeys.add(keys);
      promptValues.add(values);
      List<History> ofLayer = new ArrayList<>();
      for (int prompt : promptOf) {
        ofLayer.add(new History(prompt));
      }
      histories.add(ofLayer);
    }

    private void attend(KvCache cache, int layer, List<Integer> live) {
      try (TwinLab step = lab.nested()) {
        Twin q = step.normal(live.size(), wide);
        Twin k = step.normal(live.size(), narrow);
        Twin v = step.normal(live.size(), narrow);
        Twin out = step.normal(live.size(), wide);
        cache.attend(layer, q.actual(), k.actual(), v.actual(), out.actual());
        for (int b = 0; b < live.size(); b++) {
          History history = histories.get(layer).get(live.get(b));
          history.queries.add(q.rowsView(b, b + 1).values());
          history.keys.add(k.rowsView(b, b + 1).values());
          history.values.add(v.rowsView(b, b + 1).values());
          history.outs.add(out.actual().rowsView(b, b + 1).toDoubles());
        }
      }
    }

    private int[] positions(List<Integer> live, int step) {
      return live.stream().mapToInt(s -> promptLengths[promptOf[s]] + step).toArray();
    }

    private void compareWithWholeAttention() {
      List<double[]> actual = new ArrayList<>();
      List<double[]> expected = new ArrayList<>();
      double allowed = 0;
      for (int layer = 0; layer < layers; layer++) {
        for (History history : histories.get(layer)) {
          if (!history.queries.isEmpty()) {
            allowed = Math.max(allowed, compute(layer, history, expected));
            actual.addAll(history.outs);
          }
        }
      }
      Close.assertClose(
          "decoding, " + promptOf.length + " sequences", join(actual), join(expected), allowed);
    }

    /** Adds the rows of the whole attention to {@code expected}; returns the tolerance. */
    private double compute(int layer, History history, List<double[]> expected) {
      int before = promptLengths[history.prompt];
      int n = before + history.queries.size();
      int dim = shape.headDim();
      List<double[]> keys = new ArrayList<>(history.keys);
      keys.add(0, promptKeys.get(layer).get(history.prompt));
      List<double[]> values = new ArrayList<>(history.values);
      values.add(0, promptValues.get(layer).get(history.prompt));
      List<double[]> queries = new ArrayList<>(history.queries);
      queries.add(0, new double[before * wide]);
      try (TwinLab whole = lab.nested()) {
        Twin q = whole.of(join(queries), n, wide);
        Twin k = whole.of(join(keys), n, narrow);
        Twin v = whole.of(join(values), n, narrow);
        Twin out = whole.of(new double[n * wide], n, wide);
        TwinLab.Operation attention =
            (e, t) ->
                e.attention(t.of(q), t.of(k), t.of(v), Segments.ofLengths(n), shape, t.of(out));
        double allowed = whole.allowed(Math.max(dim, n), attention, out)[0];
        attention.run(lab.reference(), Twin::expected);
        expected.add(out.rowsView(before, n).values());
        return allowed;
      }
    }
  }

  /** What one sequence fed to one layer, a row a step. */
  private static final class History {
    private final int prompt;
    private final List<double[]> queries = new ArrayList<>();
    private final List<double[]> keys = new ArrayList<>();
    private final List<double[]> values = new ArrayList<>();
    private final List<double[]> outs = new ArrayList<>();

    History(int prompt) {
      this.prompt = prompt;
    }
  }

  private static double[] join(List<double[]> parts) {
    return parts.stream().flatMapToDouble(Arrays::stream).toArray();
  }
}
