package dev.terse.testkit.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectNestedClass;

import dev.terse.engine.AdamW;
import dev.terse.engine.AttentionShape;
import dev.terse.engine.Engine;
import dev.terse.engine.Engine.Write;
import dev.terse.engine.HeadBackward;
import dev.terse.engine.HeadRows;
import dev.terse.engine.KvCache;
import dev.terse.engine.LogProbGradient;
import dev.terse.engine.Qkv;
import dev.terse.engine.Rotary;
import dev.terse.engine.RowReader;
import dev.terse.engine.Segments;
import dev.terse.engine.TableGradient;
import dev.terse.engine.Tensor;
import dev.terse.engine.TokenScores;
import dev.terse.engine.reference.ReferenceEngine;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

/** The suite is no formality: an engine with one fault fails in the part that speaks of it. */
class EngineConformanceFaultTest {
  private static final Set<String> CALLED = ConcurrentHashMap.newKeySet();
  private static Engine underTest;

  /** The suite as an engine of float32 matmuls would run it. */
  static class Suite extends EngineConformance {
    @Override
    protected Engine newEngine() {
      return underTest;
    }

    @Override
    protected double unitRoundoff() {
      return 0x1.0p-24;
    }
  }

  /** Replaces one call with arguments {@code a}; {@code right} is without fault. */
  private interface Fault<T> {
    Object call(T right, Object[] a);
  }

