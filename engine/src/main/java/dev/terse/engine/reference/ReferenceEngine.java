package dev.terse.engine.reference;

import dev.terse.engine.AdamW;
import dev.terse.engine.Arena;
import dev.terse.engine.AttentionShape;
import dev.terse.engine.Engine;
import dev.terse.engine.HeadBackward;
import dev.terse.engine.HeadRows;
import dev.terse.engine.KvCache;
import dev.terse.engine.Qkv;
import dev.terse.engine.Rotary;
import dev.terse.engine.RowReader;
import dev.terse.engine.Segments;
import dev.terse.engine.Tensor;
import dev.terse.engine.TokenScores;
import dev.terse.engine.numbers.Storage;
import dev.terse.engine.spi.CheckedEngine;
import dev.terse.engine.spi.OwnTensors;
import dev.terse.engine.spi.Turn;

/**
 * Every operation as a plain loop in double precision: the specification of {@link Engine} and the
 * slow twin that faster engines are held against. Beside shapes it also checks what they cannot
 * afford to: that outputs do not overlap inputs and that no tensor is used after its end.
 */
public final class ReferenceEngine extends CheckedEngine<HeapTensor> {
  static final OwnTensors<HeapTensor> OWN =
      new OwnTensors<>("reference", HeapTensor.class, HeapCompactTensor.class);

  public ReferenceEngine() {
    super(OWN);
  }

  @Override
  public String description() {
    return "reference engine: plain Java loops, float64, 1 thread";
  }

  @Override
  public int numberBytes() {
    return Double.BYTES;
  }

