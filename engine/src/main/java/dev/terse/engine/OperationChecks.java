package dev.terse.engine;

import java.util.Arrays;
import java.util.List;

/**
 * The argument checks of every {@link Engine} operation, in one place for all engines. Each method
 * has the name and the arguments of its operation, reads shapes and ids only, and throws {@link
 * IllegalArgumentException} with the argument's name, the expected and the found shape, or {@link
 * IndexOutOfBoundsException} for an id outside its table.
 */
public final class OperationChecks {
  private OperationChecks() {}

  /** Two tensors of one size. */
  public static void sameSize(String name, Tensor tensor, String otherName, Tensor other) {
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

  public static void embed(Tensor table, int[] ids, Tensor out) {
    matrix("table", table);
    Shapes.require("out", out, ids.length, table.shape()[1]);
    ids("token id", ids, table.rows(), "table");
  }

  public static void embedBackward(int[] ids, Tensor dOut, Tensor dTable) {
    matrix("dTable", dTable);
    Shapes.require("dOut", dOut, ids.length, dTable.shape()[1]);
    ids("token id", ids, dTable.rows(), "table");
  }

  public static void linear(Tensor x, Tensor w, Tensor bias, Tensor out) {
    matrix("x", x);
    matrix("w", w);
    Shapes.require("x", x, x.rows(), w.shape()[1]);
    requireIfGiven("bias", bias, w.rows());
    Shapes.require("out", out, x.rows(), w.rows());
  }

  public static void linearBackwardInput(Tensor dy, Tensor w, Tensor dx) {
    matrix("dy", dy);
    matrix("w", w);
    Shapes.require("dy", dy, dy.rows(), w.rows());
    Shapes.require("dx", dx, dy.rows(), w.shape()[1]);
  }

  public static void linearBackwardWeight(Tensor dy, Tensor x, Tensor dw, Tensor dBias) {
    matrix("dy", dy);
    matrix("x", x);
    Shapes.require("x", x, dy.rows(), x.shape()[1]);
    Shapes.require("dw", dw, dy.shape()[1], x.shape()[1]);
    requireIfGiven("dBias", dBias, dy.shape()[1]);
  }

  public static void scaleColumns(Tensor x, Tensor scale, Tensor bias, Tensor out) {
    matrix("x", x);
    Shapes.require("scale", scale, x.shape()[1]);
    requireIfGiven("bias", bias, x.shape()[1]);
    Shapes.require("out", out, x.shape());
  }

  public static void addColumnDots(Tensor x, Tensor y, Tensor sums) {
    matrix("x", x);
    Shapes.require("y", y, x.shape());
    Shapes.require("sums", sums, x.shape()[1]);
  }

  public static void dropout(Tensor x, double rate, long[] rowSeeds, Tensor out) {
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

  public static void rmsNorm(Tensor x, Tensor w, double eps, Tensor y) {
    matrix("x", x);
    Shapes.require("w", w, x.shape()[1]);
    epsilon(eps);
    Shapes.require("y", y, x.shape());
  }

  public static void rmsNormBackward(
      Tensor x, Tensor w, double eps, Tensor dy, Tensor dx, Tensor dw) {
    matrix("x", x);
    Shapes.require("w", w, x.shape()[1]);
    epsilon(eps);
    Shapes.require("dy", dy, x.shape());
    Shapes.require("dx", dx, x.shape());
    Shapes.require("dw", dw, x.shape()[1]);
  }

  public static void rope(Tensor x, int[] positions, Rotary rotary) {
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

  public static void swiglu(Tensor gate, Tensor up, Tensor out) {
    Shapes.require("up", up, gate.shape());
    Shapes.require("out", out, gate.shape());
  }

  public static void swigluBackward(Tensor gate, Tensor up, Tensor dOut, Tensor dGate, Tensor dUp) {
    Shapes.require("up", up, gate.shape());
    Shapes.require("dOut", dOut, gate.shape());
    Shapes.require("dGate", dGate, gate.shape());
    Shapes.require("dUp", dUp, gate.shape());
  }

  public static void softmaxRows(Tensor x) {
    matrix("x", x);
  }

  public static void attention(
      Tensor q, Tensor k, Tensor v, Segments segments, AttentionShape shape, Tensor out) {
    keyValues(k, v, segments, shape);
    Shapes.require("q", q, segments.tokens(), shape.heads() * shape.headDim());
    Shapes.require("out", out, q.shape());
  }

  public static void attentionBackward(
      Tensor q,
      Tensor k,
      Tensor v,
      Segments segments,
      AttentionShape shape,
      Tensor dOut,
      Tensor dq,
      Tensor dk,
      Tensor dv) {
    attention(q, k, v, segments, shape, dOut);
    Shapes.require("dq", dq, q.shape());
    Shapes.require("dk", dk, k.shape());
    Shapes.require("dv", dv, v.shape());
  }

  /** Keys and values of packed sequences, each [N, K*D]. */
  public static void keyValues(Tensor k, Tensor v, Segments segments, AttentionShape shape) {
    Shapes.require("k", k, segments.tokens(), shape.kvHeads() * shape.headDim());
    Shapes.require("v", v, segments.tokens(), shape.kvHeads() * shape.headDim());
  }

  public static void kvCache(int layers, int maxNewTokens) {
    if (layers <= 0 || maxNewTokens <= 0) {
      throw new IllegalArgumentException(
          "a cache needs at least one layer and new token, got layers="
              + layers
              + " maxNewTokens="
              + maxNewTokens);
    }
  }

  /**
   * Prompts of sequences that join a cache.
   *
   * @param lastLive prompt of the last live sequence, or -1
   * @param prompts number of prompts that the cache was given so far
   */
  public static void join(int[] promptOf, int lastLive, int prompts) {
    if (promptOf.length == 0) {
      throw new IllegalArgumentException("promptOf must name at least one sequence");
    }
    for (int s = 0; s < promptOf.length; s++) {
      if (promptOf[s] < (s == 0 ? 0 : promptOf[s - 1])) {
        throw new IllegalArgumentException(
            "promptOf must rise from 0 or more, got " + promptOf[s] + " for sequence " + s);
      }
      if (promptOf[s] < prompts && promptOf[s] != lastLive) {
        throw new IllegalArgumentException(
            "a new sequence continues the last live sequence's prompt ("
                + (lastLive < 0 ? "none is live" : lastLive)
                + ") or a new one (from "
                + prompts
                + "), got prompt "
                + promptOf[s]);
      }
    }
  }

  /** Rising indices into {@code liveCount} live sequences. */
  public static void keep(int[] live, int liveCount) {
    for (int k = 0; k < live.length; k++) {
      if (live[k] <= (k == 0 ? -1 : live[k - 1]) || live[k] >= liveCount) {
        throw new IllegalArgumentException(
            "live must hold rising indices below " + liveCount + ", got " + live[k] + " at " + k);
      }
    }
  }

  public static void tokenLogProbs(Tensor hidden, Tensor head, HeadRows rows, double temperature) {
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

  /** The backward of {@link #tokenLogProbs(Tensor, Tensor, HeadRows, double)}. */
  public static void tokenLogProbs(
      Tensor hidden,
      Tensor head,
      HeadRows rows,
      double temperature,
      Tensor dHidden,
      TableGradient dHead) {
    tokenLogProbs(hidden, head, rows, temperature);
    Shapes.require("dHidden", dHidden, hidden.shape());
    if (dHead.isWhole()) {
      Shapes.require("dHead", dHead.sums(), head.shape());
    } else if (dHead.sums() != null) {
      Shapes.require("dHead", dHead.sums(), dHead.ids().length, head.shape()[1]);
      ids("trained row", dHead.ids(), head.rows(), "head");
    }
  }

  public static void adamW(AdamW update, Tensor weight, Tensor gradient, Tensor m, Tensor v) {
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

  /** A tensor in one of the storages that an operation can work on. */
  public static void storage(String name, Tensor tensor, Storage... possible) {
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

  /** Every id is a row of a table of {@code tableRows} rows. */
  public static void ids(String what, int[] ids, int tableRows, String table) {
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
