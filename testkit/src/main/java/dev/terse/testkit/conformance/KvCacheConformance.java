package dev.terse.testkit.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terse.engine.AttentionShape;
import dev.terse.engine.KvCache;
import dev.terse.engine.Qkv;
import dev.terse.engine.Segments;
import dev.terse.testkit.Close;
import dev.terse.testkit.conformance.TwinLab.Twin;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Decoding over a cache equals attention over the whole sequence. */
@Covers({
  "Engine.kvCache",
  "KvCache.join",
  "KvCache.putPrompts",
  "KvCache.attend",
  "KvCache.advance",
  "KvCache.positions",
  "KvCache.keep",
  "KvCache.close"
})
abstract class KvCacheConformance extends OperationConformance {
  KvCacheConformance(EngineConformance owner) {
    super(owner);
  }

  @Test
  void decode_sharedPromptsAndDroppedSequences_equalsWholeAttention() {
    new Run(AttentionShape.of(6, 2, 16), 2, 14)
        .join(new int[] {5, 1, 17}, 0, 0, 0, 1, 2, 2)
        .keep(0, 1, 2, 3, 5)
        .steps(3)
        .keep(1, 2, 4)
        .steps(5)
        .keep(2)
        .steps(6)
        .compareWithWholeAttention();
  }

  @Test
  void decode_pastBlockSizes_equalsWholeAttention() {
    new Run(AttentionShape.of(3, 1, 8), 1, 135)
        .join(new int[] {127, 250}, 0, 0, 1)
        .steps(60)
        .keep(0, 2)
        .steps(75)
        .compareWithWholeAttention();
  }

  @Test
  void decode_oneHeadPerKeyAndManySequences_equalsWholeAttention() {
    int[] promptOf = new int[33];
    Arrays.fill(promptOf, 16, 33, 1);
    new Run(AttentionShape.of(2, 2, 64), 2, 6)
        .join(new int[] {40, 3}, promptOf)
        .steps(2)
        .keep(0, 3, 15, 16, 31, 32)
        .steps(4)
        .compareWithWholeAttention();
  }

  @Test
  void decode_groupOfSevenAndUnusedPrompt_equalsWholeAttention() {
    new Run(AttentionShape.of(14, 2, 128), 1, 5)
        .join(new int[] {9, 4, 30}, 0, 2, 2)
        .steps(5)
        .compareWithWholeAttention();
  }

  @Test
  void decode_sequencesJoinLater_equalsWholeAttention() {
    new Run(AttentionShape.of(6, 2, 16), 2, 45)
        .join(new int[] {5, 20}, 0, 0, 1)
        .steps(4)
        .join(new int[] {33}, 1, 1, 2, 2, 2, 2, 2, 2, 2)
        .steps(30)
        .keep(0, 3, 4, 7)
        .join(new int[] {}, 2, 2)
        .steps(3)
        .keep()
        .join(new int[] {2, 7}, 3, 4)
        .steps(2)
        .compareWithWholeAttention();
  }

  @Test
  void decode_promptAndCompletionOfSeveralPages_equalsWholeAttention() {
    new Run(AttentionShape.of(2, 1, 8), 1, 530)
        .join(new int[] {1100}, 0)
        .steps(3)
        .join(new int[] {}, 0, 0, 0)
        .steps(527)
        .compareWithWholeAttention();
  }

