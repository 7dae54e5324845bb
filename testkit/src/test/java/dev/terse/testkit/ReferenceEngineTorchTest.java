package dev.terse.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.terse.engine.AdamW;
import dev.terse.engine.AttentionShape;
import dev.terse.engine.Engine;
import dev.terse.engine.Engine.Write;
import dev.terse.engine.HeadBackward;
import dev.terse.engine.HeadRows;
import dev.terse.engine.Qkv;
import dev.terse.engine.Rotary;
import dev.terse.engine.Segments;
import dev.terse.engine.TableGradient;
import dev.terse.engine.Tensor;
import dev.terse.engine.TokenScores;
import dev.terse.engine.reference.ReferenceEngine;
import java.io.IOException;
import java.io.InputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The reference equals PyTorch in float64; torch_operations.py made the numbers. */
class ReferenceEngineTorchTest {
  private static final double ALLOWED = 1e-12;

  /** Of numbers up to 1, where a row is told in 32-bit floats. */
  private static final double FLOAT_ROUNDING = 0x1.0p-24;

  private static JsonNode cases;

  private final Engine engine = new ReferenceEngine();

  @BeforeAll
  static void readCases() throws IOException {
    try (InputStream in =
        ReferenceEngineTorchTest.class.getResourceAsStream("/torch-operations.json")) {
      cases = new ObjectMapper().readTree(in);
    }
  }

  @Test
  void embed_torchNumbers_areEqual() {
    JsonNode in = cases.at("/embed/in");
    Tensor table = tensor(in.get("table"));
    int[] ids = ints(in.get("ids"));
    Tensor out = engine.allocate(ids.length, 3);
    engine.embed(table, ids, out);
    assertOut("embed", "out", out);
    Tensor dTable = engine.allocate(7, 3);
    engine.embedBackward(ids, tensor(in.get("dOut")), dTable);
    assertOut("embed", "d_table", dTable);
  }

  @Test
  void linear_torchNumbers_areEqual() {
    JsonNode in = cases.at("/linear/in");
    Tensor x = tensor(in.get("x"));
    Tensor w = tensor(in.get("w"));
    Tensor dOut = tensor(in.get("dOut"));
    Tensor out = engine.allocate(4, 3);
    engine.linear(x, w, tensor(in.get("bias")), out);
    assertOut("linear", "out", out);
    Tensor dx = engine.allocate(4, 5);
    engine.linearBackwardInput(dOut, w, dx, Write.OVERWRITE);
    assertOut("linear", "d_x", dx);
    Tensor dw = engine.allocate(3, 5);
    Tensor dBias = engine.allocate(3);
    engine.linearBackwardWeight(dOut, x, dw, dBias);
    assertOut("linear", "d_w", dw);
    assertOut("linear", "d_bias", dBias);
  }

  @Test
  void rmsNorm_torchNumbers_areEqual() {
    JsonNode in = cases.at("/rmsNorm/in");
    Tensor x = tensor(in.get("x"));
    Tensor w = tensor(in.get("w"));
    double eps = in.get("eps").asDouble();
    Tensor y = engine.allocate(3, 6);
    engine.rmsNorm(x, w, eps, y);
    assertOut("rmsNorm", "out", y);
    Tensor dx = engine.allocate(3, 6);
    Tensor dw = engine.allocate(6);
    engine.rmsNormBackward(x, w, eps, tensor(in.get("dOut")), dx, Write.OVERWRITE, dw);
    assertOut("rmsNorm", "d_x", dx);
    assertOut("rmsNorm", "d_w", dw);
  }

  @Test
  void rope_torchNumbers_areEqual() {
    JsonNode in = cases.at("/rope/in");
    int headDim = in.get("headDim").asInt();
    double[] frequencies = new double[headDim / 2];
    for (int i = 0; i < frequencies.length; i++) {
      frequencies[i] = Math.pow(in.get("base").asDouble(), -2.0 * i / headDim);
    }
    Rotary rotary = new Rotary(frequencies);
    int[] positions = ints(in.get("positions"));
    Tensor x = tensor(in.get("x"));
    engine.rope(x, positions, rotary);
    assertOut("rope", "out", x);
    Tensor dx = tensor(in.get("dOut"));
    engine.ropeBackward(dx, positions, rotary);
    assertOut("rope", "d_x", dx);
  }

  @Test
  void swiglu_torchNumbers_areEqual() {
    JsonNode in = cases.at("/swiglu/in");
    Tensor gate = tensor(in.get("gate"));
    Tensor up = tensor(in.get("up"));
    Tensor out = engine.allocate(3, 4);
    engine.swiglu(gate, up, out);
    assertOut("swiglu", "out", out);
    engine.swigluBackward(gate, up, tensor(in.get("dOut")), gate, up);
    assertOut("swiglu", "d_gate", gate);
    assertOut("swiglu", "d_up", up);
  }

