package dev.terse.engine.reference;

import dev.terse.engine.AdamW;
import dev.terse.engine.Arena;
import dev.terse.engine.AttentionShape;
import dev.terse.engine.Engine;
import dev.terse.engine.HeadRows;
import dev.terse.engine.KvCache;
import dev.terse.engine.LogProbGradient;
import dev.terse.engine.OperationChecks;
import dev.terse.engine.Rotary;
import dev.terse.engine.RowReader;
import dev.terse.engine.Segments;
import dev.terse.engine.Storage;
import dev.terse.engine.TableGradient;
import dev.terse.engine.Tensor;
import dev.terse.engine.TokenScores;

/**
 * Every operation as a plain loop in double precision: the specification of {@link Engine} and the
 * slow twin that faster engines are held against. Beside shapes it also checks what they cannot
 * afford to: that outputs do not overlap inputs and that no tensor is used after its end.
 */
public final class ReferenceEngine implements Engine {

  @Override
  public String description() {
    return "reference engine: plain Java loops, float64, 1 thread";
  }

  @Override
  public int numberBytes() {
    return Double.BYTES;
  }

  @Override
  public Tensor allocate(Storage storage, int... shape) {
    return storage == Storage.FULL
        ? HeapTensor.owned(shape)
        : new HeapCompactTensor(storage, shape);
  }

  @Override
  public Arena arena() {
    return new HeapArena(null);
  }

  @Override
  public void copy(Tensor from, Tensor to) {
    OperationChecks.sameSize("to", to, "from", from);
    Overlap.apart("to", to, from);
    HeapTensor.of(to).setDoubles(HeapTensor.of(from).toDoubles());
  }

  @Override
  public void clear(Tensor t) {
    HeapTensor.of(t).fill(0);
  }

  @Override
  public void add(Tensor x, double factor, Tensor to) {
    OperationChecks.sameSize("to", to, "x", x);
    Overlap.apart("to", to, x);
    HeapTensor from = HeapTensor.of(x);
    HeapTensor sum = HeapTensor.of(to);
    for (int i = 0; i < from.size(); i++) {
      sum.add(i, factor * from.get(i));
    }
  }

  @Override
  public void embed(Tensor table, int[] ids, Tensor out) {
    OperationChecks.embed(table, ids, out);
    Overlap.apart("out", out, table);
    for (int i = 0; i < ids.length; i++) {
      HeapTensor.of(out).setRow(i, HeapTensor.of(table).row(ids[i]));
    }
  }

  @Override
  public void embedBackward(int[] ids, Tensor dOut, Tensor dTable) {
    OperationChecks.embedBackward(ids, dOut, dTable);
    Overlap.apart("dTable", dTable, dOut);
    HeapTensor slope = HeapTensor.of(dOut);
    HeapTensor sum = HeapTensor.of(dTable);
    for (int i = 0; i < ids.length; i++) {
      for (int c = 0; c < sum.rowSize(); c++) {
        sum.add(ids[i], c, slope.get(i, c));
      }
    }
  }

  @Override
  public void linear(Tensor x, Tensor w, Tensor bias, Tensor out) {
    OperationChecks.linear(x, w, bias, out);
    Overlap.apart("out", out, x, w, bias);
    Linear.forward(HeapTensor.of(x), HeapTensor.weight(w), orNull(bias), HeapTensor.of(out));
  }

  @Override
  public void linearBackwardInput(Tensor dy, Tensor w, Tensor dx, boolean adds) {
    OperationChecks.linearBackwardInput(dy, w, dx);
    Overlap.apart("dx", dx, dy, w);
    if (!adds) {
      clear(dx);
    }
    Linear.backwardInput(HeapTensor.of(dy), HeapTensor.weight(w), HeapTensor.of(dx));
  }

  @Override
  public void linearBackwardWeight(Tensor dy, Tensor x, Tensor dw, Tensor dBias) {
    OperationChecks.linearBackwardWeight(dy, x, dw, dBias);
    Overlap.apart("dw", dw, dy, x, dBias);
    Overlap.apart("dBias", dBias, dy, x);
    Linear.backwardWeight(HeapTensor.of(dy), HeapTensor.of(x), HeapTensor.of(dw), orNull(dBias));
  }

  @Override
  public void scaleColumns(Tensor x, Tensor scale, Tensor bias, Tensor out) {
    OperationChecks.scaleColumns(x, scale, bias, out);
    Overlap.apart("out", out, scale, bias);
    Overlap.sameOrApart("out", out, x);
    Columns.scale(HeapTensor.of(x), HeapTensor.of(scale), orNull(bias), HeapTensor.of(out));
  }

  @Override
  public void addColumnDots(Tensor x, Tensor y, Tensor sums) {
    OperationChecks.addColumnDots(x, y, sums);
    Overlap.apart("sums", sums, x, y);
    Columns.addDots(HeapTensor.of(x), HeapTensor.of(y), HeapTensor.of(sums));
  }

  @Override
  public void dropout(Tensor x, double rate, long[] rowSeeds, Tensor out) {
    OperationChecks.dropout(x, rate, rowSeeds, out);
    Overlap.sameOrApart("out", out, x);
    Columns.dropout(HeapTensor.of(x), rate, rowSeeds, HeapTensor.of(out));
  }

  @Override
  public void rmsNorm(Tensor x, Tensor w, double eps, Tensor y) {
    OperationChecks.rmsNorm(x, w, eps, y);
    Overlap.apart("y", y, w);
    Overlap.sameOrApart("y", y, x);
    RmsNorm.forward(HeapTensor.of(x), HeapTensor.of(w), eps, HeapTensor.of(y));
  }

