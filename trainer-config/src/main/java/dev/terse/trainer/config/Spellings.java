package dev.terse.trainer.config;

import dev.terse.io.Quote;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Keys and values as other releases and programs write them, in ours: {@code max_seq_length} is
 * {@code max_length}, {@code optim: paged_adamw_8bit} is {@code adamw_8bit}. The list is {@code
 * trl-keys.yaml}; what was read as something else is noted.
 */
final class Spellings {
  private final TrlKeys table = TrlKeys.table();
  private final Set<String> keys;
  private final List<String> problems;
  private final List<String> notes;
  private final Map<String, String> writtenAs = new HashMap<>();

  /**
   * @param keys those of the configuration
   * @param problems what is wrong is added here
   * @param notes what was read as something else is added here
   */
  Spellings(Set<String> keys, List<String> problems, List<String> notes) {
    this.keys = keys;
    this.problems = problems;
    this.notes = notes;
  }

  /** The settings of one source, a file or the command line, under our keys. */
  Map<String, Setting> ours(Map<String, Setting> written) {
    Map<String, Setting> settings = new LinkedHashMap<>();
    Map<String, Setting> entries = new LinkedHashMap<>();
    writtenAs.clear();
    written.forEach(
        (key, setting) -> {
          Optional<String> target = keys.contains(key) ? Optional.empty() : target(key);
          target
              .filter(ours -> !table.isShortForm(key))
              .ifPresent(ours -> notes.add(setting.place() + ": " + key + " is read as " + ours));
          String ours = target.orElse(key);
          if (target.isPresent() && ours.contains(".")) {
            entries.put(ours, setting);
          } else {
            add(settings, ours, key, setting);
          }
        });
    entries.forEach(
        (ours, setting) -> {
          int dot = ours.indexOf('.');
          addTo(settings, ours.substring(0, dot), ours.substring(dot + 1), setting);
        });
    settings.replaceAll((key, setting) -> keys.contains(key) ? value(key, setting) : setting);
    return settings;
  }

  /** What {@code key} is an old spelling of, if the configuration or TRL has that. */
  private Optional<String> target(String key) {
    return table
        .alias(key)
        .filter(
            ours -> {
              String top = ours.replaceFirst("\\..*", "");
              return keys.contains(top) || table.withoutEffect().contains(top);
            });
  }

  private void add(Map<String, Setting> settings, String key, String written, Setting setting) {
    Setting before = settings.putIfAbsent(key, setting);
    String other = writtenAs.putIfAbsent(key, written);
    if (before != null) {
      problems.add(
          setting.place()
              + ": '"
              + written
              + "' and '"
              + other
              + "' ("
              + before.place()
              + ") are one key; keep one");
    }
  }

  /** Adds an entry to a key whose value is a map; what stands in a map that is written wins. */
  private static void addTo(
      Map<String, Setting> settings, String key, String entry, Setting setting) {
    Map<Object, Object> map = new LinkedHashMap<>();
    map.put(entry, setting.value());
    Setting before = settings.get(key);
    if (before != null && before.value() instanceof Map<?, ?> written) {
      map.putAll(written);
    }
    settings.put(key, new Setting(map, before == null ? setting.place() : before.place()));
  }

  private Setting value(String key, Setting setting) {
    Map<String, String> known = table.values(key);
    if (known.isEmpty() || setting.value() == null) {
      return setting;
    }
    if (!(setting.value() instanceof List<?> list)) {
      Object one = translated(key, setting.value(), known, setting.place());
      return new Setting(one == null ? List.of() : one, setting.place());
    }
    List<Object> values = new ArrayList<>();
    for (Object one : list) {
      Object ours = translated(key, one, known, setting.place());
      if (ours != null || one == null) {
        values.add(ours);
      }
    }
    return new Setting(values, setting.place());
  }

  private Object translated(String key, Object value, Map<String, String> known, String place) {
    String text = Setting.flow(value).toLowerCase(Locale.ROOT);
    if (!known.containsKey(text)) {
      return value;
    }
    String ours = known.get(text);
    notes.add(
        place
            + ": "
            + key
            + " "
            + Quote.of(text)
            + (ours == null ? " has no effect here and is left out" : " is read as " + ours));
    return ours;
  }
}
