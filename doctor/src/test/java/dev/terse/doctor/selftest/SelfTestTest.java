package dev.terse.doctor.selftest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.terse.doctor.Check;
import dev.terse.doctor.Doctor;
import dev.terse.doctor.DoctorHarness;
import dev.terse.doctor.Finding;
import dev.terse.doctor.Finding.Level;
import dev.terse.doctor.selftest.Subject.Tolerance;
import dev.terse.engine.Engine;
import dev.terse.engine.Segments;
import dev.terse.engine.nd4j.Nd4jEngine;
import dev.terse.engine.numbers.NumberType;
import dev.terse.model.folder.ModelFolder;
import dev.terse.model.tokenizer.Tokenizer;
import dev.terse.model.tokenizer.TokenizerFiles;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A sound engine passes, and each fault is found by the check that is there for it. */
class SelfTestTest {

  @Test
  void engine_thatIsSound_passes_andTheWeightsAreAsBefore() {
    try (Engine engine = engine(NumberType.FLOAT32);
        ModelFolder model = ModelFolder.load(DoctorHarness.MODEL, engine)) {
      float[] before = embedding(model);
      List<Finding> verdicts = run(SelfTest.of(subject(model, Tolerance.FLOAT32)));
      assertThat(verdicts).extracting(Finding::level).containsOnly(Level.OK);
      assertThat(verdicts)
          .extracting(Finding::subject)
          .containsExactly("tokens", "packed", "split", "decoding", "gradient", "gradient");
      assertThat(embedding(model)).isEqualTo(before);
    }
  }

  @Test
  void engine_thatRounds_isHeldAgainstOneThatDoesNot() {
    try (Engine exact = engine(NumberType.FLOAT32);
        Engine rounding = engine(NumberType.BFLOAT16);
        ModelFolder full = ModelFolder.load(DoctorHarness.MODEL, exact);
        ModelFolder rounded = ModelFolder.load(DoctorHarness.MODEL, rounding)) {
      List<Finding> verdicts =
          run(SelfTest.of(subject(rounded, Tolerance.BFLOAT16), subject(full, Tolerance.FLOAT32)));
      assertThat(verdicts).extracting(Finding::level).containsOnly(Level.OK);
      assertThat(verdicts).extracting(Finding::subject).contains("bfloat16");
    }
  }

  /** The gradient of each matmul's weight is added twice. */
  @Test
  void gradient_thatIsTooLarge_isFound() {
    Fault twice =
        (method, arguments, call) -> {
          if (method.equals("linearBackwardWeight")) {
            call.invoke(arguments);
          }
          return call.invoke(arguments);
        };
    assertThat(problems(twice)).contains("gradient").doesNotContain("packed", "decoding");
  }

  /** Attention reaches over the borders of rows. */
  @Test
  void rows_thatSeeEachOther_areFound() {
    Fault borders =
        (method, arguments, call) -> {
          if (method.equals("attention")) {
            arguments[1] = Segments.ofLengths(((Segments) arguments[1]).tokens());
          }
          return call.invoke(arguments);
        };
    assertThat(problems(borders)).contains("packed", "split");
  }

  /** The sampler reads logits that were divided by another temperature. */
  @Test
  void decoding_thatSaysOtherProbabilities_isFound() {
    Fault factor =
        (method, arguments, call) -> {
          if (method.equals("softmaxRows")) {
            arguments[1] = (double) arguments[1] * 0.9;
          }
          return call.invoke(arguments);
        };
    assertThat(problems(factor)).containsExactly("decoding");
  }

  @Test
  void tokenizer_thatLosesLetters_isFound() {
    TokenizerFiles files = TokenizerFiles.read(DoctorHarness.MODEL);
    ObjectNode json = files.json(TokenizerFiles.TOKENIZER).deepCopy();
    json.set("normalizer", JsonNodeFactory.instance.objectNode().put("type", "Lowercase"));
    Map<String, byte[]> changed = new LinkedHashMap<>(files.files());
    changed.put(TokenizerFiles.TOKENIZER, TokenizerFiles.bytes(json));
    try (Tokenizer lossy = Tokenizer.of(new TokenizerFiles(changed))) {
      List<Finding> verdicts = run(List.of(new RoundTripCheck(lossy)));
      assertThat(verdicts).extracting(Finding::level).contains(Level.PROBLEM);
      assertThat(verdicts.get(0).line()).contains("texts do not come back", "normalizer");
    }
  }

  /** What is wrong with an engine. */
  private interface Fault {
    Object call(String method, Object[] arguments, Call call) throws ReflectiveOperationException;
  }

  /** The sound operation. */
  private interface Call {
    Object invoke(Object[] arguments) throws ReflectiveOperationException;
  }

  private static List<String> problems(Fault fault) {
    try (Engine sound = engine(NumberType.FLOAT32)) {
      Engine faulty =
          (Engine)
              Proxy.newProxyInstance(
                  Engine.class.getClassLoader(),
                  new Class<?>[] {Engine.class},
                  (proxy, method, arguments) -> invoke(sound, method, arguments, fault));
      try (ModelFolder model = ModelFolder.load(DoctorHarness.MODEL, faulty)) {
        return run(SelfTest.of(subject(model, Tolerance.FLOAT32))).stream()
            .filter(verdict -> verdict.level() == Level.PROBLEM)
            .map(Finding::subject)
            .distinct()
            .toList();
      }
    }
  }

  private static Object invoke(Engine sound, Method method, Object[] arguments, Fault fault)
      throws Throwable {
    try {
      return fault.call(method.getName(), arguments, given -> method.invoke(sound, given));
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private static Engine engine(NumberType matmuls) {
    return new Nd4jEngine(matmuls);
  }

  private static Subject subject(ModelFolder model, Tolerance tolerance) {
    return new Subject(model, tolerance, 42);
  }

  private static float[] embedding(ModelFolder model) {
    return model.decoder().weights().tensors().values().iterator().next().toFloats();
  }

  private static List<Finding> run(List<Check> checks) {
    List<Finding> verdicts = new ArrayList<>();
    Doctor.examine(checks, List.of(), verdicts::add);
    return verdicts;
  }
}
