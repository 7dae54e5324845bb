package dev.terse.engine.spi;

import dev.terse.engine.AdamW;
import dev.terse.engine.AttentionShape;
import dev.terse.engine.HeadBackward;
import dev.terse.engine.HeadRows;
import dev.terse.engine.Qkv;
import dev.terse.engine.Rotary;
import dev.terse.engine.Segments;
import dev.terse.engine.Shapes;
import dev.terse.engine.TableGradient;
import dev.terse.engine.Tensor;
import dev.terse.engine.numbers.Storage;
import java.util.Arrays;
import java.util.List;

/**
 * The argument checks of {@link CheckedEngine}. Each method has the name and the arguments of its
 * operation, reads shapes and ids only, and throws {@link IllegalArgumentException} with the
 * argument's name, the expected and the found shape, or {@link IndexOutOfBoundsException} for an id
 * outside its table.
 */
final class OperationChecks {
  private OperationChecks() {}

  /** Two tensors of one size. */
  static void sameSize(String name, Tensor tensor, String otherName, Tensor other) {
    if (tensor.size() != other.size()) {
      throw new IllegalArgumentException(
          name
              + " must have the size of "
              + otherName
              + " "
              + Shapes.text(other.shape())
              + ", has "
              + Shapes.text(tensor.shape()));
    }
  }

  static void embed(Tensor table, int[] ids, Tensor out) {
    matrix("table", table);
    Shapes.require("out", out, ids.length, table.shape()[1]);
    ids("token id", ids, table.rows(), "table");
  }

  static void embedBackward(int[] ids, Tensor dOut, Tensor dTable) {
    matrix("dTable", dTable);
    Shapes.require("dOut", dOut, ids.length, dTable.shape()[1]);
    ids("token id", ids, dTable.rows(), "table");
  }

  static void linear(Tensor x, Tensor w, Tensor bias, Tensor out) {
    matrix("x", x);
    matrix("w", w);
    Shapes.require("x", x, x.rows(), w.shape()[1]);
    requireIfGiven("bias", bias, w.rows());
    Shapes.require("out", out, x.rows(), w.rows());
  }

  static void linearBackwardInput(Tensor dy, Tensor w, Tensor dx) {
    matrix("dy", dy);
    matrix("w", w);
    Shapes.require("dy", dy, dy.rows(), w.rows());
    Shapes.require("dx", dx, dy.rows(), w.shape()[1]);
  }

  static void linearBackwardWeight(Tensor dy, Tensor x, Tensor dw, Tensor dBias) {
    matrix("dy", dy);
    matrix("x", x);
    Shapes.require("x", x, dy.rows(), x.shape()[1]);
    Shapes.require("dw", dw, dy.shape()[1], x.shape()[1]);
    requireIfGiven("dBias", dBias, dy.shape()[1]);
  }

  static void scaleColumns(Tensor x, Tensor scale, Tensor bias, Tensor out) {
    matrix("x", x);
    Shapes.require("scale", scale, x.shape()[1]);
    requireIfGiven("bias", bias, x.shape()[1]);
    Shapes.require("out", out, x.shape());
  }

  static void addColumnDots(Tensor x, Tensor y, Tensor sums) {
    matrix("x", x);
    Shapes.require("y", y, x.shape());
    Shapes.require("sums", sums, x.shape()[1]);
  }

  static void dropout(Tensor x, double rate, long[] rowSeeds, Tensor out) {
    matrix("x", x);
    Shapes.require("out", out, x.shape());
    if (!(rate >= 0 && rate < 1)) {
      throw new IllegalArgumentException("rate must be 0 or more and below 1, was " + rate);
    }
    if (rowSeeds.length != x.rows()) {
      throw new IllegalArgumentException(
          "rowSeeds must have one entry for each of the "
              + x.rows()
              + " rows of x, has "
              + rowSeeds.length);
    }
  }

  static void rmsNorm(Tensor x, Tensor w, double eps, Tensor y) {
    matrix("x", x);
    Shapes.require("w", w, x.shape()[1]);
    epsilon(eps);
    Shapes.require("y", y, x.shape());
  }

  static void rmsNormBackward(Tensor x, Tensor w, double eps, Tensor dy, Tensor dx, Tensor dw) {
    matrix("x", x);
    Shapes.require("w", w, x.shape()[1]);
    epsilon(eps);
    Shapes.require("dy", dy, x.shape());
    Shapes.require("dx", dx, x.shape());
    Shapes.require("dw", dw, x.shape()[1]);
  }

  static void rope(Tensor x, int[] positions, Rotary rotary) {
    matrix("x", x);
    int headDim = rotary.headDim();
    if (headDim == 0 || x.shape()[1] % headDim != 0) {
      throw new IllegalArgumentException(
          "x must have whole heads of " + headDim + " channels, has " + Shapes.text(x.shape()));
    }
    if (positions.length != x.rows()) {
      throw new IllegalArgumentException(
          "positions must have one entry for each of the "
              + x.rows()
              + " rows of x, has "
              + positions.length);
    }
  }

  static void swiglu(Tensor gate, Tensor up, Tensor out) {
    Shapes.require("up", up, gate.shape());
    Shapes.require("out", out, gate.shape());
  }

