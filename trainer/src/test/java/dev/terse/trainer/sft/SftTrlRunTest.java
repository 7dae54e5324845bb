package dev.terse.trainer.sft;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.terse.engine.Engine;
import dev.terse.engine.nd4j.Nd4jEngine;
import dev.terse.engine.numbers.NumberType;
import dev.terse.model.folder.ModelFolder;
import dev.terse.testkit.SharedData;
import dev.terse.trainer.config.ConfigReader;
import dev.terse.trainer.fixtures.MemorySink;
import dev.terse.trainer.loop.StopSignal;
import dev.terse.trainer.metrics.Phases;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Twenty updates of a model that comes with Terse are those of TRL on the same rows in the same
 * order (src/test/python/golden_sft_run.py): loss, gradient norm and the weights at the end within
 * 1e-4 in float32, tokens exactly.
 */
class SftTrlRunTest {
  private static final double RELATIVE = 1e-4;

  @TempDir private Path folder;

  private static JsonNode golden() throws IOException {
    try (InputStream in = SftTrlRunTest.class.getResourceAsStream("/golden/sft-run.json")) {
      return new ObjectMapper().readTree(in);
    }
  }

  static Stream<String> runs() throws IOException {
    return golden().get("runs").propertyStream().map(Map.Entry::getKey);
  }

  @ParameterizedTest
  @MethodSource("runs")
  void updates_onTheSameRows_areTrls(String name) throws IOException {
    JsonNode golden = golden();
    JsonNode run = golden.get("runs").get(name);
    Path rows = folder.resolve("rows.jsonl");
    Files.writeString(
        rows,
        golden
            .get("rows")
            .get(run.get("rows").asText())
            .valueStream()
            .map(row -> row + "\n")
            .collect(Collectors.joining()));
    Path model = SharedData.projectRoot().resolve("checkpoints/arithmetic-skip");
    MemorySink sink = new MemorySink();
    try (Engine engine = new Nd4jEngine(NumberType.FLOAT32)) {
      new SftRun(
              ConfigReader.read(null, arguments(run, model, rows), SftConfig.class),
              engine,
              sink,
              Phases.QUIET)
          .run(new StopSignal());
      for (String metric : List.of("num_tokens", "loss", "grad_norm")) {
        List<Double> ours = sink.values("train/" + metric);
        assertThat(ours).hasSize(run.get("updates").size());
        for (int i = 0; i < ours.size(); i++) {
          double trl = run.get("updates").get(i).get(metric).asDouble();
          double allowed = metric.equals("num_tokens") ? 0 : RELATIVE * Math.abs(trl);
          assertThat(Math.abs(ours.get(i) - trl))
              .as("%s, update %s, %s: %s, TRL %s", name, i, metric, ours.get(i), trl)
              .isLessThanOrEqualTo(allowed);
        }
      }
      try (ModelFolder begun = ModelFolder.load(model, engine);
          ModelFolder ended = ModelFolder.load(folder.resolve("out"), engine)) {
        run.get("weights")
            .properties()
            .forEach(each -> check(each.getKey(), each.getValue(), begun, ended));
      }
    }
  }

  private List<String> arguments(JsonNode run, Path model, Path rows) {
    int accumulation = run.get("settings").get("gradient_accumulation_steps").asInt();
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--model_name_or_path=" + model,
                "--dataset_name=" + rows,
                "--output_dir=" + folder.resolve("out"),
                "--per_device_train_batch_size=" + 4 / accumulation,
                "--learning_rate=2e-4",
                "--lr_scheduler_type=linear",
                "--warmup_steps=4",
                "--max_steps=20",
                "--train_sampling_strategy=sequential",
                "--logging_steps=1",
                "--save_strategy=no",
                "--max_length=256"));
    run.get("settings")
        .properties()
        .forEach(each -> arguments.add("--" + each.getKey() + "=" + each.getValue().asText()));
    return arguments;
  }

  /** A tensor has moved as far as TRL's, and eight of its numbers are TRL's. */
  private static void check(String name, JsonNode expected, ModelFolder begun, ModelFolder ended) {
    double[] before = begun.decoder().trained().get(name).toDoubles();
    double[] now = ended.decoder().trained().get(name).toDoubles();
    double squares = 0;
    double size = 0;
    for (int i = 0; i < now.length; i++) {
      squares += (now[i] - before[i]) * (now[i] - before[i]);
      size += now[i] * now[i];
    }
    double change = expected.get("change").asDouble();
    assertThat(Math.abs(Math.sqrt(squares) - change))
        .as("change of %s: %s, TRL %s", name, Math.sqrt(squares), change)
        .isLessThanOrEqualTo(1e-3 * change);
    int step = Math.max(1, now.length / 8);
    for (int k = 0; k < expected.get("values").size(); k++) {
      double trl = expected.get("values").get(k).asDouble();
      assertThat(Math.abs(now[k * step] - trl))
          .as("%s[%s]: %s, TRL %s", name, k * step, now[k * step], trl)
          .isLessThanOrEqualTo(RELATIVE * Math.max(Math.abs(trl), Math.sqrt(size / now.length)));
    }
  }
}