  static Stream<Arguments> faults() {
    return Stream.of(
        fault(
            "Memory",
            "add without its factor",
            "add",
            (e, a) -> {
              e.add(t(a[0]), 1, t(a[2]));
              return null;
            }),
        fault("Memory", "clear that does nothing", "clear", (e, a) -> null),
        fault(
            "Memory",
            "tensors that are not cleared",
            "allocate",
            (e, a) -> {
              Tensor tensor = e.allocate((int[]) a[0]);
              double[] values = new double[(int) tensor.size()];
              Arrays.fill(values, 1e-3);
              tensor.setDoubles(values);
              return tensor;
            }),
        fault(
            "Embedding",
            "ids pulled into the table",
            "embed",
            (e, a) -> {
              int last = t(a[0]).rows() - 1;
              int[] ids =
                  Arrays.stream((int[]) a[1]).map(id -> Math.max(0, Math.min(last, id))).toArray();
              e.embed(t(a[0]), ids, t(a[2]));
              return null;
            }),
        fault(
            "Embedding",
            "backward that overwrites",
            "embedBackward",
            (e, a) -> {
              e.clear(t(a[2]));
              e.embedBackward((int[]) a[0], t(a[1]), t(a[2]));
              return null;
            }),
        fault(
            "Linear",
            "no bias",
            "linear",
            (e, a) -> {
              e.linear(t(a[0]), t(a[1]), null, t(a[3]));
              return null;
            }),
        fault(
            "Linear",
            "16-bit inputs",
            "linear",
            (e, a) -> {
              Tensor x = e.allocate(t(a[0]).shape());
              x.setDoubles(Arrays.stream(t(a[0]).toDoubles()).map(v -> cut(v)).toArray());
              e.linear(x, t(a[1]), t(a[2]), t(a[3]));
              return null;
            }),
        fault(
            "Linear",
            "adds ignored",
            "linearBackwardInput",
            (e, a) -> {
              e.linearBackwardInput(t(a[0]), t(a[1]), t(a[2]), Write.OVERWRITE);
              return null;
            }),
        fault(
            "Linear",
            "weight gradient overwritten",
            "linearBackwardWeight",
            (e, a) -> {
              e.clear(t(a[2]));
              e.linearBackwardWeight(t(a[0]), t(a[1]), t(a[2]), t(a[3]));
              return null;
            }),
        fault(
            "Columns",
            "bias forgotten",
            "scaleColumns",
            (e, a) -> {
              e.scaleColumns(t(a[0]), t(a[1]), null, t(a[3]));
              return null;
            }),
        fault(
            "Columns",
            "dots overwritten",
            "addColumnDots",
            (e, a) -> {
              e.clear(t(a[2]));
              e.addColumnDots(t(a[0]), t(a[1]), t(a[2]));
              return null;
            }),
        fault(
            "Columns",
            "one mask for all rows",
            "dropout",
            (e, a) -> {
              long[] seeds = (long[]) a[2];
              long[] same = LongStream.generate(() -> seeds[0]).limit(seeds.length).toArray();
              e.dropout(t(a[0]), (double) a[1], same, t(a[3]));
              return null;
            }),
        fault(
            "Rows",
            "eps forgotten",
            "rmsNorm",
            (e, a) -> {
              e.rmsNorm(t(a[0]), t(a[1]), 0, t(a[3]));
              return null;
            }),
        fault(
            "Rows",
            "norm that always adds",
            "rmsNormBackward",
            (e, a) -> {
              if (a[3] != a[4]) {
                e.rmsNormBackward(
                    t(a[0]), t(a[1]), (double) a[2], t(a[3]), t(a[4]), Write.ADD, t(a[6]));
              }
              return null;
            }),
        fault(
            "Rows",
            "angles in 32 bits",
            "rope",
            (e, a) -> {
              double[] rounded =
                  Arrays.stream(((Rotary) a[2]).inverseFrequencies()).map(f -> (float) f).toArray();
              e.rope(t(a[0]), (int[]) a[1], new Rotary(rounded, ((Rotary) a[2]).scale()));
              return null;
            }),
        fault(
            "Rows",
            "rotation without its scale",
            "rope",
            (e, a) -> {
              e.rope(t(a[0]), (int[]) a[1], new Rotary(((Rotary) a[2]).inverseFrequencies()));
              return null;
            }),
        fault(
            "Rows",
            "backward that turns forward",
            "ropeBackward",
            (e, a) -> {
              e.rope(t(a[0]), (int[]) a[1], (Rotary) a[2]);
              return null;
            }),
        fault(
            "Rows",
            "gate and up exchanged",
            "swiglu",
            (e, a) -> {
              e.swiglu(t(a[1]), t(a[0]), t(a[2]));
              return null;
            }),
        fault(
            "Rows",
            "gradients of gate and up exchanged",
            "swigluBackward",
            (e, a) -> {
              e.swigluBackward(t(a[0]), t(a[1]), t(a[2]), t(a[4]), t(a[3]));
              return null;
            }),
        fault(
            "Rows",
            "no temperature",
            "softmaxRows",
            (e, a) -> {
              e.softmaxRows(t(a[0]), 1, (RowReader) a[2]);
              return null;
            }),
        fault(
            "Attention",
            "segments that see each other",
            "attention",
            (e, a) -> {
              Segments one = Segments.ofLengths(((Segments) a[1]).tokens());
              e.attention((Qkv<?>) a[0], one, (AttentionShape) a[2], t(a[3]));
              return null;
            }),
        fault(
            "Attention",
            "backward with another scale",
            "attentionBackward",
            (e, a) -> {
              AttentionShape s = (AttentionShape) a[2];
              AttentionShape other =
                  new AttentionShape(s.heads(), s.kvHeads(), s.headDim(), 1.01 * s.scale());
              e.attentionBackward((Qkv<?>) a[0], (Segments) a[1], other, t(a[3]), (Qkv<?>) a[4]);
              return null;
            }),
        fault(
            "Decoding",
            "all sequences on one prompt",
            "kvCache",
            (e, a) -> {
              KvCache right = e.kvCache((int) a[0], (AttentionShape) a[1], (int) a[2]);
              return proxy(
                  KvCache.class,
                  right,
                  Map.of(
                      "join",
                      (cache, b) -> {
                        int[] promptOf = ((int[]) b[0]).clone();
                        Arrays.fill(promptOf, promptOf[0]);
                        cache.join(promptOf);
                        return null;
                      }));
            }),
        fault(
            "Decoding",
            "the wrong sequences kept",
            "kvCache",
            (e, a) -> {
              KvCache right = e.kvCache((int) a[0], (AttentionShape) a[1], (int) a[2]);
              return proxy(
                  KvCache.class,
                  right,
                  Map.of(
                      "keep",
                      (cache, b) -> {
                        cache.keep(IntStream.range(0, ((int[]) b[0]).length).toArray());
                        return null;
                      }));
            }),
        fault(
            "Head",
            "temperature ignored",
            "tokenLogProbs",
            (e, a) -> {
              a[3] = 1.0;
              return tokenLogProbs(e, a);
            }),
        fault(
            "Head",
            "sums for means",
            "tokenLogProbs",
            (e, a) -> {
              TokenScores s = tokenLogProbs(e, a);
              int vocabulary = t(a[1]).shape()[0];
              double[] sums = Arrays.stream(s.meanLogProbs()).map(m -> m * vocabulary).toArray();
              return new TokenScores(s.logProbs(), sums, s.entropies(), s.targetIsArgMax());
            }),
        fault(
            "Head",
            "entropies in bits",
            "tokenLogProbs",
            (e, a) -> {
              TokenScores s = tokenLogProbs(e, a);
              double[] bits = Arrays.stream(s.entropies()).map(h -> h / Math.log(2)).toArray();
              return new TokenScores(s.logProbs(), s.meanLogProbs(), bits, s.targetIsArgMax());
            }),
        fault(
            "Head",
            "gradient of the head overwritten",
            "tokenLogProbs",
            (e, a) -> {
              if (a.length > 4 && dHead(a).sums() != null) {
                e.clear(dHead(a).sums());
              }
              return tokenLogProbs(e, a);
            }),
        fault(
            "Head",
            "loss of entropies not asked",
            "tokenLogProbs",
            (e, a) -> {
              if (a.length > 4) {
                HeadBackward<?> right = (HeadBackward<?>) a[4];
                LogProbGradient deaf =
                    new LogProbGradient() {
                      @Override
                      public double of(int index, double logProb) {
                        return right.loss().of(index, logProb);
                      }

                      @Override
                      public double ofMean(int index, double meanLogProb) {
                        return right.loss().ofMean(index, meanLogProb);
                      }
                    };
                a[4] = withLoss(right, deaf);
              }
              return tokenLogProbs(e, a);
            }),
        fault(
            "Head",
            "loss of means not asked",
            "tokenLogProbs",
            (e, a) -> {
              if (a.length > 4) {
                HeadBackward<?> right = (HeadBackward<?>) a[4];
                LogProbGradient deaf =
                    new LogProbGradient() {
                      @Override
                      public double of(int index, double logProb) {
                        return right.loss().of(index, logProb);
                      }

                      @Override
                      public double ofEntropy(int index, double entropy) {
                        return right.loss().ofEntropy(index, entropy);
                      }
                    };
                a[4] = withLoss(right, deaf);
              }
              return tokenLogProbs(e, a);
            }),
        fault(
            "Head",
            "trained rows in another order",
            "tokenLogProbs",
            (e, a) -> {
              if (a.length > 4 && !dHead(a).isWhole()) {
                int[] ids = dHead(a).ids();
                int[] reversed =
                    IntStream.range(0, ids.length).map(i -> ids[ids.length - 1 - i]).toArray();
                HeadBackward<?> right = (HeadBackward<?>) a[4];
                TableGradient<Tensor> wrong = new TableGradient<>(reversed, dHead(a).sums());
                a[4] = new HeadBackward<Tensor>(right.loss(), right.dHidden(), wrong);
              }
              return tokenLogProbs(e, a);
            }),
        fault(
            "Optimizer",
            "bias correction one step late",
            "adamW",
            (e, a) -> {
              AdamW u = (AdamW) a[0];
              AdamW late =
                  new AdamW(
                      u.learningRate(),
                      u.beta1(),
                      u.beta2(),
                      u.epsilon(),
                      u.weightDecay(),
                      u.step() + 1,
                      u.gradScale(),
                      0);
              e.adamW(late, t(a[1]), t(a[2]), t(a[3]), t(a[4]));
              return null;
            }),
        fault(
            "Optimizer",
            "squares summed in 32 bits",
            "sumOfSquares",
            (e, a) -> {
              float sum = 0;
              for (double v : t(a[0]).toDoubles()) {
                sum += (float) (v * v);
              }
              return (double) sum;
            }),
        fault("Misuse", "sizes not compared", "copy", (e, a) -> null));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("faults")
  void engine_withOneFault_failsItsPart(
      String part, String what, String operation, Fault<Engine> fault) {
    underTest = proxy(Engine.class, new ReferenceEngine(), Map.of(operation, fault));
    DiscoverySelector tests =
        selectNestedClass(
            List.of(Suite.class.getName()), EngineConformance.class.getName() + "$" + part);
    assertThat(failures(tests)).as(what).isNotEmpty();
  }

  @Test
  void engine_withoutFault_passesAllParts() {
    CALLED.clear();
    Fault<Engine> watched =
        (e, a) ->
            proxy(
                KvCache.class, e.kvCache((int) a[0], (AttentionShape) a[1], (int) a[2]), Map.of());
    underTest = proxy(Engine.class, new ReferenceEngine(), Map.of("kvCache", watched));
    assertThat(failures(selectClass(Suite.class))).isEmpty();
    assertThat(CALLED)
        .as("operations that some part runs")
        .containsAll(EngineConformance.operations());
  }

  private static List<String> failures(DiscoverySelector tests) {
    SummaryGeneratingListener listener = new SummaryGeneratingListener();
    LauncherFactory.create()
        .execute(LauncherDiscoveryRequestBuilder.request().selectors(tests).build(), listener);
    assertThat(listener.getSummary().getTestsFoundCount()).isPositive();
    return listener.getSummary().getFailures().stream().map(f -> f.toString()).toList();
  }

  private static Arguments fault(String part, String what, String operation, Fault<Engine> fault) {
    return Arguments.of(part, what, operation, fault);
  }

  private static <T> T proxy(Class<T> type, T right, Map<String, Fault<T>> faults) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (self, method, arguments) -> {
              CALLED.add(EngineConformance.nameOf(method));
              Fault<T> fault = faults.get(method.getName());
              if (fault != null) {
                return fault.call(right, arguments);
              }
              try {
                return method.invoke(right, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            }));
  }

  private static TokenScores tokenLogProbs(Engine engine, Object[] a) {
    HeadRows rows = (HeadRows) a[2];
    double temperature = (double) a[3];
    return a.length == 4
        ? engine.tokenLogProbs(t(a[0]), t(a[1]), rows, temperature)
        : engine.tokenLogProbs(t(a[0]), t(a[1]), rows, temperature, (HeadBackward<?>) a[4]);
  }

  private static <T extends Tensor> HeadBackward<T> withLoss(
      HeadBackward<T> right, LogProbGradient loss) {
    return new HeadBackward<>(loss, right.dHidden(), right.dHead());
  }

  private static TableGradient<?> dHead(Object[] a) {
    return ((HeadBackward<?>) a[4]).dHead();
  }

  private static Tensor t(Object argument) {
    return (Tensor) argument;
  }

  /** The number with the 8 significant bits of bfloat16. */
  private static double cut(double value) {
    return Float.intBitsToFloat(Float.floatToIntBits((float) value) & 0xffff0000);
  }
}
