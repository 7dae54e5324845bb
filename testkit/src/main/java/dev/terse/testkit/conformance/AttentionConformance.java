package dev.terse.testkit.conformance;

import dev.terse.engine.AttentionShape;
import dev.terse.engine.Qkv;
import dev.terse.engine.Segments;
import dev.terse.testkit.conformance.TwinLab.Twin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Causal grouped-query attention of packed segments, with prefixes too, and its backward. */
@Covers({"Engine.attention", "Engine.attentionBackward"})
abstract class AttentionConformance extends OperationConformance {
  AttentionConformance(EngineConformance owner) {
    super(owner);
  }

  @ParameterizedTest
  @CsvSource({"1, 1, 8", "6, 2, 64", "14, 2, 16", "3, 3, 128", "7, 1, 8"})
  void attention_shortSegments_equalsReference(int heads, int kvHeads, int headDim) {
    check(AttentionShape.of(heads, kvHeads, headDim), Segments.ofLengths(1, 2, 17, 1, 33), 1);
  }

  @Test
  void attention_segmentsAroundBlockSizes_equalsReference() {
    check(AttentionShape.of(6, 2, 8), Segments.ofLengths(127, 1, 128, 2, 129, 300, 64), 1);
  }

  @Test
  void attention_oneLongSegment_equalsReference() {
    check(AttentionShape.of(3, 1, 64), Segments.ofLengths(lab.draws.between(257, 400)), 1);
  }

  @Test
  void attention_randomShapes_equalsReference() {
    int group = new int[] {1, 3, 7}[lab.draws.between(0, 2)];
    int kvHeads = lab.draws.between(1, 3);
    int headDim = 2 * lab.draws.between(1, 40);
    Segments segments = Segments.ofLengths(lab.draws.integers(lab.draws.between(1, 5), 1, 90));
    check(AttentionShape.of(group * kvHeads, kvHeads, headDim), segments, 1);
  }

  @Test
  void attention_sharedPrefixes_equalsReference() {
    int[] lengths = {17, 33, 1, 130, 5, 1, 64, 200, 3, 40};
    int[] prefixes = {-1, 0, 0, 0, -1, -1, 5, -1, 7, 7};
    check(AttentionShape.of(6, 2, 16), Segments.continuing(lengths, prefixes), 1);
  }

  @Test
  void attention_randomPrefixes_equalsReference() {
    int[] lengths = lab.draws.integers(8, 1, 70);
    int[] prefixes = new int[lengths.length];
    prefixes[0] = Segments.NONE;
    for (int s = 1; s < prefixes.length; s++) {
      int other = lab.draws.between(0, s - 1);
      prefixes[s] = prefixes[other] == Segments.NONE ? other : Segments.NONE;
    }
    check(AttentionShape.of(3, 1, 8), Segments.continuing(lengths, prefixes), 1);
  }

  @Test
  void attention_hugeScores_staysFinite() {
    check(AttentionShape.of(2, 1, 16), Segments.ofLengths(40, 3), 200);
  }

  private void check(AttentionShape shape, Segments segments, double deviationOfQ) {
    int n = segments.tokens();
    int dim = shape.headDim();
    int wide = shape.heads() * dim;
    int narrow = shape.kvHeads() * dim;
    Twin q = lab.normal(deviationOfQ, n, wide);
    Twin k = lab.normal(n, narrow);
    Twin v = lab.normal(n, narrow);
    Twin out = lab.normal(n, wide);
    String what = shape.heads() + "/" + shape.kvHeads() + " heads of " + dim;

    // Where two scores of thousands contest, one rounding uses up the bound: widened fourfold.
    int terms = Math.max(dim, n) * (deviationOfQ > 1 ? 16 : 1);
    lab.compare(
        "attention, " + what,
        terms,
        (e, t) -> e.attention(new Qkv<>(t.of(q), t.of(k), t.of(v)), segments, shape, t.of(out)),
        out);

    Twin dOut = lab.normal(n, wide);
    Twin dq = lab.normal(n, wide);
    Twin dk = lab.normal(n, narrow);
    Twin dv = lab.normal(n, narrow);
    // dScores = p (dP - Σ p dP): where p is sure, two dP cancel. |dP| by Cauchy and Schwarz.
    double ofDp = deviationOfQ > 1 ? 2 * longest(dOut, dim) * longest(v, dim) : 0;
    double[] cancelling = {shape.scale() * ofDp * k.max(), shape.scale() * ofDp * q.max(), 0};
    lab.compare(
        "attentionBackward, " + what,
        terms,
        cancelling,
        (e, t) ->
            e.attentionBackward(
                new Qkv<>(t.of(q), t.of(k), t.of(v)),
                segments,
                shape,
                t.of(dOut),
                new Qkv<>(t.of(dq), t.of(dk), t.of(dv))),
        dq,
        dk,
        dv);
  }

  /** The greatest norm of a head's row. */
  private static double longest(Twin rows, int dim) {
    double[] values = rows.values();
    double longest = 0;
    for (int at = 0; at < values.length; at += dim) {
      double squares = 0;
      for (int d = at; d < at + dim; d++) {
        squares += values[d] * values[d];
      }
      longest = Math.max(longest, Math.sqrt(squares));
    }
    return longest;
  }
}