  @Test
  void cache_misused_isRefused() {
    AttentionShape shape = AttentionShape.of(2, 1, 4);
    Twin k = lab.normal(3, 4);
    Twin q = lab.normal(2, 8);
    Twin row = lab.normal(2, 4);
    Twin out = lab.normal(2, 8);
    try (KvCache cache = engine().kvCache(1, shape, 1)) {
      refusesArgument("promptOf must rise", () -> cache.join(new int[] {1, 0}));
      refusesArgument("at least one sequence", () -> cache.join(new int[] {}));
      refuses(
          "no sequence waits for a prompt",
          () -> cache.putPrompts(0, k.actual(), k.actual(), Segments.ofLengths(3)));
      cache.join(new int[] {0, 1});
      refuses("still wait for their prompts", () -> cache.join(new int[] {1}));
      refuses("layer 0 has no prompts yet", cache::positions);
      refusesArgument(
          "prompt 1", () -> cache.putPrompts(0, k.actual(), k.actual(), Segments.ofLengths(3)));
      Segments sharing = Segments.continuing(new int[] {1, 2}, new int[] {Segments.NONE, 0});
      refusesArgument(
          "prompts of a cache stand alone",
          () -> cache.putPrompts(0, k.actual(), k.actual(), sharing));
      cache.putPrompts(0, k.actual(), k.actual(), Segments.ofLengths(1, 2));
      refusesArgument(
          "k must have shape [2, 4], has [3, 4]",
          () -> cache.attend(0, new Qkv<>(q.actual(), k.actual(), row.actual()), out.actual()));
      refusesArgument("2", () -> cache.keep(new int[] {0, 2}));
      refusesArgument("rising", () -> cache.keep(new int[] {1, 0}));
      refusesArgument("got prompt 0", () -> cache.join(new int[] {0}));
      cache.attend(0, new Qkv<>(q.actual(), row.actual(), row.actual()), out.actual());
      refuses("between steps", () -> cache.join(new int[] {1}));
      cache.advance();
      refuses(
          "all 1 new tokens",
          () -> cache.attend(0, new Qkv<>(q.actual(), row.actual(), row.actual()), out.actual()));
      cache.keep(new int[] {});
      refuses(
          "no sequence is live",
          () -> cache.attend(0, new Qkv<>(q.actual(), row.actual(), row.actual()), out.actual()));
      refusesArgument("none is live", () -> cache.join(new int[] {1}));
    }
    KvCache closed = engine().kvCache(1, shape, 1);
    closed.close();
    refuses("closed", () -> closed.join(new int[] {0}));
  }

  private static void refuses(String words, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("key-value cache: ")
        .hasMessageContaining(words);
  }

  private static void refusesArgument(String words, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(words);
  }

  /** One decoding run with everything written down: each sequence's queries, keys and values. */
  private final class Run {
    private final AttentionShape shape;
    private final int layers;
    private final KvCache cache;
    private final int wide;
    private final int narrow;
    private final List<PromptRows> prompts = new ArrayList<>();
    private final List<Sequence> all = new ArrayList<>();
    private List<Sequence> live = new ArrayList<>();

    Run(AttentionShape shape, int layers, int maxNewTokens) {
      this.shape = shape;
      this.layers = layers;
      this.cache = engine().kvCache(layers, shape, maxNewTokens);
      this.wide = shape.heads() * shape.headDim();
      this.narrow = shape.kvHeads() * shape.headDim();
    }

    /** Sequences join, new prompts of the given lengths with them. */
    Run join(int[] newPromptLengths, int... promptOf) {
      cache.join(promptOf);
      int before = prompts.size();
      for (int length : newPromptLengths) {
        prompts.add(new PromptRows(length));
      }
      for (int layer = 0; layer < layers && newPromptLengths.length > 0; layer++) {
        putPrompts(layer, Segments.ofLengths(newPromptLengths), before);
      }
      for (int prompt : promptOf) {
        live.add(new Sequence(prompts.get(prompt), layers));
        all.add(live.get(live.size() - 1));
      }
      return this;
    }

    private void putPrompts(int layer, Segments segments, int first) {
      Twin k = lab.normal(segments.tokens(), narrow);
      Twin v = lab.normal(segments.tokens(), narrow);
      cache.putPrompts(layer, k.actual(), v.actual(), segments);
      for (int p = 0; p < segments.count(); p++) {
        PromptRows rows = prompts.get(first + p);
        rows.keys.add(k.rowsView(segments.start(p), segments.end(p)).values());
        rows.values.add(v.rowsView(segments.start(p), segments.end(p)).values());
      }
    }

    Run keep(int... indices) {
      cache.keep(indices);
      live = new ArrayList<>(Arrays.stream(indices).mapToObj(live::get).toList());
      return this;
    }

