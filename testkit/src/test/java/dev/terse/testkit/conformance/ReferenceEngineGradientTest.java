package dev.terse.testkit.conformance;

import dev.terse.engine.AttentionShape;
import dev.terse.engine.Engine;
import dev.terse.engine.Engine.Write;
import dev.terse.engine.HeadBackward;
import dev.terse.engine.HeadRows;
import dev.terse.engine.LogProbGradient;
import dev.terse.engine.Qkv;
import dev.terse.engine.Rotary;
import dev.terse.engine.Segments;
import dev.terse.engine.TableGradient;
import dev.terse.engine.Tensor;
import dev.terse.engine.TokenScores;
import dev.terse.engine.reference.ReferenceEngine;
import dev.terse.testkit.GradientChecker;
import dev.terse.testkit.TestSeed;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every backward of the reference equals finite differences of its forward, both in double. The
 * function differentiated is {@code Σ dOut · out} with a random dOut.
 */
class ReferenceEngineGradientTest {
  private static final double ALLOWED = 1e-9;

  private final Engine engine = new ReferenceEngine();
  private Draws draws;

  @BeforeEach
  void drawSeed(TestInfo test) {
    draws = new Draws(TestSeed.of(test.getTestMethod().orElseThrow().getName()));
  }

  @Test
  void embedBackward_repeatedIds_equalsDifferences() {
    int[] ids = draws.integers(9, 0, 4);
    Tensor table = normal(5, 3);
    Tensor dOut = normal(9, 3);
    Tensor dTable = normal(5, 3);
    check(
        "embed",
        dOut,
        Map.of("table", table),
        out -> engine.embed(table, ids, out),
        Map.of("table", dTable),
        Write.ADD,
        () -> engine.embedBackward(ids, dOut, dTable));
  }

  @ParameterizedTest
  @EnumSource
  void linearBackward_withAndWithoutAdds_equalsDifferences(Write write) {
    Tensor x = normal(4, 7);
    Tensor w = normal(5, 7);
    Tensor bias = normal(5);
    Tensor dy = normal(4, 5);
    Tensor dx = normal(4, 7);
    check(
        "linear",
        dy,
        Map.of("x", x),
        out -> engine.linear(x, w, bias, out),
        Map.of("x", dx),
        write,
        () -> engine.linearBackwardInput(dy, w, dx, write));
    Tensor dw = normal(5, 7);
    Tensor dBias = normal(5);
    check(
        "linear",
        dy,
        Map.of("w", w, "bias", bias),
        out -> engine.linear(x, w, bias, out),
        Map.of("w", dw, "bias", dBias),
        Write.ADD,
        () -> engine.linearBackwardWeight(dy, x, dw, dBias));
    Tensor dwOnly = normal(5, 7);
    check(
        "linear without bias",
        dy,
        Map.of("w", w),
        out -> engine.linear(x, w, null, out),
        Map.of("w", dwOnly),
        Write.ADD,
        () -> engine.linearBackwardWeight(dy, x, dwOnly, null));
  }

  @ParameterizedTest
  @CsvSource({"OVERWRITE, 1e-5", "ADD, 1e-5", "OVERWRITE, 0.5"})
  void rmsNormBackward_withAndWithoutAdds_equalsDifferences(Write write, double eps) {
    Tensor x = normal(4, 9);
    Tensor w = normal(9);
    Tensor dy = normal(4, 9);
    Tensor dx = normal(4, 9);
    Tensor dw = normal(9);
    check(
        "rmsNorm",
        dy,
        Map.of("x", x),
        out -> engine.rmsNorm(x, w, eps, out),
        Map.of("x", dx),
        write,
        () -> engine.rmsNormBackward(x, w, eps, dy, dx, write, normal(9)));
    check(
        "rmsNorm",
        dy,
        Map.of("w", w),
        out -> engine.rmsNorm(x, w, eps, out),
        Map.of("w", dw),
        Write.ADD,
        () -> engine.rmsNormBackward(x, w, eps, dy, normal(4, 9), Write.OVERWRITE, dw));
  }

