package dev.terse.engine.spi;

import dev.terse.engine.HeadBackward;
import dev.terse.engine.Qkv;
import dev.terse.engine.TableGradient;
import dev.terse.engine.Tensor;
import dev.terse.engine.numbers.Storage;

/**
 * Casts the arguments of operations to the tensors of an engine, and checks that they may be used.
 * Whoever writes to a tensor takes it by {@code written}, which tells the tensor so.
 *
 * @param engine its name in sentences
 * @param dense its tensors of {@link Storage#FULL}
 * @param compact its others
 */
public record OwnTensors<T extends DenseTensor<T>>(
    String engine, Class<T> dense, Class<? extends CompactTensor> compact) {

  /** A tensor that is read; null stays null. */
  public T read(Tensor tensor) {
    if (tensor == null) {
      return null;
    }
    if (compact.isInstance(tensor)) {
      throw ((CompactTensor) tensor).misused();
    }
    T own = dense.cast(requireOwn(dense, tensor));
    own.requireOpen();
    return own;
  }

  /** A tensor that is written to; null stays null. */
  public T written(Tensor tensor) {
    T own = read(tensor);
    if (own != null) {
      own.changed();
    }
    return own;
  }

  /** Three tensors that are read. */
  public Qkv<T> read(Qkv<?> in) {
    return new Qkv<>(read(in.q()), read(in.k()), read(in.v()));
  }

  Qkv<T> written(Qkv<?> out) {
    return new Qkv<>(written(out.q()), written(out.k()), written(out.v()));
  }

  HeadBackward<T> written(HeadBackward<?> out) {
    TableGradient<?> dHead = out.dHead();
    return new HeadBackward<>(
        out.loss(),
        written(out.dHidden()),
        new TableGradient<>(dHead.ids(), written(dHead.sums())));
  }

  /** A moment of AdamW, which is read and written to: of full width or compact. */
  Tensor moment(Tensor tensor) {
    return tensor.storage() == Storage.FULL ? written(tensor) : readCompact(tensor);
  }

  /** A tensor of another storage than {@link Storage#FULL}, which is read or is a moment. */
  Tensor readCompact(Tensor tensor) {
    ((CompactTensor) requireOwn(compact, tensor)).requireOpen();
    return tensor;
  }

  private Tensor requireOwn(Class<?> type, Tensor tensor) {
    if (!type.isInstance(tensor)) {
      throw new IllegalArgumentException(
          "the "
              + engine
              + " engine works on its own tensors, got a "
              + tensor.getClass().getName());
    }
    return tensor;
  }
}