  @Override
  protected boolean takesRoundedWeights() {
    return true;
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
  protected void copy(HeapTensor from, HeapTensor to) {
    Overlap.apart("to", to, from);
    to.setDoubles(from.toDoubles());
  }

  @Override
  protected void clear(HeapTensor t) {
    t.fill(0);
  }

  @Override
  protected void add(HeapTensor x, double factor, HeapTensor to) {
    Overlap.apart("to", to, x);
    for (int i = 0; i < x.size(); i++) {
      to.add(i, factor * x.get(i));
    }
  }

  @Override
  protected void embed(HeapTensor table, int[] ids, HeapTensor out) {
    Overlap.apart("out", out, table);
    for (int i = 0; i < ids.length; i++) {
      out.setRow(i, table.row(ids[i]));
    }
  }

  @Override
  protected void embedBackward(int[] ids, HeapTensor dOut, HeapTensor dTable) {
    Overlap.apart("dTable", dTable, dOut);
    for (int i = 0; i < ids.length; i++) {
      for (int c = 0; c < dTable.rowSize(); c++) {
        dTable.add(ids[i], c, dOut.get(i, c));
      }
    }
  }

  @Override
  protected void linear(HeapTensor x, Tensor w, HeapTensor bias, HeapTensor out) {
    Overlap.apart("out", out, x, w, bias);
    Linear.forward(x, HeapTensor.weight(w), bias, out);
  }

  @Override
  protected void linearBackwardInput(HeapTensor dy, Tensor w, HeapTensor dx, Write write) {
    Overlap.apart("dx", dx, dy, w);
    if (write == Write.OVERWRITE) {
      clear(dx);
    }
    Linear.backwardInput(dy, HeapTensor.weight(w), dx);
  }

  @Override
  protected void linearBackwardWeight(
      HeapTensor dy, HeapTensor x, HeapTensor dw, HeapTensor dBias) {
    Overlap.apart("dw", dw, dy, x, dBias);
    Overlap.apart("dBias", dBias, dy, x);
    Linear.backwardWeight(dy, x, dw, dBias);
  }

  @Override
  protected void scaleColumns(HeapTensor x, HeapTensor scale, HeapTensor bias, HeapTensor out) {
    Overlap.apart("out", out, scale, bias);
    Overlap.sameOrApart("out", out, x);
    Columns.scale(x, scale, bias, out);
  }

  @Override
  protected void addColumnDots(HeapTensor x, HeapTensor y, HeapTensor sums) {
    Overlap.apart("sums", sums, x, y);
    Columns.addDots(x, y, sums);
  }

  @Override
  protected void dropout(HeapTensor x, double rate, long[] rowSeeds, HeapTensor out) {
    Overlap.sameOrApart("out", out, x);
    Columns.dropout(x, rate, rowSeeds, out);
  }

  @Override
  protected void rmsNorm(HeapTensor x, HeapTensor w, double eps, HeapTensor y) {
    Overlap.apart("y", y, w);
    Overlap.sameOrApart("y", y, x);
    RmsNorm.forward(x, w, eps, y);
  }

  @Override
  protected void rmsNormBackward(
      HeapTensor x,
      HeapTensor w,
      double eps,
      HeapTensor dy,
      HeapTensor dx,
      Write write,
      HeapTensor dw) {
    Overlap.apart("dx", dx, x, w, dw, write == Write.ADD ? dy : null);
    Overlap.sameOrApart("dx", dx, dy);
    Overlap.apart("dw", dw, x, w, dy);
    RmsNorm.backward(x, w, eps, dy, dx, write, dw);
  }

  @Override
  protected void rope(HeapTensor x, int[] positions, Rotary rotary, Turn turn) {
    Rope.turn(x, positions, rotary, turn.sign());
  }

  @Override
  protected void swiglu(HeapTensor gate, HeapTensor up, HeapTensor out) {
    Overlap.sameOrApart("out", out, gate);
    Overlap.sameOrApart("out", out, up);
    SwiGlu.forward(gate, up, out);
  }

  @Override
  protected void swigluBackward(
      HeapTensor gate, HeapTensor up, HeapTensor dOut, HeapTensor dGate, HeapTensor dUp) {
    Overlap.apart("dGate", dGate, up, dOut, dUp);
    Overlap.sameOrApart("dGate", dGate, gate);
    Overlap.apart("dUp", dUp, gate, dOut);
    Overlap.sameOrApart("dUp", dUp, up);
    SwiGlu.backward(gate, up, dOut, dGate, dUp);
  }

  @Override
  protected void softmaxRows(HeapTensor x, double factor, RowReader reader) {
    for (int r = 0; r < x.rows(); r++) {
      reader.read(r, Softmax.of(x.row(r), factor));
    }
  }

  @Override
  protected void attention(
      Qkv<HeapTensor> in, Segments segments, AttentionShape shape, HeapTensor out) {
    Overlap.apart("out", out, in.q(), in.k(), in.v());
    new Attention(in, segments, shape).forward(out);
  }

  @Override
  protected void attentionBackward(
      Qkv<HeapTensor> in,
      Segments segments,
      AttentionShape shape,
      HeapTensor dOut,
      Qkv<HeapTensor> d) {
    Overlap.apart("dq", d.q(), in.q(), in.k(), in.v(), dOut);
    Overlap.apart("dk", d.k(), in.q(), in.k(), in.v(), dOut, d.q());
    Overlap.apart("dv", d.v(), in.q(), in.k(), in.v(), dOut, d.q(), d.k());
    clear(d.q());
    clear(d.k());
    clear(d.v());
    new Attention(in, segments, shape).backward(dOut, d);
  }

  @Override
  public KvCache kvCache(int layers, AttentionShape shape, int maxNewTokens) {
    return new ReferenceKvCache(layers, shape, maxNewTokens);
  }

  @Override
  protected TokenScores tokenLogProbs(
      HeapTensor hidden,
      HeapTensor head,
      HeadRows rows,
      double temperature,
      HeadBackward<HeapTensor> backward) {
    Head table = new Head(hidden, head, temperature);
    if (backward == null) {
      return table.scores(rows);
    }
    HeapTensor dHead = backward.dHead().sums();
    Overlap.apart("dHidden", backward.dHidden(), hidden, head, dHead);
    Overlap.apart("dHead", dHead, hidden, head);
    return table.scores(rows, backward);
  }

  @Override
  protected void adamW(AdamW update, HeapTensor weight, HeapTensor gradient, Tensor m, Tensor v) {
    Overlap.apart("weight", weight, gradient, m, v);
    Overlap.apart("m", m, gradient, v);
    Overlap.apart("v", v, gradient);
    AdamWLoop.update(update, weight, gradient, m, v);
  }

  @Override
  protected double sumOfSquares(HeapTensor x) {
    double sum = 0;
    for (int i = 0; i < x.size(); i++) {
      sum += x.get(i) * x.get(i);
    }
    return sum;
  }

  @Override
  public void close() {}
}
