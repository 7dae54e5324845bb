package dev.terse.dl4j;

import dev.terse.trainer.metrics.MetricSink;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.optimize.api.TrainingListener;

/**
 * Lets DL4J's training listeners watch a run: each logged step with a {@code train/loss} is an
 * iteration, whose number is the step, as in TensorBoard (1 for the first update), and whose score
 * is the loss. Epochs begin and end with the whole part of {@code train/epoch}. What a listener
 * throws ends the run: a listener may stop a training.
 */
public final class ListenerSink implements MetricSink {
  private final RunModel model = new RunModel();
  private int epoch = -1;

  public ListenerSink(List<TrainingListener> listeners) {
    model.setListeners(listeners);
  }

  @Override
  public void scalars(long step, Map<String, Double> values) {
    Double loss = values.get("train/loss");
    if (loss == null) {
      return;
    }
    enter((int) Math.floor(values.getOrDefault("train/epoch", 0.0)));
    model.setScore(loss);
    for (TrainingListener listener : model.listeners()) {
      listener.iterationDone(model, Math.toIntExact(step), epoch);
    }
  }

  @Override
  public void close() {
    if (epoch >= 0) {
      model.listeners().forEach(listener -> listener.onEpochEnd(model));
    }
  }

  private void enter(int newEpoch) {
    if (newEpoch != epoch) {
      close();
      epoch = newEpoch;
      model.listeners().forEach(listener -> listener.onEpochStart(model));
    }
  }
}
