package dev.terse.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terse.trainer.config.ConfigReader;
import dev.terse.trainer.metrics.ConsoleSink;
import dev.terse.trainer.metrics.LoggingConfig;
import dev.terse.trainer.metrics.MetricSink;
import dev.terse.trainer.metrics.RunSinks;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.deeplearning4j.optimize.listeners.CollectScoresListener;
import org.deeplearning4j.optimize.listeners.ScoreIterationListener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ListenerSinkTest {

  @Test
  void collectScoresListener_ofDl4j_seesEveryLoss() {
    CollectScoresListener scores = new CollectScoresListener(1);
    try (MetricSink sink = sink(scores, new ScoreIterationListener(1))) {
      for (int step = 1; step <= 4; step++) {
        sink.scalars(step, Map.of("train/loss", 1.0 / step, "train/epoch", 0.5 * step));
      }
    }
    assertThat(scores.getListIteration().toIntArray()).containsExactly(1, 2, 3, 4);
    assertThat(scores.getListScore().toDoubleArray()).containsExactly(1, 0.5, 1.0 / 3, 0.25);
  }

  @Test
  void epochs_beginAndEndWithTheWholePartOfTheEpoch() {
    Recorder recorder = new Recorder();
    try (MetricSink sink = sink(recorder)) {
      sink.scalars(1, Map.of("train/loss", 3.0, "train/epoch", 0.5));
      sink.scalars(2, Map.of("eval/loss", 9.0));
      sink.scalars(2, Map.of("train/loss", 2.0, "train/epoch", 1.0));
    }
    assertThat(recorder.heard)
        .containsExactly("start", "1@0 3.0", "end", "start", "2@1 2.0", "end");
  }

  @Test
  void model_askedForWhatARunLacks_refusesWithASentence() {
    RunModel model = new RunModel();
    assertThat(model.score()).isNaN();
    assertThatThrownBy(model::params)
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessage(
            "a Terse run tells DL4J listeners its score, iteration and epoch; Model.params() has no"
                + " meaning for it");
  }

  @Test
  void classes_namedInAConfiguration_areMade() {
    assertThat(ListenerClasses.load(List.of(ScoreIterationListener.class.getName())))
        .hasOnlyElementsOfType(ScoreIterationListener.class);
  }

  @Test
  void listeners_ofAConfiguration_areFoundByTheTrainer(@TempDir Path folder) throws IOException {
    LoggingConfig logging =
        ConfigReader.parse(
                "test",
                "training_listeners: [" + Losses.class.getName() + "]",
                List.of(),
                LoggingConfig.class)
            .config();
    try (MetricSink sink = RunSinks.open(logging, folder, new ConsoleSink(System.out))) {
      sink.scalars(1, Map.of("train/loss", 0.25));
    }
    assertThat(Losses.HEARD).containsExactly(0.25);
  }

  @Test
  void classes_thatCannotServe_areRefusedWithTheReason() {
    assertThatThrownBy(() -> ListenerClasses.load(List.of("no.such.Listener")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("training_listeners: class 'no.such.Listener' is not on the class path");
    assertThatThrownBy(() -> ListenerClasses.load(List.of("java.lang.String")))
        .hasMessage(
            "training_listeners: java.lang.String is not a"
                + " org.deeplearning4j.optimize.api.TrainingListener");
    assertThatThrownBy(() -> ListenerClasses.load(List.of(Recorder.class.getName())))
        .hasMessageEndingWith("must be public with a public constructor without arguments");
  }

  private static MetricSink sink(TrainingListener... listeners) {
    return new ListenerSink(List.of(listeners));
  }

  /** Made by its name, so what it hears is static. */
  public static final class Losses extends BaseTrainingListener {
    private static final List<Double> HEARD = new ArrayList<>();

    @Override
    public void iterationDone(Model model, int iteration, int epoch) {
      HEARD.add(model.score());
    }
  }

  private static final class Recorder extends BaseTrainingListener {
    private final List<String> heard = new ArrayList<>();

    @Override
    public void onEpochStart(Model model) {
      heard.add("start");
    }

    @Override
    public void onEpochEnd(Model model) {
      heard.add("end");
    }

    @Override
    public void iterationDone(Model model, int iteration, int epoch) {
      heard.add(iteration + "@" + epoch + " " + model.score());
    }
  }
}
