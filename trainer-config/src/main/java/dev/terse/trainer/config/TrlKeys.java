package dev.terse.trainer.config;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The keys of TRL 1.16, of its older releases, of accelerate and of open-r1 that no configuration
 * record has: those that have no effect in this program (accepted, with a note), and those that
 * would change the result and are not supported (accepted only at TRL's own default). And how they
 * spell keys and values of ours.
 */
final class TrlKeys {
  private static final TrlKeys TABLE = load();

  private final Map<String, Object> withoutEffect;
  private final Map<String, Object> unsupported;
  private final Map<String, Object> aliases;
  private final Map<String, Object> shortForms;
  private final Map<String, Object> values;

  private TrlKeys(Map<String, Setting> sections) {
    this.withoutEffect = section(sections.get("without_effect"));
    this.unsupported = section(sections.get("unsupported"));
    this.aliases = section(sections.get("aliases"));
    this.shortForms = section(sections.get("short_forms"));
    this.values = section(sections.get("values"));
  }

  static TrlKeys table() {
    return TABLE;
  }

  /** Keys that are accepted whatever their value. */
  Set<String> withoutEffect() {
    return withoutEffect.keySet();
  }

  /** Keys that are accepted at their default only. */
  Set<String> unsupported() {
    return unsupported.keySet();
  }

  /** Whether {@code key} is any of these keys, or another spelling of one of ours. */
  boolean knows(String key) {
    return withoutEffect.containsKey(key)
        || unsupported.containsKey(key)
        || aliases.containsKey(key)
        || shortForms.containsKey(key);
  }

  /** Our key, if {@code key} is another spelling of one; a dot leads into a map. */
  Optional<String> alias(String key) {
    Object ours = aliases.getOrDefault(key, shortForms.get(key));
    return Optional.ofNullable((String) ours);
  }

  /** Whether {@code key} is a spelling of ours, of which nothing need be told. */
  boolean isShortForm(String key) {
    return shortForms.containsKey(key);
  }

  /** The short forms of {@code key}. */
  List<String> shortForms(String key) {
    return shortForms.entrySet().stream()
        .filter(form -> form.getValue().equals(key))
        .map(Map.Entry::getKey)
        .toList();
  }

  /** Other spellings of values of {@code key} with ours; null for one that is left out. */
  @SuppressWarnings("unchecked")
  Map<String, String> values(String key) {
    return (Map<String, String>) values.getOrDefault(key, Map.of());
  }

  /** All keys that are known besides those of a configuration. */
  Set<String> all() {
    Set<String> all = new TreeSet<>(withoutEffect.keySet());
    all.addAll(unsupported.keySet());
    all.addAll(aliases.keySet());
    return all;
  }

  /** Why {@code key} has no effect, if it is such a key. */
  Optional<String> note(String key) {
    return Optional.ofNullable((String) withoutEffect.get(key));
  }

  /**
   * Why {@code value} of an unsupported key is refused; empty if it is the harmless default, or a
   * map of entries that have no effect.
   */
  Optional<String> refusal(String key, Object value) {
    Map<?, ?> entry = (Map<?, ?>) unsupported.get(key);
    Object harmless = entry.get("default");
    List<?> accepted = harmless instanceof List<?> list ? list : List.of(text(harmless));
    boolean noEffect =
        value instanceof Map<?, ?> map
            && entry.get("harmless") instanceof List<?> harmlessEntries
            && harmlessEntries.containsAll(map.keySet());
    boolean ok =
        noEffect
            || accepted.stream().anyMatch(one -> ConfigReader.sameValue(text(one), text(value)));
    return ok ? Optional.empty() : Optional.of((String) entry.get("why"));
  }

  private static String text(Object value) {
    return Setting.flow(value);
  }

  private static TrlKeys load() {
    try (InputStream in = TrlKeys.class.getResourceAsStream("trl-keys.yaml")) {
      List<String> problems = new ArrayList<>();
      Map<String, Setting> sections =
          FlatYaml.read(new String(in.readAllBytes(), StandardCharsets.UTF_8), problems);
      if (!problems.isEmpty()) {
        throw new IllegalStateException("trl-keys.yaml: " + problems);
      }
      return new TrlKeys(sections);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> section(Setting setting) {
    return (Map<String, Object>) setting.value();
  }
}
