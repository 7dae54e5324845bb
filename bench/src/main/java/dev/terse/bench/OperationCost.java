package dev.terse.bench;

import dev.terse.engine.AttentionShape;
import dev.terse.engine.Engine.Write;
import dev.terse.engine.HeadBackward;
import dev.terse.engine.HeadRows;
import dev.terse.engine.Qkv;
import dev.terse.engine.Segments;
import dev.terse.engine.Shapes;
import dev.terse.engine.TableGradient;
import dev.terse.engine.Tensor;

/**
 * What one call of an {@link dev.terse.engine.Engine} operation has to do at least, worked out from
 * its arguments.
 *
 * @param phase the row of the short table that it belongs to
 * @param label its name, with the shape where one operation serves several
 * @param flop floating-point operations of its matmuls; 0 where it has none
 * @param bytes memory it reads and writes if every array is moved once; 0 if not known
 */
record OperationCost(String phase, String label, double flop, double bytes) {
  static final String FORWARD_MATMULS = "matmuls forward";
  static final String BACKWARD_MATMULS = "matmuls backward";
  static final String FORWARD_ATTENTION = "attention forward";
  static final String BACKWARD_ATTENTION = "attention backward";
  static final String CACHED_ATTENTION = "cached attention";
  static final String HEAD = "head";
  static final String ROWS = "norms, rope, SwiGLU, sums";
  static final String EMBEDDING = "embedding";
  static final String OPTIMIZER = "optimizer";
  static final String SAMPLING = "softmax and sampling";
  static final String OTHER = "other operations";

  /** Bytes of one activation or gradient; both compute types keep these in 32 bits. */
  private static final int ACTIVATION_BYTES = Float.BYTES;

  /**
   * The cost of calling {@code operation} of an engine; an operation that is not known here costs
   * time only.
   *
   * @param weightBytes bytes of one weight as matmuls read it: 4 in fp32, 2 in bf16
   */
  static OperationCost of(String operation, Object[] args, int weightBytes) {
    return switch (operation) {
      case "linear" -> {
        Tensor x = (Tensor) args[0];
        Tensor w = (Tensor) args[1];
        double moved =
            ACTIVATION_BYTES * (size(x) + size((Tensor) args[3])) + weightBytes * size(w);
        yield matmul(FORWARD_MATMULS, operation, x.rows(), w, moved);
      }
      case "linearBackwardInput" -> {
        Tensor dy = (Tensor) args[0];
        Tensor w = (Tensor) args[1];
        int timesDx = args[3] == Write.ADD ? 2 : 1;
        double moved =
            ACTIVATION_BYTES * (size(dy) + timesDx * size((Tensor) args[2]))
                + weightBytes * size(w);
        yield matmul(BACKWARD_MATMULS, operation, dy.rows(), w, moved);
      }
      case "linearBackwardWeight" -> {
        Tensor dy = (Tensor) args[0];
        Tensor dw = (Tensor) args[2];
        double moved = ACTIVATION_BYTES * (size(dy) + size((Tensor) args[1]) + 2 * size(dw));
        yield matmul(BACKWARD_MATMULS, operation, dy.rows(), dw, moved);
      }
      case "attention" -> attention(FORWARD_ATTENTION, operation, args, 2, 2, 2);
      // q·k again, and the gradients of p, v, q and k
      case "attentionBackward" -> attention(BACKWARD_ATTENTION, operation, args, 5, 4, 4);
      case "tokenLogProbs" -> {
        Tensor hidden = (Tensor) args[0];
        double rows = ((HeadRows) args[2]).count();
        double table = size((Tensor) args[1]);
        boolean backward = args.length > 4;
        double learnt = backward ? learnt((HeadBackward<?>) args[4], table, hidden.rowSize()) : 0;
        double flop = 2 * rows * ((backward ? 2 : 1) * table + learnt);
        double moved = weightBytes * (backward ? 2 : 1) * table + 2 * ACTIVATION_BYTES * learnt;
        yield new OperationCost(HEAD, operation, flop, moved);
      }
      case "rmsNorm" -> rows(ROWS, operation, args[0], 2);
      case "rmsNormBackward" -> rows(ROWS, operation, args[0], args[5] == Write.ADD ? 4 : 3);
      case "rope", "ropeBackward" -> rows(ROWS, operation, args[0], 2);
      case "swiglu" -> rows(ROWS, operation, args[0], 3);
      case "swigluBackward" -> rows(ROWS, operation, args[0], 5);
      case "add" -> rows(ROWS, operation, args[0], 3);
      case "copy" -> rows(ROWS, operation, args[0], 2);
      case "embed" -> rows(EMBEDDING, operation, args[2], 2);
      case "embedBackward" -> rows(EMBEDDING, operation, args[1], 3);
      // The sampler draws while it is told the rows, so its time is in there.
      case "softmaxRows" -> rows(SAMPLING, operation, args[0], 2);
      case "scaleColumns", "dropout", "addColumnDots" -> rows(ROWS, operation, args[0], 2);
      case "adamW" -> {
        double weights = 3 * ACTIVATION_BYTES * size((Tensor) args[1]); // and the gradient, read
        yield new OperationCost(
            OPTIMIZER, operation, 0, weights + 2 * held(args[3]) + 2 * held(args[4]));
      }
      case "sumOfSquares", "clear" -> rows(OPTIMIZER, operation, args[0], 1);
      default -> new OperationCost(OTHER, operation, 0, 0);
    };
  }

