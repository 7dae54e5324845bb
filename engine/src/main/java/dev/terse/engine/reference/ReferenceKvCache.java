package dev.terse.engine.reference;

import dev.terse.engine.AttentionShape;
import dev.terse.engine.Qkv;
import dev.terse.engine.spi.CheckedKvCache;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A cache of plain row lists. */
final class ReferenceKvCache extends CheckedKvCache<HeapTensor, ReferenceKvCache.Rows> {
  private final int layers;
  private final AttentionShape shape;

  /** For each layer a row [K*D] of keys, and one of values, for each position. */
  record Rows(List<List<double[]>> keys, List<List<double[]>> values) implements Entries {
    @Override
    public void close() {}
  }

  ReferenceKvCache(int layers, AttentionShape shape, int maxNewTokens) {
    super(ReferenceEngine.OWN, layers, shape, maxNewTokens);
    this.layers = layers;
    this.shape = shape;
  }

  @Override
  protected Rows newPrompt(int length) {
    return newSequence();
  }

  @Override
  protected Rows newSequence() {
    return new Rows(lists(), lists());
  }

  private List<List<double[]>> lists() {
    return Stream.<List<double[]>>generate(ArrayList::new).limit(layers).toList();
  }

  @Override
  protected void putPrompt(int layer, Rows prompt, HeapTensor k, HeapTensor v) {
    int[] all = IntStream.range(0, k.rows()).toArray();
    prompt.keys.get(layer).addAll(Attention.rows(k, all));
    prompt.values.get(layer).addAll(Attention.rows(v, all));
  }

  @Override
  protected void attend(int layer, Qkv<HeapTensor> step, HeapTensor out) {
    Overlap.apart("out", out, step.q(), step.k(), step.v());
    for (int b = 0; b < live().size(); b++) {
      Rows prompt = live().get(b).prompt().entries();
      Rows own = live().get(b).own();
      own.keys.get(layer).add(step.k().row(b));
      own.values.get(layer).add(step.v().row(b));
      List<double[]> keys = joined(prompt.keys.get(layer), own.keys.get(layer));
      List<double[]> values = joined(prompt.values.get(layer), own.values.get(layer));
      out.setRow(b, Attention.query(step.q().row(b), keys, values, shape));
    }
  }

  private static List<double[]> joined(List<double[]> before, List<double[]> after) {
    List<double[]> all = new ArrayList<>(before);
    all.addAll(after);
    return all;
  }

  @Override
  protected void release() {}
}