  @Test
  void rmsNormBackward_intoItsOutputsGradient_equalsDifferences() {
    Tensor x = normal(4, 9);
    Tensor w = normal(9);
    Tensor dy = normal(4, 9);
    Tensor dOut = copy(dy);
    check(
        "rmsNorm in place",
        dOut,
        Map.of("x", x),
        out -> engine.rmsNorm(x, w, 1e-5, out),
        Map.of("x", dy),
        Write.OVERWRITE,
        () -> engine.rmsNormBackward(x, w, 1e-5, dy, dy, Write.OVERWRITE, normal(9)));
  }

  @Test
  void ropeInverse_anyPositions_equalsDifferences() {
    Rotary rotary = new Rotary(new double[] {1, 0.3, 0.01}, 1.5);
    int[] positions = {0, 3, 700};
    Tensor x = normal(3, 12);
    Tensor dOut = normal(3, 12);
    Tensor dx = copy(dOut);
    check(
        "rope",
        dOut,
        Map.of("x", x),
        out -> {
          engine.copy(x, out);
          engine.rope(out, positions, rotary);
        },
        Map.of("x", dx),
        Write.OVERWRITE,
        () -> engine.ropeBackward(dx, positions, rotary));
  }

  @Test
  void swigluBackward_inPlace_equalsDifferences() {
    Tensor gate = normal(3, 8);
    Tensor up = normal(3, 8);
    Tensor dOut = normal(3, 8);
    Tensor dGate = copy(gate);
    Tensor dUp = copy(up);
    check(
        "swiglu",
        dOut,
        Map.of("gate", gate, "up", up),
        out -> engine.swiglu(gate, up, out),
        Map.of("gate", dGate, "up", dUp),
        Write.OVERWRITE,
        () -> engine.swigluBackward(dGate, dUp, dOut, dGate, dUp));
  }

  @ParameterizedTest
  @CsvSource({"1, 1, 8", "6, 2, 4", "7, 1, 2"})
  void attentionBackward_severalSegments_equalsDifferences(int heads, int kvHeads, int headDim) {
    AttentionShape shape = AttentionShape.of(heads, kvHeads, headDim);
    attentionBackwardEqualsDifferences(shape, Segments.ofLengths(1, 6, 2, 11));
  }

  @Test
  void attentionBackward_sharedPrefixes_equalsDifferences() {
    Segments segments = Segments.continuing(new int[] {5, 4, 1, 7, 3}, new int[] {-1, 0, 0, -1, 3});
    attentionBackwardEqualsDifferences(AttentionShape.of(6, 2, 4), segments);
  }

