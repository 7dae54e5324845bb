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

/**
 * The keys of TRL 1.16 that no configuration record has: those that have no effect in this program
 * (accepted, with a note), and those that would change the result and are not supported (accepted
 * only at TRL's own default).
 */
final class TrlKeys {
  private static final TrlKeys TABLE = load();

  private final Map<String, Object> withoutEffect;
  private final Map<String, Object> unsupported;

  private TrlKeys(Map<String, Object> withoutEffect, Map<String, Object> unsupported) {
    this.withoutEffect = withoutEffect;
    this.unsupported = unsupported;
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

  /** Why {@code key} has no effect, if it is such a key. */
  Optional<String> note(String key) {
    return Optional.ofNullable((String) withoutEffect.get(key));
  }

  /** Why {@code value} of an unsupported key is refused; empty if it is the harmless default. */
  Optional<String> refusal(String key, Object value) {
    Map<?, ?> entry = (Map<?, ?>) unsupported.get(key);
    Object harmless = entry.get("default");
    List<?> accepted = harmless instanceof List<?> list ? list : List.of(text(harmless));
    boolean ok = accepted.stream().anyMatch(one -> ConfigReader.sameValue(text(one), text(value)));
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
      return new TrlKeys(
          section(sections.get("without_effect")), section(sections.get("unsupported")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> section(Setting setting) {
    return (Map<String, Object>) setting.value();
  }
}
