package dev.terse.testkit.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terse.engine.AttentionShape;
import dev.terse.engine.Engine;
import dev.terse.engine.Engine.Write;
import dev.terse.engine.HeadBackward;
import dev.terse.engine.HeadRows;
import dev.terse.engine.Qkv;
import dev.terse.engine.Rotary;
import dev.terse.engine.Segments;
import dev.terse.engine.TableGradient;
import dev.terse.engine.Tensor;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Wrong shapes: one clear sentence each. */
@Covers("Engine.description")
abstract class MisuseConformance extends OperationConformance {
  private static final Segments SEGMENTS = Segments.ofLengths(2, 3);
  private static final AttentionShape HEADS = AttentionShape.of(4, 2, 8);
  private static final HeadRows ROWS = new HeadRows(new int[] {0}, new int[] {1});

  MisuseConformance(EngineConformance owner) {
    super(owner);
  }

  @Test
  void description_always_isOneLine() {
    assertThat(engine().description()).isNotBlank().doesNotContain("\n");
  }

  @Test
  void allocate_emptyAxis_isRefused() {
    refuses(
        "a tensor needs axes of 1 or more entries, got shape [0, 3]",
        e -> e.allocate(0, 3).close());
  }

  @Test
  void memoryOperations_wrongSizes_areRefused() {
    String sentence = "to must have the size of %s [2, 3], has [2, 4]";
    refuses(sentence.formatted("from"), e -> e.copy(t(2, 3), t(2, 4)));
    refuses(sentence.formatted("x"), e -> e.add(t(2, 3), 1, t(2, 4)));
  }

  @Test
  void embedding_wrongShapes_areRefused() {
    int[] ids = {1, 2};
    refuses("out must have shape [2, 4], has [3, 4]", e -> e.embed(t(9, 4), ids, t(3, 4)));
    refuses("dOut must have shape [2, 4], has [2, 5]", e -> e.embedBackward(ids, t(2, 5), t(9, 4)));
    refuses("table must have two axes, has shape [8]", e -> e.embed(t(8), ids, t(2, 4)));
  }

  @Test
  void linear_wrongShapes_areRefused() {
    refuses("x must have shape [2, 5], has [2, 4]", e -> e.linear(t(2, 4), t(3, 5), null, t(2, 3)));
    refuses("bias must have shape [3], has [5]", e -> e.linear(t(2, 5), t(3, 5), t(5), t(2, 3)));
    refuses(
        "out must have shape [2, 3], has [3, 2]", e -> e.linear(t(2, 5), t(3, 5), null, t(3, 2)));
    refuses(
        "dy must have shape [2, 3], has [2, 5]",
        e -> e.linearBackwardInput(t(2, 5), t(3, 5), t(2, 5), Write.OVERWRITE));
    refuses(
        "dx must have shape [2, 5], has [2, 3]",
        e -> e.linearBackwardInput(t(2, 3), t(3, 5), t(2, 3), Write.OVERWRITE));
    refuses(
        "x must have shape [2, 5], has [4, 5]",
        e -> e.linearBackwardWeight(t(2, 3), t(4, 5), t(3, 5), null));
    refuses(
        "dw must have shape [3, 5], has [5, 3]",
        e -> e.linearBackwardWeight(t(2, 3), t(2, 5), t(5, 3), null));
    refuses(
        "dBias must have shape [3], has [5]",
        e -> e.linearBackwardWeight(t(2, 3), t(2, 5), t(3, 5), t(5)));
  }

  @Test
  void columns_wrongShapes_areRefused() {
    refuses(
        "scale must have shape [4], has [2]", e -> e.scaleColumns(t(2, 4), t(2), null, t(2, 4)));
    refuses("bias must have shape [4], has [2]", e -> e.scaleColumns(t(2, 4), t(4), t(2), t(2, 4)));
    refuses("y must have shape [2, 4], has [4, 2]", e -> e.addColumnDots(t(2, 4), t(4, 2), t(4)));
    refuses("sums must have shape [4], has [2]", e -> e.addColumnDots(t(2, 4), t(2, 4), t(2)));
    refuses(
        "rowSeeds must have one entry for each of the 2 rows of x, has 3",
        e -> e.dropout(t(2, 4), 0.1, new long[3], t(2, 4)));
    refuses(
        "rate must be 0 or more and below 1, was 1.0",
        e -> e.dropout(t(2, 4), 1, new long[2], t(2, 4)));
  }