  private void attentionBackwardEqualsDifferences(AttentionShape shape, Segments segments) {
    int heads = shape.heads();
    int kvHeads = shape.kvHeads();
    int headDim = shape.headDim();
    Tensor q = normal(20, heads * headDim);
    Tensor k = normal(20, kvHeads * headDim);
    Tensor v = normal(20, kvHeads * headDim);
    Tensor dOut = normal(20, heads * headDim);
    Tensor dq = normal(q.shape());
    Tensor dk = normal(k.shape());
    Tensor dv = normal(v.shape());
    check(
        "attention " + heads + "/" + kvHeads,
        dOut,
        Map.of("q", q, "k", k, "v", v),
        out -> engine.attention(new Qkv<>(q, k, v), segments, shape, out),
        Map.of("q", dq, "k", dk, "v", dv),
        Write.OVERWRITE,
        () ->
            engine.attentionBackward(
                new Qkv<>(q, k, v), segments, shape, dOut, new Qkv<>(dq, dk, dv)));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.6, 1, 1.7})
  void tokenLogProbsBackward_nonlinearLoss_equalsDifferences(double temperature) {
    Tensor hidden = normal(6, 5);
    Tensor head = normal(13, 5);
    HeadRows rows = new HeadRows(new int[] {0, 2, 3, 5}, new int[] {12, 0, HeadRows.NO_TARGET, 7});
    Tensor dHidden = normal(6, 5);
    Tensor dHead = normal(13, 5);
    double[] headBefore = dHead.toDoubles();
    // The loss Σ (k+1) logp² / 2 + H² / 3 + mean² / 5, so that the dOut depends on what it is asked
    // for.
    LogProbGradient asked =
        new LogProbGradient() {
          @Override
          public double of(int k, double logProb) {
            return (k + 1) * logProb;
          }

          @Override
          public double ofEntropy(int k, double entropy) {
            return 2 * entropy / 3;
          }

          @Override
          public double ofMean(int k, double meanLogProb) {
            return 2 * meanLogProb / 5;
          }
        };
    engine.tokenLogProbs(
        hidden,
        head,
        rows,
        temperature,
        new HeadBackward<>(asked, dHidden, TableGradient.whole(dHead)));
    Function<TokenScores, Double> loss =
        scores -> {
          double sum = 0;
          for (int k = 0; k < rows.count(); k++) {
            double logProb = scores.logProbs()[k];
            double entropy = scores.entropies()[k];
            boolean hasTarget = rows.hasTarget(k);
            double mean = scores.meanLogProbs()[k];
            double distribution = entropy * entropy / 3 + mean * mean / 5;
            sum += hasTarget ? (k + 1) * logProb * logProb / 2 + distribution : 0;
          }
          return sum;
        };
    for (Map.Entry<Tensor, double[]> input :
        Map.of(hidden, dHidden.toDoubles(), head, minus(dHead.toDoubles(), headBefore))
            .entrySet()) {
      double[] point = input.getKey().toDoubles();
      GradientChecker.assertGradient(
          "tokenLogProbs " + Arrays.toString(input.getKey().shape()),
          point,
          moved -> {
            input.getKey().setDoubles(moved);
            return loss.apply(engine.tokenLogProbs(hidden, head, rows, temperature));
          },
          input.getValue(),
          ALLOWED,
          draws.next());
      input.getKey().setDoubles(point);
    }
  }

  /**
   * Runs the backward, then compares each gradient with differences of {@code Σ dOut · out}.
   *
   * @param write what the backward does with what the gradients held before
   */
  private void check(
      String what,
      Tensor dOut,
      Map<String, Tensor> inputs,
      Consumer<Tensor> forward,
      Map<String, Tensor> gradients,
      Write write,
      Runnable backward) {
    double[] ofOut = dOut.toDoubles();
    Map<String, double[]> before = new LinkedHashMap<>();
    gradients.forEach((name, tensor) -> before.put(name, tensor.toDoubles()));
    backward.run();
    Tensor out = engine.allocate(dOut.shape());
    BiConsumer<String, Tensor> compare =
        (name, input) -> {
          double[] point = input.toDoubles();
          double[] gradient = gradients.get(name).toDoubles();
          GradientChecker.assertGradient(
              what + ", d" + name,
              point,
              moved -> {
                input.setDoubles(moved);
                forward.accept(out);
                return dot(ofOut, out.toDoubles());
              },
              write == Write.ADD ? minus(gradient, before.get(name)) : gradient,
              ALLOWED,
              draws.next());
          input.setDoubles(point);
        };
    inputs.forEach(compare);
  }

  private Tensor normal(int... shape) {
    Tensor tensor = engine.allocate(shape);
    tensor.setDoubles(draws.normal(TwinLab.size(shape), 1));
    return tensor;
  }

  private Tensor copy(Tensor tensor) {
    Tensor copy = engine.allocate(tensor.shape());
    engine.copy(tensor, copy);
    return copy;
  }

  private static double[] minus(double[] a, double[] b) {
    double[] difference = new double[a.length];
    for (int i = 0; i < a.length; i++) {
      difference[i] = a[i] - b[i];
    }
    return difference;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}
