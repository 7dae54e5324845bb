package dev.terse.engine.spi;

import dev.terse.engine.AdamW;
import dev.terse.engine.AttentionShape;
import dev.terse.engine.Engine;
import dev.terse.engine.HeadBackward;
import dev.terse.engine.HeadRows;
import dev.terse.engine.Qkv;
import dev.terse.engine.Rotary;
import dev.terse.engine.RowReader;
import dev.terse.engine.Segments;
import dev.terse.engine.Tensor;
import dev.terse.engine.TokenScores;
import dev.terse.engine.numbers.Storage;

/**
 * An engine whose arguments are checked and cast here, once for all engines. A subclass has for
 * each operation a method of the same name on its own tensors: the mathematics and nothing else.
 * Memory, caches ({@link CheckedKvCache}) and the description are its own too.
 *
 * @param <T> the engine's own tensor
 */
public abstract class CheckedEngine<T extends DenseTensor<T>> implements Engine {
  private final OwnTensors<T> own;

  protected CheckedEngine(OwnTensors<T> own) {
    this.own = own;
  }

  /** Whether matmuls take weights stored in bfloat16. */
  protected boolean takesRoundedWeights() {
    return roundsWeights();
  }

  /** A matmul's weight: a tensor of the engine's own, or one stored in bfloat16. */
  private Tensor weight(Tensor w) {
    return takesRoundedWeights() && w.storage() == Storage.BFLOAT16
        ? own.readCompact(w)
        : own.read(w);
  }

  @Override
  public final void copy(Tensor from, Tensor to) {
    OperationChecks.sameSize("to", to, "from", from);
    copy(own.read(from), own.written(to));
  }

  protected abstract void copy(T from, T to);

  @Override
  public final void clear(Tensor t) {
    clear(own.written(t));
  }

  protected abstract void clear(T t);

  @Override
  public final void add(Tensor x, double factor, Tensor to) {
    OperationChecks.sameSize("to", to, "x", x);
    add(own.read(x), factor, own.written(to));
  }

  protected abstract void add(T x, double factor, T to);

  @Override
  public final void embed(Tensor table, int[] ids, Tensor out) {
    OperationChecks.embed(table, ids, out);
    embed(own.read(table), ids, own.written(out));
  }

  protected abstract void embed(T table, int[] ids, T out);

  @Override
  public final void embedBackward(int[] ids, Tensor dOut, Tensor dTable) {
    OperationChecks.embedBackward(ids, dOut, dTable);
    embedBackward(ids, own.read(dOut), own.written(dTable));
  }

  protected abstract void embedBackward(int[] ids, T dOut, T dTable);

  @Override
  public final void linear(Tensor x, Tensor w, Tensor bias, Tensor out) {
    OperationChecks.linear(x, w, bias, out);
    linear(own.read(x), weight(w), own.read(bias), own.written(out));
  }

  /**
   * @param w the engine's own, of full width or in bfloat16
   * @param bias null for none
   */
  protected abstract void linear(T x, Tensor w, T bias, T out);

  @Override
  public final void linearBackwardInput(Tensor dy, Tensor w, Tensor dx, Write write) {
    OperationChecks.linearBackwardInput(dy, w, dx);
    linearBackwardInput(own.read(dy), weight(w), own.written(dx), write);
  }

  /**
   * @param w the engine's own, of full width or in bfloat16
   */
  protected abstract void linearBackwardInput(T dy, Tensor w, T dx, Write write);

  @Override
  public final void linearBackwardWeight(Tensor dy, Tensor x, Tensor dw, Tensor dBias) {
    OperationChecks.linearBackwardWeight(dy, x, dw, dBias);
    linearBackwardWeight(own.read(dy), own.read(x), own.written(dw), own.written(dBias));
  }

  /**
   * @param dBias null for none
   */
  protected abstract void linearBackwardWeight(T dy, T x, T dw, T dBias);

  @Override
  public final void scaleColumns(Tensor x, Tensor scale, Tensor bias, Tensor out) {
    OperationChecks.scaleColumns(x, scale, bias, out);
    scaleColumns(own.read(x), own.read(scale), own.read(bias), own.written(out));
  }

  /**
   * @param bias null for none
   */
  protected abstract void scaleColumns(T x, T scale, T bias, T out);

  @Override
  public final void addColumnDots(Tensor x, Tensor y, Tensor sums) {
    OperationChecks.addColumnDots(x, y, sums);
    addColumnDots(own.read(x), own.read(y), own.written(sums));
  }

  protected abstract void addColumnDots(T x, T y, T sums);

  @Override
  public final void dropout(Tensor x, double rate, long[] rowSeeds, Tensor out) {
    OperationChecks.dropout(x, rate, rowSeeds, out);
    dropout(own.read(x), rate, rowSeeds, own.written(out));
  }