  /**
   * The cost of one layer's attention over a cache.
   *
   * @param positions position of the new token of each sequence, [B]
   * @param sharedPrompt tokens of the prompt, which all sequences read once
   */
  static OperationCost attend(Qkv<?> step, int[] positions, int sharedPrompt) {
    double pairs = 0;
    double held = sharedPrompt;
    for (int position : positions) {
      pairs += position + 1.0;
      held += position + 1.0 - sharedPrompt;
    }
    return new OperationCost(
        CACHED_ATTENTION,
        "KvCache.attend",
        4 * pairs * step.q().rowSize(),
        2 * held * step.k().rowSize() * ACTIVATION_BYTES);
  }

  private static OperationCost matmul(
      String phase, String operation, int rows, Tensor w, double bytes) {
    int[] shape = w.shape();
    String label = operation + " " + Shapes.text(rows, shape[1], shape[0]);
    return new OperationCost(phase, label, 2.0 * rows * size(w), bytes);
  }

  /**
   * Causal attention: {@code matmuls} matmuls of D multiplications for each visible pair of a query
   * and a key.
   */
  private static OperationCost attention(
      String phase, String operation, Object[] args, int matmuls, int timesQ, int timesK) {
    Qkv<?> in = (Qkv<?>) args[0];
    Segments segments = (Segments) args[1];
    AttentionShape shape = (AttentionShape) args[2];
    double pairs = 0;
    for (int s = 0; s < segments.count(); s++) {
      double own = segments.length(s);
      pairs += own * segments.prefixLength(s) + own * (own + 1) / 2;
    }
    double flop = 2.0 * matmuls * pairs * shape.heads() * shape.headDim();
    double bytes = ACTIVATION_BYTES * (timesQ * size(in.q()) + timesK * size(in.k()));
    return new OperationCost(phase, operation, flop, bytes);
  }

  private static OperationCost rows(String phase, String operation, Object tensor, int times) {
    return new OperationCost(
        phase, operation, 0, (double) times * ACTIVATION_BYTES * size((Tensor) tensor));
  }

  /** Numbers of the head's gradient that are wanted. */
  private static double learnt(HeadBackward<?> backward, double table, int channels) {
    TableGradient<?> dHead = backward.dHead();
    return dHead.isWhole() ? table : (double) dHead.ids().length * channels;
  }

  /** Bytes that a tensor takes, in whatever storage. */
  private static double held(Object tensor) {
    return ((Tensor) tensor).storage().bytes(((Tensor) tensor).size(), ACTIVATION_BYTES);
  }

  private static double size(Tensor tensor) {
    return tensor.size();
  }
}
