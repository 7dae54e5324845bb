package dev.terse.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terse.engine.Arena;
import dev.terse.engine.AttentionShape;
import dev.terse.engine.Engine;
import dev.terse.engine.HeadBackward;
import dev.terse.engine.HeadRows;
import dev.terse.engine.KvCache;
import dev.terse.engine.Qkv;
import dev.terse.engine.Segments;
import dev.terse.engine.TableGradient;
import dev.terse.engine.Tensor;
import dev.terse.engine.reference.ReferenceEngine;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TimedEngineTest {
  private static final AttentionShape ONE_HEAD = AttentionShape.of(1, 1, 2);

  private final Profile profile = new Profile();
  private final Engine engine =
      TimedEngine.around(new ReferenceEngine(), profile, ComputeType.FP32);
  private final Arena arena = engine.arena();

  @AfterEach
  void close() {
    arena.close();
    engine.close();
  }

  private Tensor tensor(double[] values, int... shape) {
    Tensor tensor = arena.floats(shape);
    tensor.setDoubles(values);
    return tensor;
  }

  @Test
  void linear_throughTheProxy_computesAndCountsFlopAndBytes() {
    Tensor x = tensor(new double[] {1, 2, 3}, 1, 3);
    Tensor w = tensor(new double[] {1, 0, 0, 0, 1, 1}, 2, 3);
    Tensor out = arena.floats(1, 2);
    profile.repeat(1, () -> engine.linear(x, w, null, out));
    assertThat(out.toDoubles()).containsExactly(1, 5);
    assertThat(profile.flopAndBytes()).containsExactly(2 * 3 * 2, 4 * (3 + 6 + 2));
    assertThat(profile.phaseMillis()).containsKeys("matmuls forward", "outside the engine");
  }

  @Test
  void attention_ofTwoSegments_countsThePairsThatTheMaskLeaves() {
    double[] values = new double[10];
    Tensor q = tensor(values, 5, 2);
    Tensor out = arena.floats(5, 2);
    Segments segments = Segments.ofLengths(2, 3);
    profile.repeat(1, () -> engine.attention(new Qkv<>(q, q, q), segments, ONE_HEAD, out));
    int pairs = 3 + 6;
    assertThat(profile.flopAndBytes()[0]).isEqualTo(2 * 2 * pairs * 2);
  }

  @Test
  void cache_attendSteps_areCountedAtTheirPositions() {
    Tensor row = tensor(new double[] {1, 2}, 1, 2);
    Tensor out = arena.floats(1, 2);
    profile.repeat(
        1,
        () -> {
          try (KvCache cache = engine.kvCache(1, ONE_HEAD, 2)) {
            cache.join(new int[] {0});
            cache.putPrompts(0, row, row, Segments.ofLengths(1));
            cache.attend(0, new Qkv<>(row, row, row), out);
            cache.advance();
            cache.attend(0, new Qkv<>(row, row, row), out);
          }
        });
    int visible = 2 + 3; // the prompt's token, the own ones, the new one included
    assertThat(profile.flopAndBytes()[0]).isEqualTo(2 * 2 * visible * 2);
    assertThat(out.toDoubles()).containsExactly(new double[] {1, 2}, withinRounding());
  }

  private static Offset<Double> withinRounding() {
    return Offset.offset(1e-12);
  }

  @Test
  void head_ofFewWantedRows_countsTheirGradientOnly() {
    Tensor hidden = tensor(new double[] {1, 2}, 1, 2);
    Tensor head = tensor(new double[] {1, 0, 0, 1, 1, 1}, 3, 2);
    Tensor dHidden = arena.floats(1, 2);
    HeadRows rows = new HeadRows(new int[] {0}, new int[] {2});
    TableGradient<Tensor> one = new TableGradient<>(new int[] {1}, arena.zeros(1, 2));
    profile.repeat(
        1,
        () ->
            engine.tokenLogProbs(
                hidden, head, rows, 1, new HeadBackward<>((i, logProb) -> -1, dHidden, one)));
    assertThat(profile.flopAndBytes()[0]).isEqualTo(2 * (2 * 6 + 2));
  }

  @Test
  void misuse_ofAnOperation_isToldByTheEngineItself() {
    Tensor x = arena.floats(1, 3);
    assertThatThrownBy(() -> engine.linear(x, arena.floats(2, 4), null, arena.floats(1, 2)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