  protected abstract void dropout(T x, double rate, long[] rowSeeds, T out);

  @Override
  public final void rmsNorm(Tensor x, Tensor w, double eps, Tensor y) {
    OperationChecks.rmsNorm(x, w, eps, y);
    rmsNorm(own.read(x), own.read(w), eps, own.written(y));
  }

  protected abstract void rmsNorm(T x, T w, double eps, T y);

  @Override
  public final void rmsNormBackward(
      Tensor x, Tensor w, double eps, Tensor dy, Tensor dx, Write write, Tensor dw) {
    OperationChecks.rmsNormBackward(x, w, eps, dy, dx, dw);
    rmsNormBackward(
        own.read(x), own.read(w), eps, own.read(dy), own.written(dx), write, own.written(dw));
  }

  protected abstract void rmsNormBackward(T x, T w, double eps, T dy, T dx, Write write, T dw);

  @Override
  public final void rope(Tensor x, int[] positions, Rotary rotary) {
    OperationChecks.rope(x, positions, rotary);
    rope(own.written(x), positions, rotary, Turn.FORWARD);
  }

  @Override
  public final void ropeBackward(Tensor dx, int[] positions, Rotary rotary) {
    OperationChecks.rope(dx, positions, rotary);
    rope(own.written(dx), positions, rotary, Turn.BACK);
  }

  protected abstract void rope(T x, int[] positions, Rotary rotary, Turn turn);

  @Override
  public final void swiglu(Tensor gate, Tensor up, Tensor out) {
    OperationChecks.swiglu(gate, up, out);
    swiglu(own.read(gate), own.read(up), own.written(out));
  }

  protected abstract void swiglu(T gate, T up, T out);

  @Override
  public final void swigluBackward(Tensor gate, Tensor up, Tensor dOut, Tensor dGate, Tensor dUp) {
    OperationChecks.swigluBackward(gate, up, dOut, dGate, dUp);
    swigluBackward(
        own.read(gate), own.read(up), own.read(dOut), own.written(dGate), own.written(dUp));
  }

  protected abstract void swigluBackward(T gate, T up, T dOut, T dGate, T dUp);

  @Override
  public final void softmaxRows(Tensor x, double factor, RowReader reader) {
    OperationChecks.softmaxRows(x);
    softmaxRows(own.read(x), factor, reader);
  }

  protected abstract void softmaxRows(T x, double factor, RowReader reader);

  @Override
  public final void attention(Qkv<?> in, Segments segments, AttentionShape shape, Tensor out) {
    OperationChecks.attention(in, segments, shape, "out", out);
    attention(own.read(in), segments, shape, own.written(out));
  }

  protected abstract void attention(Qkv<T> in, Segments segments, AttentionShape shape, T out);

  @Override
  public final void attentionBackward(
      Qkv<?> in, Segments segments, AttentionShape shape, Tensor dOut, Qkv<?> gradients) {
    OperationChecks.attentionBackward(in, segments, shape, dOut, gradients);
    attentionBackward(own.read(in), segments, shape, own.read(dOut), own.written(gradients));
  }

  protected abstract void attentionBackward(
      Qkv<T> in, Segments segments, AttentionShape shape, T dOut, Qkv<T> gradients);

  @Override
  public final TokenScores tokenLogProbs(
      Tensor hidden, Tensor head, HeadRows rows, double temperature) {
    OperationChecks.tokenLogProbs(hidden, head, rows, temperature);
    return tokenLogProbs(own.read(hidden), own.read(head), rows, temperature, null);
  }

  @Override
  public final TokenScores tokenLogProbs(
      Tensor hidden, Tensor head, HeadRows rows, double temperature, HeadBackward<?> backward) {
    OperationChecks.tokenLogProbs(hidden, head, rows, temperature, backward);
    return tokenLogProbs(
        own.read(hidden), own.read(head), rows, temperature, own.written(backward));
  }

  /**
   * @param backward null where only scores are wanted
   */
  protected abstract TokenScores tokenLogProbs(
      T hidden, T head, HeadRows rows, double temperature, HeadBackward<T> backward);

  @Override
  public final void adamW(AdamW update, Tensor weight, Tensor gradient, Tensor m, Tensor v) {
    OperationChecks.adamW(update, weight, gradient, m, v);
    adamW(update, own.written(weight), own.read(gradient), own.moment(m), own.moment(v));
  }

  /**
   * @param m the engine's own, of any storage that AdamW takes; v likewise
   */
  protected abstract void adamW(AdamW update, T weight, T gradient, Tensor m, Tensor v);

  @Override
  public final double sumOfSquares(Tensor t) {
    return sumOfSquares(own.read(t));
  }

  protected abstract double sumOfSquares(T t);
}