  @Test
  void attention_torchNumbers_areEqual() {
    JsonNode in = cases.at("/attention/in");
    AttentionShape shape =
        AttentionShape.of(
            in.get("heads").asInt(), in.get("kvHeads").asInt(), in.get("headDim").asInt());
    Segments segments = Segments.ofLengths(ints(in.get("lengths")));
    Tensor q = tensor(in.get("q"));
    Tensor k = tensor(in.get("k"));
    Tensor v = tensor(in.get("v"));
    Tensor out = engine.allocate(q.shape());
    engine.attention(new Qkv<>(q, k, v), segments, shape, out);
    assertOut("attention", "out", out);
    Tensor dq = engine.allocate(q.shape());
    Tensor dk = engine.allocate(k.shape());
    Tensor dv = engine.allocate(v.shape());
    engine.attentionBackward(
        new Qkv<>(q, k, v), segments, shape, tensor(in.get("dOut")), new Qkv<>(dq, dk, dv));
    assertOut("attention", "d_q", dq);
    assertOut("attention", "d_k", dk);
    assertOut("attention", "d_v", dv);
  }

  @Test
  void softmaxRows_torchNumbers_areEqual() {
    JsonNode in = cases.at("/softmaxRows/in");
    Tensor x = tensor(in.get("x"));
    Tensor out = engine.allocate(x.shape());
    engine.softmaxRows(
        x,
        in.get("factor").asDouble(),
        (row, p) -> out.write((long) row * p.length, p, 0, p.length));
    assertOut("softmaxRows", "out", out, FLOAT_ROUNDING);
  }

  @Test
  void tokenLogProbs_torchNumbers_areEqual() {
    JsonNode in = cases.at("/tokenLogProbs/in");
    JsonNode out = cases.at("/tokenLogProbs/out");
    Tensor hidden = tensor(in.get("hidden"));
    Tensor head = tensor(in.get("head"));
    HeadRows rows = new HeadRows(ints(in.get("rows")), ints(in.get("targets")));
    double[] derivatives = doubles(in.get("slopes"));
    Tensor dHidden = engine.allocate(hidden.shape());
    Tensor dHead = engine.allocate(head.shape());
    TokenScores scores =
        engine.tokenLogProbs(
            hidden,
            head,
            rows,
            in.get("temperature").asDouble(),
            new HeadBackward<>(
                (index, logProb) -> derivatives[index], dHidden, TableGradient.whole(dHead)));
    double[] chosen = doubles(out.get("logProbs").get("values"));
    double[] expected = {chosen[0], chosen[1], Double.NaN, chosen[2]};
    Close.assertClose("log-probs against PyTorch", scores.logProbs(), expected, ALLOWED);
    Close.assertClose(
        "entropies against PyTorch",
        scores.entropies(),
        doubles(out.get("entropies").get("values")),
        ALLOWED);
    for (int k = 0; k < rows.count(); k++) {
      assertThat(scores.targetIsArgMax()[k])
          .isEqualTo(out.get("targetIsArgMax").get(k).asBoolean());
    }
    assertOut("tokenLogProbs", "d_hidden", dHidden);
    assertOut("tokenLogProbs", "d_head", dHead);
  }

  @Test
  void adamW_torchNumbers_areEqual() {
    JsonNode in = cases.at("/adamW/in");
    Tensor weight = tensor(in.get("weight"));
    Tensor m = engine.allocate(weight.shape());
    Tensor v = engine.allocate(weight.shape());
    for (int step = 1; step <= 3; step++) {
      AdamW update =
          new AdamW(
              in.get("learningRate").asDouble(),
              in.get("beta1").asDouble(),
              in.get("beta2").asDouble(),
              in.get("epsilon").asDouble(),
              in.get("weightDecay").asDouble(),
              step,
              1,
              0);
      engine.adamW(update, weight, tensor(in.get("gradient" + (step - 1))), m, v);
    }
    assertOut("adamW", "weight", weight);
    assertOut("adamW", "m", m);
    assertOut("adamW", "v", v);
  }

  private void assertOut(String operation, String name, Tensor actual) {
    assertOut(operation, name, actual, ALLOWED);
  }

  private void assertOut(String operation, String name, Tensor actual, double allowed) {
    JsonNode expected = cases.at("/" + operation + "/out/" + name);
    assertThat(actual.shape()).containsExactly(ints(expected.get("shape")));
    Close.assertClose(
        operation + " " + name + " against PyTorch",
        actual.toDoubles(),
        doubles(expected.get("values")),
        allowed);
  }

  private Tensor tensor(JsonNode node) {
    Tensor tensor = engine.allocate(ints(node.get("shape")));
    tensor.setDoubles(doubles(node.get("values")));
    return tensor;
  }

  private static int[] ints(JsonNode array) {
    int[] values = new int[array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = array.get(i).asInt();
    }
    return values;
  }

  private static double[] doubles(JsonNode array) {
    double[] values = new double[array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = array.get(i).asDouble();
    }
    return values;
  }
}