  static void swigluBackward(Tensor gate, Tensor up, Tensor dOut, Tensor dGate, Tensor dUp) {
    Shapes.require("up", up, gate.shape());
    Shapes.require("dOut", dOut, gate.shape());
    Shapes.require("dGate", dGate, gate.shape());
    Shapes.require("dUp", dUp, gate.shape());
  }

  static void softmaxRows(Tensor x) {
    matrix("x", x);
  }

  /**
   * @param name of the output, or of its gradient
   */
  static void attention(
      Qkv<?> in, Segments segments, AttentionShape shape, String name, Tensor out) {
    keyValues(in.k(), in.v(), segments, shape);
    Shapes.require("q", in.q(), segments.tokens(), shape.heads() * shape.headDim());
    Shapes.require(name, out, in.q().shape());
  }

  static void attentionBackward(
      Qkv<?> in, Segments segments, AttentionShape shape, Tensor dOut, Qkv<?> gradients) {
    attention(in, segments, shape, "dOut", dOut);
    Shapes.require("dq", gradients.q(), in.q().shape());
    Shapes.require("dk", gradients.k(), in.k().shape());
    Shapes.require("dv", gradients.v(), in.v().shape());
  }

  /** Keys and values of packed sequences, each [N, K*D]. */
  static void keyValues(Tensor k, Tensor v, Segments segments, AttentionShape shape) {
    Shapes.require("k", k, segments.tokens(), shape.kvHeads() * shape.headDim());
    Shapes.require("v", v, segments.tokens(), shape.kvHeads() * shape.headDim());
  }

  static void tokenLogProbs(Tensor hidden, Tensor head, HeadRows rows, double temperature) {
    matrix("hidden", hidden);
    matrix("head", head);
    Shapes.require("head", head, head.rows(), hidden.shape()[1]);
    if (!(temperature > 0) || Double.isInfinite(temperature)) {
      throw new IllegalArgumentException(
          "temperature must be positive and finite, was " + temperature);
    }
    for (int k = 0; k < rows.count(); k++) {
      int row = rows.rows()[k];
      if (row < 0 || row >= hidden.rows()) {
        throw new IndexOutOfBoundsException(
            "row " + row + " is outside the hidden state of " + hidden.rows() + " rows");
      }
      int target = rows.targets()[k];
      if (target != HeadRows.NO_TARGET && (target < 0 || target >= head.rows())) {
        throw new IndexOutOfBoundsException(
            "target id "
                + target
                + " of row "
                + row
                + " is outside the head of "
                + head.rows()
                + " rows");
      }
    }
  }

  static void tokenLogProbs(
      Tensor hidden, Tensor head, HeadRows rows, double temperature, HeadBackward<?> backward) {
    tokenLogProbs(hidden, head, rows, temperature);
    Shapes.require("dHidden", backward.dHidden(), hidden.shape());
    TableGradient<?> dHead = backward.dHead();
    if (dHead.isWhole()) {
      Shapes.require("dHead", dHead.sums(), head.shape());
    } else if (dHead.sums() != null) {
      Shapes.require("dHead", dHead.sums(), dHead.ids().length, head.shape()[1]);
      ids("trained row", dHead.ids(), head.rows(), "head");
    }
  }

  static void adamW(AdamW update, Tensor weight, Tensor gradient, Tensor m, Tensor v) {
    if (update.step() < 1) {
      throw new IllegalArgumentException(
          "the first AdamW update is step 1, got step " + update.step());
    }
    sameSize("gradient", gradient, "weight", weight);
    sameSize("m", m, "weight", weight);
    sameSize("v", v, "weight", weight);
    storage("m", m, Storage.FULL, Storage.BFLOAT16, Storage.INT8);
    storage("v", v, Storage.FULL, Storage.BFLOAT16, Storage.UINT8);
  }

  private static void storage(String name, Tensor tensor, Storage... possible) {
    if (!List.of(possible).contains(tensor.storage())) {
      throw new IllegalArgumentException(
          name
              + " must be stored as one of "
              + Arrays.toString(possible)
              + ", "
              + Shapes.text(tensor.shape())
              + " is "
              + tensor.storage());
    }
  }

  private static void ids(String what, int[] ids, int tableRows, String table) {
    for (int i = 0; i < ids.length; i++) {
      if (ids[i] < 0 || ids[i] >= tableRows) {
        throw new IndexOutOfBoundsException(
            what
                + " "
                + ids[i]
                + " at position "
                + i
                + " is outside the "
                + table
                + " of "
                + tableRows
                + " rows");
      }
    }
  }

  private static void matrix(String name, Tensor tensor) {
    if (tensor.shape().length != 2) {
      throw new IllegalArgumentException(
          name + " must have two axes, has shape " + Shapes.text(tensor.shape()));
    }
  }

  private static void requireIfGiven(String name, Tensor tensor, int... shape) {
    if (tensor != null) {
      Shapes.require(name, tensor, shape);
    }
  }

  private static void epsilon(double eps) {
    if (!(eps >= 0) || Double.isInfinite(eps)) {
      throw new IllegalArgumentException("eps must be 0 or more, was " + eps);
    }
  }
}
