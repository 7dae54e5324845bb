package dev.terse.engine.nd4j.onednn;

import static org.bytedeco.dnnl.global.dnnl.*;

import dev.terse.engine.numbers.NumberType;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerPointer;

/**
 * The implementation that serves a matmul: always oneDNN's brgemm, whichever it lists first. Its
 * sums over the inner axis are cut at the same places for every number of rows from two on, so a
 * row's bits do not depend on its company. The "gemm:jit" that oneDNN prefers without AVX-512 adds
 * up the last rows of a matrix in another order than the others, and a small matrix in another one
 * than a large.
 */
final class OneDnnBrgemm {
  private static final String BRGEMM = "brg";

  private OneDnnBrgemm() {}

  /**
   * Describes {@code c = a · b}.
   *
   * @return oneDNN's status: not success where brgemm does not serve these shapes and types
   */
  static int describe(
      dnnl_primitive_desc out,
      dnnl_memory_desc a,
      dnnl_memory_desc b,
      dnnl_memory_desc c,
      dnnl_primitive_attr attributes) {
    int status = dnnl_matmul_primitive_desc_create(out, OneDnn.engine(), a, b, null, c, attributes);
    while (status == dnnl_success && !implementation(out).startsWith(BRGEMM)) {
      status = dnnl_primitive_desc_next_impl(out);
    }
    return status == dnnl_last_impl_reached ? dnnl_unimplemented : status;
  }

  /**
   * {@link #describe} for sums over the rows of a batch, such as a weight's gradient: no row of its
   * result stands for a sequence, so where brgemm refuses a shape, as that of a single column
   * without AVX-512, oneDNN's first choice serves.
   */
  static int describeSumOverRows(
      dnnl_primitive_desc out,
      dnnl_memory_desc a,
      dnnl_memory_desc b,
      dnnl_memory_desc c,
      dnnl_primitive_attr attributes) {
    int status = describe(out, a, b, c, attributes);
    return status == dnnl_unimplemented
        ? dnnl_matmul_primitive_desc_create(out, OneDnn.engine(), a, b, null, c, attributes)
        : status;
  }

  /** Whether there is a brgemm kernel for operands of a type. */
  static boolean isServed(NumberType type) {
    dnnl_memory_desc operand = new OneDnnLayout(1, 16, 16, 16, type).matrix(OneDnnLayout.AS_IS);
    dnnl_memory_desc result =
        new OneDnnLayout(1, 16, 16, 16, NumberType.FLOAT32).matrix(OneDnnLayout.AS_IS);
    dnnl_primitive_desc description = new dnnl_primitive_desc();
    boolean served = describe(description, operand, operand, result, null) == dnnl_success;
    if (served) {
      dnnl_primitive_desc_destroy(description);
    }
    dnnl_memory_desc_destroy(operand);
    dnnl_memory_desc_destroy(result);
    return served;
  }

  /** oneDNN's name of an implementation, such as {@code brg_matmul:avx2}. */
  private static String implementation(dnnl_primitive_desc description) {
    try (PointerPointer<BytePointer> name = new PointerPointer<>(1)) {
      OneDnn.require(
          dnnl_primitive_desc_query(description, dnnl_query_impl_info_str, 0, name),
          "dnnl_primitive_desc_query");
      return name.get(BytePointer.class, 0).getString();
    }
  }
}
