package dev.terse.trainer.config;

import dev.terse.io.hub.InputKind;
import dev.terse.trainer.config.places.Writes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The values of a configuration while it is read, whether or not all of it fits. */
public final class ConfigValues {
  /** Values of keys that may name a checkpoint instead. */
  private static final List<String> TRUTH = List.of("true", "false", "True", "False");

  private final RecordBinder binder;
  private final Map<String, Setting> settings;

  ConfigValues(RecordBinder binder, Map<String, Setting> settings) {
    this.binder = binder;
    this.settings = settings;
  }

  /**
   * The value of {@code key}, or its default; empty if it is unset, does not fit, or there is no
   * such key.
   */
  public <T> Optional<T> of(String key, Class<T> type) {
    return binder.fitting(key).map(type::cast);
  }

  /**
   * What a key names that is read.
   *
   * @param name as it is written; one of several, where the key is a list
   */
  public record Input(String key, InputKind kind, String name) {}

  /** All that is read, in the order of the keys; a key that is true or false names nothing. */
  public List<Input> inputs() {
    List<Input> inputs = new ArrayList<>();
    binder
        .inputs()
        .forEach(
            (key, kind) -> {
              for (String name : binder.texts(key)) {
                if (!TRUTH.contains(name)) {
                  inputs.add(new Input(key, kind, name));
                }
              }
            });
    return inputs;
  }

  /** The keys that name folders to write. */
  List<String> outputFolders() {
    return binder.outputs(Writes.Kind.FOLDER);
  }

  /** Whether somebody wrote a value that is not null. */
  public boolean isWritten(String key) {
    Setting setting = settings.get(key);
    return setting != null && setting.value() != null;
  }

  /** Where {@code entry}, a map in the value of {@code key}, begins; else where the key stands. */
  public String place(String key, Object entry) {
    String place = settings.get(key).place();
    return entry instanceof WrittenMap map && place.startsWith("line ") ? map.place() : place;
  }

  /** Where the keys among {@code keys} stand that were written, e.g. "line 4, line 7: ". */
  public String places(String... keys) {
    String places =
        Stream.of(keys)
            .filter(this::isWritten)
            .map(key -> settings.get(key).place())
            .distinct()
            .collect(Collectors.joining(", "));
    return places.isEmpty() ? "" : places + ": ";
  }
}