  @Override
  public void rmsNormBackward(
      Tensor x, Tensor w, double eps, Tensor dy, Tensor dx, boolean adds, Tensor dw) {
    OperationChecks.rmsNormBackward(x, w, eps, dy, dx, dw);
    Overlap.apart("dx", dx, x, w, dw, adds ? dy : null);
    Overlap.sameOrApart("dx", dx, dy);
    Overlap.apart("dw", dw, x, w, dy);
    RmsNorm.backward(
        HeapTensor.of(x),
        HeapTensor.of(w),
        eps,
        HeapTensor.of(dy),
        HeapTensor.of(dx),
        adds,
        HeapTensor.of(dw));
  }

  @Override
  public void rope(Tensor x, int[] positions, Rotary rotary, boolean inverse) {
    OperationChecks.rope(x, positions, rotary);
    Rope.turn(HeapTensor.of(x), positions, rotary, inverse);
  }

  @Override
  public void swiglu(Tensor gate, Tensor up, Tensor out) {
    OperationChecks.swiglu(gate, up, out);
    Overlap.sameOrApart("out", out, gate);
    Overlap.sameOrApart("out", out, up);
    SwiGlu.forward(HeapTensor.of(gate), HeapTensor.of(up), HeapTensor.of(out));
  }

  @Override
  public void swigluBackward(Tensor gate, Tensor up, Tensor dOut, Tensor dGate, Tensor dUp) {
    OperationChecks.swigluBackward(gate, up, dOut, dGate, dUp);
    Overlap.apart("dGate", dGate, up, dOut, dUp);
    Overlap.sameOrApart("dGate", dGate, gate);
    Overlap.apart("dUp", dUp, gate, dOut);
    Overlap.sameOrApart("dUp", dUp, up);
    SwiGlu.backward(
        HeapTensor.of(gate),
        HeapTensor.of(up),
        HeapTensor.of(dOut),
        HeapTensor.of(dGate),
        HeapTensor.of(dUp));
  }

  @Override
  public void softmaxRows(Tensor x, double factor, RowReader reader) {
    OperationChecks.softmaxRows(x);
    for (int r = 0; r < x.rows(); r++) {
      reader.read(r, Softmax.of(HeapTensor.of(x).row(r), factor));
    }
  }

  @Override
  public void attention(
      Tensor q, Tensor k, Tensor v, Segments segments, AttentionShape shape, Tensor out) {
    OperationChecks.attention(q, k, v, segments, shape, out);
    Overlap.apart("out", out, q, k, v);
    Attention.forward(
        HeapTensor.of(q), HeapTensor.of(k), HeapTensor.of(v), segments, shape, HeapTensor.of(out));
  }

  @Override
  public void attentionBackward(
      Tensor q,
      Tensor k,
      Tensor v,
      Segments segments,
      AttentionShape shape,
      Tensor dOut,
      Tensor dq,
      Tensor dk,
      Tensor dv) {
    OperationChecks.attentionBackward(q, k, v, segments, shape, dOut, dq, dk, dv);
    Overlap.apart("dq", dq, q, k, v, dOut);
    Overlap.apart("dk", dk, q, k, v, dOut, dq);
    Overlap.apart("dv", dv, q, k, v, dOut, dq, dk);
    clear(dq);
    clear(dk);
    clear(dv);
    Attention.backward(
        HeapTensor.of(q),
        HeapTensor.of(k),
        HeapTensor.of(v),
        segments,
        shape,
        HeapTensor.of(dOut),
        HeapTensor.of(dq),
        HeapTensor.of(dk),
        HeapTensor.of(dv));
  }

  @Override
  public KvCache kvCache(int layers, AttentionShape shape, int maxNewTokens) {
    return new ReferenceKvCache(layers, shape, maxNewTokens);
  }

  @Override
  public TokenScores tokenLogProbs(Tensor hidden, Tensor head, HeadRows rows, double temperature) {
    OperationChecks.tokenLogProbs(hidden, head, rows, temperature);
    return new Head(HeapTensor.of(hidden), HeapTensor.of(head), temperature).scores(rows);
  }

  @Override
  public TokenScores tokenLogProbs(
      Tensor hidden,
      Tensor head,
      HeadRows rows,
      double temperature,
      LogProbGradient loss,
      Tensor dHidden,
      TableGradient dHead) {
    OperationChecks.tokenLogProbs(hidden, head, rows, temperature, dHidden, dHead);
    Overlap.apart("dHidden", dHidden, hidden, head, dHead.sums());
    Overlap.apart("dHead", dHead.sums(), hidden, head);
    return new Head(HeapTensor.of(hidden), HeapTensor.of(head), temperature)
        .scores(rows, loss, HeapTensor.of(dHidden), dHead);
  }

  @Override
  public void adamW(AdamW update, Tensor weight, Tensor gradient, Tensor m, Tensor v) {
    OperationChecks.adamW(update, weight, gradient, m, v);
    Overlap.apart("weight", weight, gradient, m, v);
    Overlap.apart("m", m, gradient, v);
    Overlap.apart("v", v, gradient);
    AdamWLoop.update(update, HeapTensor.of(weight), HeapTensor.of(gradient), m, v);
  }

  @Override
  public double sumOfSquares(Tensor t) {
    HeapTensor x = HeapTensor.of(t);
    double sum = 0;
    for (int i = 0; i < x.size(); i++) {
      sum += x.get(i) * x.get(i);
    }
    return sum;
  }

  @Override
  public void close() {}

  private static HeapTensor orNull(Tensor tensor) {
    return tensor == null ? null : HeapTensor.of(tensor);
  }
}
