package dev.terse.serve.model;

import dev.terse.model.chat.ChatTemplate;
import dev.terse.model.folder.ModelFolder;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * The models by their names, each with its newest weights. The first is meant where none is named.
 */
public final class Models {
  private final ModelWorker worker;
  private final Function<Path, ModelFolder> loader;
  private final Map<String, Object> templateVariables;
  private final Map<String, ServedModel> byName = new LinkedHashMap<>();

  /**
   * @param worker closes the models
   * @param loader reads a model; called on the worker's thread
   * @param templateVariables names for the chat templates in every conversation
   */
  public Models(
      ModelWorker worker,
      Function<Path, ModelFolder> loader,
      Map<String, Object> templateVariables) {
    this.worker = worker;
    this.loader = loader;
    this.templateVariables = templateVariables;
  }

  /**
   * Serves a model under a new name, or new weights under one that is known: requests that are in
   * flight end with the old ones, and memory is needed for both until then.
   *
   * @throws IllegalArgumentException if the folder is no model; the old one goes on
   */
  public synchronized ServedModel put(String name, Path path) {
    ServedModel old = newest(name).orElse(null);
    ModelFolder folder = worker.call(() -> loader.apply(path));
    ChatTemplate template =
        folder.template() == null ? null : folder.template().with(templateVariables);
    ServedModel model =
        new ServedModel(name, path, old == null ? 1 : old.version() + 1, folder, template);
    worker.open(model);
    synchronized (byName) {
      byName.put(name, model);
    }
    if (old != null) {
      old.retire();
    }
    return model;
  }

  private Optional<ServedModel> newest(String name) {
    synchronized (byName) {
      return Optional.ofNullable(byName.get(name));
    }
  }

  /** The models, in the order in which they were given. */
  public List<ServedModel> all() {
    synchronized (byName) {
      return List.copyOf(byName.values());
    }
  }

  /**
   * The newest weights of a model, which stay until the lease is closed.
   *
   * @param name null for the first
   * @return none where there is no such name
   */
  public Optional<Lease> lease(String name) {
    synchronized (byName) {
      ServedModel model = name == null ? byName.values().iterator().next() : byName.get(name);
      if (model == null) {
        return Optional.empty();
      }
      if (!model.hold()) {
        throw new IllegalStateException(model.name() + " is retired under its own name");
      }
      return Optional.of(new Lease(model));
    }
  }
}
