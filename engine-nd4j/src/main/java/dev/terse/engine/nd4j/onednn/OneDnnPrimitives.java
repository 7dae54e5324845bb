package dev.terse.engine.nd4j.onednn;

import static org.bytedeco.dnnl.global.dnnl.*;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.bytedeco.dnnl.dnnl_stream;

/**
 * The primitives of one thread, each for one shape, made at its first use. Training meets new
 * shapes with every batch, so only those last used are retained.
 */
final class OneDnnPrimitives implements AutoCloseable {
  /**
   * A training step of one batch uses about 100, decoding some hundreds. Each takes about 130 KB,
   * most of it oneDNN's description of a matmul.
   */
  private static final int RETAINED = 768;

  private final int most = retained();
  private final dnnl_stream stream = new dnnl_stream();
  private final OneDnnScratchpad scratchpad = new OneDnnScratchpad();
  private final Map<Object, OneDnnPrimitive> byShape =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Object, OneDnnPrimitive> eldest) {
          boolean full = size() > most;
          if (full) {
            eldest.getValue().close();
          }
          return full;
        }
      };

  OneDnnPrimitives() {
    OneDnn.require(
        dnnl_stream_create(stream, OneDnn.engine(), dnnl_stream_in_order), "dnnl_stream_create");
  }

  /** How many a thread retains: {@link OneDnn#PRIMITIVES_PROPERTY}. */
  static int retained() {
    return Integer.getInteger(OneDnn.PRIMITIVES_PROPERTY, RETAINED);
  }

  /** The scratch memory that they take turns with. */
  OneDnnScratchpad scratchpad() {
    return scratchpad;
  }

  /** The queue that they run in. */
  dnnl_stream stream() {
    return stream;
  }

  /** The primitive of a shape, which must be a record of a type of its own for each operation. */
  <S> OneDnnPrimitive of(S shape, Function<S, OneDnnPrimitive> make) {
    OneDnnPrimitive found = byShape.get(shape);
    if (found == null) {
      found = make.apply(shape);
      byShape.put(shape, found);
    }
    return found;
  }

  @Override
  public void close() {
    byShape.values().forEach(OneDnnPrimitive::close);
    byShape.clear();
    scratchpad.close();
    dnnl_stream_destroy(stream);
  }
}
