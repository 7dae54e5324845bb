package dev.terse.trainer.config;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A key of a configuration as people are told of it.
 *
 * @param name such as {@code max_length}
 * @param type what is written there, in words
 * @param choices the values it may have, where they are few; else empty
 * @param range the interval a number must lie in, as {@link Range} has it; null for any
 * @param otherwise the default, as YAML would write it; null where the key must be given
 * @param shortForms other spellings of ours
 */
public record ConfigKey(
    String name,
    String type,
    List<String> choices,
    String range,
    String otherwise,
    List<String> shortForms) {
  private static final Map<Class<?>, String> WORDS =
      Map.ofEntries(
          Map.entry(int.class, "integer"),
          Map.entry(Integer.class, "integer"),
          Map.entry(long.class, "integer"),
          Map.entry(Long.class, "integer"),
          Map.entry(double.class, "number"),
          Map.entry(Double.class, "number"),
          Map.entry(BigDecimal.class, "number"),
          Map.entry(boolean.class, "boolean"),
          Map.entry(Boolean.class, "boolean"),
          Map.entry(List.class, "list"),
          Map.entry(Map.class, "map"),
          Map.entry(Object.class, "value"));

  /**
   * The key of a record's component.
   *
   * @param keys all keys of the configuration, none of which is a short form of another
   */
  static ConfigKey of(String name, RecordComponent component, Set<String> keys) {
    Range range = component.getAnnotation(Range.class);
    Default otherwise = component.getAnnotation(Default.class);
    Class<?> one = element(component.getGenericType());
    return new ConfigKey(
        name,
        WORDS.getOrDefault(component.getType(), "text"),
        one.isEnum() ? RecordBinder.constants(one) : List.of(),
        range == null ? null : range.value(),
        otherwise == null ? null : otherwise.value(),
        TrlKeys.table().shortForms(name).stream().filter(form -> !keys.contains(form)).toList());
  }

  /** The type of a value, or of the values in a list. */
  private static Class<?> element(Type type) {
    return type instanceof ParameterizedType generic
        ? generic.getActualTypeArguments()[0] instanceof Class<?> one ? one : Object.class
        : (Class<?>) type;
  }
}
