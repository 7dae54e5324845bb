package dev.terse.dl4j;

import dev.terse.trainer.metrics.ListenerBridge;
import dev.terse.trainer.metrics.MetricSink;
import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.optimize.api.TrainingListener;

/** Makes the listeners that a configuration names ({@code training_listeners}). */
public final class ListenerClasses implements ListenerBridge {
  @Override
  public MetricSink sink(List<String> classes) {
    return new ListenerSink(load(classes));
  }

  /**
   * One listener a name, by its public constructor without arguments. Classes of your own are found
   * when the program is started as {@code java -cp trainer.jar:mine.jar
   * dev.terse.trainer.cli.Main}.
   *
   * @param names full class names
   * @throws IllegalArgumentException if a class is missing, is no listener or cannot be made
   */
  public static List<TrainingListener> load(List<String> names) {
    List<TrainingListener> listeners = new ArrayList<>();
    for (String name : names) {
      listeners.add(make(find(name)));
    }
    return listeners;
  }

  private static Class<? extends TrainingListener> find(String name) {
    try {
      Class<?> found = Class.forName(name);
      if (!TrainingListener.class.isAssignableFrom(found)) {
        throw new IllegalArgumentException(
            "training_listeners: " + name + " is not a " + TrainingListener.class.getName());
      }
      return found.asSubclass(TrainingListener.class);
    } catch (ClassNotFoundException e) {
      throw new IllegalArgumentException(
          "training_listeners: class '" + name + "' is not on the class path", e);
    }
  }

  private static TrainingListener make(Class<? extends TrainingListener> type) {
    try {
      return type.getConstructor().newInstance();
    } catch (InvocationTargetException e) {
      throw new IllegalArgumentException(
          "training_listeners: the constructor of " + type.getName() + " failed: " + e.getCause(),
          e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalArgumentException(
          "training_listeners: "
              + type.getName()
              + " must be public with a public constructor without arguments",
          e);
    }
  }
}