    Run steps(int count) {
      for (int step = 0; step < count; step++) {
        assertThat(cache.positions())
            .containsExactly(live.stream().mapToInt(Sequence::position).toArray());
        for (int layer = 0; layer < layers; layer++) {
          attend(layer);
        }
        cache.advance();
      }
      return this;
    }

    private void attend(int layer) {
      try (TwinLab step = lab.nested()) {
        Twin q = step.normal(live.size(), wide);
        Twin k = step.normal(live.size(), narrow);
        Twin v = step.normal(live.size(), narrow);
        Twin out = step.normal(live.size(), wide);
        cache.attend(layer, new Qkv<>(q.actual(), k.actual(), v.actual()), out.actual());
        for (int b = 0; b < live.size(); b++) {
          History history = live.get(b).layers.get(layer);
          history.queries.add(q.rowsView(b, b + 1).values());
          history.keys.add(k.rowsView(b, b + 1).values());
          history.values.add(v.rowsView(b, b + 1).values());
          history.outs.add(out.actual().rowsView(b, b + 1).toDoubles());
        }
      }
    }

    void compareWithWholeAttention() {
      cache.close();
      List<double[]> actual = new ArrayList<>();
      List<double[]> expected = new ArrayList<>();
      double allowed = 0;
      for (Sequence sequence : all) {
        for (int layer = 0; layer < layers; layer++) {
          if (!sequence.layers.get(layer).queries.isEmpty()) {
            allowed = Math.max(allowed, compute(sequence, layer, expected));
            actual.addAll(sequence.layers.get(layer).outs);
          }
        }
      }
      Close.assertClose(
          "decoding, " + all.size() + " sequences", flat(actual), flat(expected), allowed);
    }

    /** Adds the rows of the whole attention to {@code expected}; returns the tolerance. */
    private double compute(Sequence sequence, int layer, List<double[]> expected) {
      History history = sequence.layers.get(layer);
      int before = sequence.prompt.length;
      int n = before + history.queries.size();
      int dim = shape.headDim();
      List<double[]> keys = new ArrayList<>(history.keys);
      keys.add(0, sequence.prompt.keys.get(layer));
      List<double[]> values = new ArrayList<>(history.values);
      values.add(0, sequence.prompt.values.get(layer));
      List<double[]> queries = new ArrayList<>(history.queries);
      queries.add(0, new double[before * wide]);
      try (TwinLab whole = lab.nested()) {
        Twin q = whole.of(flat(queries), n, wide);
        Twin k = whole.of(flat(keys), n, narrow);
        Twin v = whole.of(flat(values), n, narrow);
        Twin out = whole.of(new double[n * wide], n, wide);
        TwinLab.Operation attention =
            (e, t) ->
                e.attention(
                    new Qkv<>(t.of(q), t.of(k), t.of(v)), Segments.ofLengths(n), shape, t.of(out));
        double allowed = whole.allowed(Math.max(dim, n), attention, out)[0];
        attention.run(lab.reference(), Twin::expected);
        expected.add(out.rowsView(before, n).values());
        return allowed;
      }
    }
  }

  /** Entries of one prompt, [length, K*D] a layer. */
  private static final class PromptRows {
    private final int length;
    private final List<double[]> keys = new ArrayList<>();
    private final List<double[]> values = new ArrayList<>();

    PromptRows(int length) {
      this.length = length;
    }
  }

  private static final class Sequence {
    private final PromptRows prompt;
    private final List<History> layers = new ArrayList<>();

    Sequence(PromptRows prompt, int layers) {
      this.prompt = prompt;
      for (int layer = 0; layer < layers; layer++) {
        this.layers.add(new History());
      }
    }

    int position() {
      return prompt.length + layers.get(0).queries.size();
    }
  }

  /** What one sequence fed to one layer, a row a step. */
  private static final class History {
    private final List<double[]> queries = new ArrayList<>();
    private final List<double[]> keys = new ArrayList<>();
    private final List<double[]> values = new ArrayList<>();
    private final List<double[]> outs = new ArrayList<>();
  }

  private static double[] flat(List<double[]> parts) {
    return parts.stream().flatMapToDouble(Arrays::stream).toArray();
  }
}