  @Test
  void rows_wrongShapes_areRefused() {
    refuses("w must have shape [4], has [3]", e -> e.rmsNorm(t(2, 4), t(3), 1e-6, t(2, 4)));
    refuses("y must have shape [2, 4], has [4, 2]", e -> e.rmsNorm(t(2, 4), t(4), 1e-6, t(4, 2)));
    refuses("eps must be 0 or more, was -1.0", e -> e.rmsNorm(t(2, 4), t(4), -1, t(2, 4)));
    refuses(
        "dw must have shape [4], has [2]",
        e -> e.rmsNormBackward(t(2, 4), t(4), 1e-6, t(2, 4), t(2, 4), Write.OVERWRITE, t(2)));
    refuses(
        "x must have whole heads of 4 channels, has [2, 6]",
        e -> e.rope(t(2, 6), new int[2], new Rotary(new double[2])));
    refuses(
        "positions must have one entry for each of the 2 rows of x, has 3",
        e -> e.rope(t(2, 8), new int[3], new Rotary(new double[2])));
    refuses("up must have shape [2, 4], has [2, 5]", e -> e.swiglu(t(2, 4), t(2, 5), t(2, 4)));
    refuses(
        "dUp must have shape [2, 4], has [2, 5]",
        e -> e.swigluBackward(t(2, 4), t(2, 4), t(2, 4), t(2, 4), t(2, 5)));
    refuses(
        "x must have two axes, has shape [4]", e -> e.softmaxRows(t(4), 1, (row, values) -> {}));
  }

  @Test
  void attention_wrongShapes_areRefused() {
    Tensor wide = t(5, 32);
    Tensor narrow = t(5, 16);
    refuses(
        "k must have shape [5, 16], has [5, 32]",
        e -> e.attention(new Qkv<>(wide, t(5, 32), narrow), SEGMENTS, HEADS, t(5, 32)));
    refuses(
        "q must have shape [5, 32], has [6, 32]",
        e -> e.attention(new Qkv<>(t(6, 32), narrow, t(5, 16)), SEGMENTS, HEADS, t(5, 32)));
    refuses(
        "dv must have shape [5, 16], has [4, 16]",
        e ->
            e.attentionBackward(
                new Qkv<>(wide, narrow, t(5, 16)),
                SEGMENTS,
                HEADS,
                t(5, 32),
                new Qkv<>(t(5, 32), t(5, 16), t(4, 16))));
  }

  @Test
  void head_wrongShapes_areRefused() {
    refuses(
        "head must have shape [9, 4], has [9, 5]", e -> e.tokenLogProbs(t(2, 4), t(9, 5), ROWS, 1));
    refuses(
        "dHead must have shape [9, 4], has [8, 4]",
        e ->
            e.tokenLogProbs(
                t(2, 4),
                t(9, 4),
                ROWS,
                1,
                new HeadBackward<>((index, logProb) -> 1, t(2, 4), TableGradient.whole(t(8, 4)))));
    TableGradient<Tensor> two = new TableGradient<>(new int[] {3, 5}, t(1, 4));
    refuses(
        "dHead must have shape [2, 4], has [1, 4]",
        e ->
            e.tokenLogProbs(
                t(2, 4),
                t(9, 4),
                ROWS,
                1,
                new HeadBackward<>((index, logProb) -> 1, t(2, 4), two)));
  }

  private Tensor t(int... shape) {
    return lab.normal(shape).actual();
  }

  private void refuses(String sentence, Consumer<Engine> operation) {
    assertThatThrownBy(() -> operation.accept(engine()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(sentence);
  }
}
