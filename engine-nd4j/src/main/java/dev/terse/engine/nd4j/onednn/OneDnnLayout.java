package dev.terse.engine.nd4j.onednn;

import static org.bytedeco.dnnl.global.dnnl.*;

import dev.terse.engine.nd4j.memory.Matrix;
import dev.terse.engine.numbers.NumberType;
import org.bytedeco.dnnl.dnnl_memory_desc;

/** How an operand lies in memory, seen as {@code batch} equal parts, and how oneDNN is told. */
record OneDnnLayout(int batch, int rows, int columns, int stride, NumberType type) {
  static final boolean TRANSPOSED = true;
  static final boolean AS_IS = false;

  static OneDnnLayout of(int batch, Matrix m) {
    return new OneDnnLayout(batch, m.rows() / batch, m.columns(), m.stride(), m.type());
  }

  /** As one matrix. */
  dnnl_memory_desc matrix(boolean transposed) {
    return transposed
        ? describe(type, new long[] {columns, rows}, new long[] {1, stride})
        : describe(type, new long[] {rows, columns}, new long[] {stride, 1});
  }

  /**
   * As a batch of matrices. A single column that is to be read as a row gets the stride of a row:
   * told a stride of 1, which is as true, oneDNN 3.8 reads the column's neighbours instead.
   */
  dnnl_memory_desc description(boolean transposed) {
    long part = (long) rows * stride;
    long row = columns == 1 ? part : 1;
    return transposed
        ? describe(type, new long[] {batch, columns, rows}, new long[] {part, row, stride})
        : describe(type, new long[] {batch, rows, columns}, new long[] {part, stride, 1});
  }

  /** A description by axes and strides, both in elements. */
  static dnnl_memory_desc describe(NumberType type, long[] axes, long[] strides) {
    dnnl_memory_desc out = new dnnl_memory_desc();
    OneDnn.require(
        dnnl_memory_desc_create_with_strides(out, axes.length, axes, number(type), strides),
        "dnnl_memory_desc_create_with_strides");
    return out;
  }

  /** oneDNN's name of a type. */
  static int number(NumberType type) {
    return type == NumberType.FLOAT32 ? dnnl_f32 : dnnl_bf16;
  }
}
