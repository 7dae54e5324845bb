package dev.terse.trainer.config;

import dev.terse.io.Quote;
import dev.terse.io.hub.InputKind;
import dev.terse.trainer.config.places.Reads;
import dev.terse.trainer.config.places.Writes;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Makes a configuration record from settings. A component {@code maxGradNorm} is the key {@code
 * max_grad_norm}; a component that is a record itself contributes its own keys to the same flat
 * list. What does not fit is collected, never thrown one by one.
 */
final class RecordBinder {
  // YAML 1.1 would also take 010 (8), 1_000 and 1:30; a number here is what everybody reads as one.
  private static final Pattern INTEGER = Pattern.compile("[-+]?(0|[1-9][0-9]{0,17})");
  private static final Pattern WORD = Pattern.compile("[^A-Za-z0-9_]+");
  private static final Pattern DECIMAL =
      Pattern.compile("[-+]?(0|[1-9][0-9]{0,17})?(\\.[0-9]{0,30})?([eE][-+]?[0-9]{1,3})?");

  private final Map<String, RecordComponent> keys;
  private final Map<String, Setting> settings;
  private final List<String> problems;

  RecordBinder(
      Map<String, RecordComponent> keys, Map<String, Setting> settings, List<String> problems) {
    this.keys = keys;
    this.settings = settings;
    this.problems = problems;
  }

  /** The keys of {@code type} and of the records in it, in order. */
  static Map<String, RecordComponent> keys(Class<?> type) {
    Map<String, RecordComponent> keys = new LinkedHashMap<>();
    for (RecordComponent component : type.getRecordComponents()) {
      if (component.getType().isRecord()) {
        keys.putAll(keys(component.getType()));
      } else if (keys.put(key(component), component) != null) {
        throw new IllegalStateException(type + " has the key " + key(component) + " twice");
      }
    }
    return keys;
  }

  /** The keys that name what is read. */
  static Map<String, InputKind> inputs(Map<String, RecordComponent> keys) {
    Map<String, InputKind> inputs = new LinkedHashMap<>();
    keys.forEach(
        (key, component) -> {
          Reads reads = component.getAnnotation(Reads.class);
          if (reads != null) {
            inputs.put(key, reads.value());
          }
        });
    return inputs;
  }

  Map<String, InputKind> inputs() {
    return inputs(keys);
  }

  /** The keys that name what is written. */
  List<String> outputs(Writes.Kind kind) {
    return keys.entrySet().stream()
        .filter(
            entry -> {
              Writes writes = entry.getValue().getAnnotation(Writes.class);
              return writes != null && writes.value() == kind;
            })
        .map(Map.Entry::getKey)
        .toList();
  }

  /** The record, or null if there were problems. */
  <T> T bind(Class<T> type) {
    int problemsBefore = problems.size();
    RecordComponent[] components = type.getRecordComponents();
    Object[] values = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      RecordComponent component = components[i];
      values[i] = component.getType().isRecord() ? bind(component.getType()) : value(component);
    }
    return problems.size() > problemsBefore ? null : construct(type, components, values);
  }

  private <T> T construct(Class<T> type, RecordComponent[] components, Object[] values) {
    Class<?>[] types =
        Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
    try {
      Constructor<T> constructor = type.getDeclaredConstructor(types);
      return constructor.newInstance(values);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof IllegalArgumentException refused) {
        problems.add(places(type, refused.getMessage()) + refused.getMessage());
        return null;
      }
      throw new IllegalStateException(e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Where the keys of {@code type} stand that a sentence names, by themselves or by an entry. */
  private String places(Class<?> type, String sentence) {
    Set<String> words = new HashSet<>(List.of(WORD.split(sentence)));
    return new ConfigValues(this, settings)
        .places(
            keys(type).keySet().stream().filter(key -> isNamed(key, words)).toArray(String[]::new));
  }

  private boolean isNamed(String key, Set<String> words) {
    Setting setting = settings.get(key);
    return words.contains(key)
        || setting != null
            && setting.value() instanceof Map<?, ?> map
            && map.keySet().stream().anyMatch(words::contains);
  }

  private Object value(RecordComponent component) {
    String key = key(component);
    Setting setting = settings.get(key);
    Object written = written(component);
    Default otherwise = component.getAnnotation(Default.class);
    if (written == null && otherwise == null) {
      problems.add("'" + key + "' is missing");
      return null;
    }
    if (written == null && !mayBeNull(component)) {
      problems.add(
          setting.place() + ": " + key + " cannot be null; its default is " + otherwise.value());
      return null;
    }
    if (written == null) {
      return component.getType() == List.class
          ? List.of()
          : component.getType() == Map.class ? Map.of() : null;
    }
    try {
      return fitting(component, written);
    } catch (Misfit misfit) {
      problems.add(
          (setting == null ? "default" : setting.place())
              + ": "
              + key
              + " must be "
              + misfit.getMessage()
              + ", was "
              + Quote.of(Setting.flow(written)));
      return null;
    }
  }

  /** The value of {@code key}, or its default; empty if it is unset or does not fit. */
  Optional<Object> fitting(String key) {
    RecordComponent component = keys.get(key);
    Object written = component == null ? null : written(component);
    try {
      return written == null ? Optional.empty() : Optional.of(fitting(component, written));
    } catch (Misfit misfit) {
      return Optional.empty();
    }
  }

  /** The texts of {@code key}, or of its default, as they are written. */
  List<String> texts(String key) {
    Object written = written(keys.get(key));
    List<?> values =
        written instanceof List<?> list ? list : List.of(written == null ? "" : written);
    return values.stream()
        .filter(value -> value instanceof String text && !text.isEmpty())
        .map(String.class::cast)
        .toList();
  }

  /** Keys that have no value unless one is written, lists and maps, and those that say so. */
  private static boolean mayBeNull(RecordComponent component) {
    Default otherwise = component.getAnnotation(Default.class);
    return otherwise.value().equals(Default.UNSET)
        || otherwise.orNull()
        || component.getType() == List.class
        || component.getType() == Map.class;
  }

  /** What stands for {@code component}, or its default; null if that is unset or none. */
  private Object written(RecordComponent component) {
    Setting setting = settings.get(key(component));
    if (setting != null) {
      return setting.value();
    }
    Default otherwise = component.getAnnotation(Default.class);
    return otherwise == null || otherwise.value().equals(Default.UNSET) ? null : otherwise.value();
  }

  private static Object fitting(RecordComponent component, Object written) throws Misfit {
    Object value = convert(component.getGenericType(), written);
    if (component.isAnnotationPresent(Writes.class)) {
      return InputKind.FILE.place((String) value).toString();
    }
    Range range = component.getAnnotation(Range.class);
    if (range != null
        && value instanceof Number number
        && !Interval.parse(range.value()).contains(number.doubleValue())) {
      throw new Misfit("a number in " + range.value());
    }
    return value;
  }

  private static Object convert(Type type, Object written) throws Misfit {
    if (type instanceof ParameterizedType generic) {
      return generic.getRawType() == List.class
          ? list(generic.getActualTypeArguments()[0], written)
          : map(generic.getActualTypeArguments()[1], written);
    }
    if (type == Object.class) {
      return written;
    }
    if (!(written instanceof String text)) {
      throw new Misfit("one value");
    }
    Class<?> wanted = (Class<?>) type;
    if (wanted == String.class) {
      return text;
    }
    if (wanted == BigDecimal.class) {
      decimal(text);
      return new BigDecimal(text);
    }
    if (wanted == int.class || wanted == Integer.class) {
      return Math.toIntExact(integer(text, Integer.MIN_VALUE, Integer.MAX_VALUE));
    }
    if (wanted == long.class || wanted == Long.class) {
      return integer(text, Long.MIN_VALUE, Long.MAX_VALUE);
    }
    if (wanted == double.class || wanted == Double.class) {
      return decimal(text);
    }
    if (wanted == boolean.class || wanted == Boolean.class) {
      return truth(text);
    }
    if (wanted.isEnum()) {
      return constant(wanted, text);
    }
    throw new IllegalStateException("no conversion to " + type);
  }

  private static List<Object> list(Type element, Object written) throws Misfit {
    List<?> values = written instanceof List<?> list ? list : List.of(written);
    List<Object> out = new ArrayList<>();
    for (Object value : values) {
      out.add(convert(element, value == null ? "null" : value));
    }
    return List.copyOf(out);
  }

  private static Map<String, Object> map(Type element, Object written) throws Misfit {
    if (!(written instanceof Map<?, ?> map)) {
      throw new Misfit("a map such as {name: value}");
    }
    Map<String, Object> out = new LinkedHashMap<>();
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      // A text may stand for a list or a map, as on a command line: keys of other configurations.
      Object value = element == String.class ? Setting.flow(entry.getValue()) : entry.getValue();
      out.put((String) entry.getKey(), convert(element, value));
    }
    return out;
  }

  private static long integer(String text, long low, long high) throws Misfit {
    if (!INTEGER.matcher(text).matches()) {
      throw new Misfit("a whole number");
    }
    long value = Long.parseLong(text);
    if (value < low || value > high) {
      throw new Misfit("a whole number up to " + high);
    }
    return value;
  }

  private static double decimal(String text) throws Misfit {
    boolean hasDigit = text.chars().anyMatch(c -> c >= '0' && c <= '9');
    if (!hasDigit || !DECIMAL.matcher(text).matches()) {
      throw new Misfit("a number");
    }
    double value = Double.parseDouble(text);
    if (Double.isInfinite(value)) {
      throw new Misfit("a finite number");
    }
    return value;
  }

  private static boolean truth(String text) throws Misfit {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new Misfit("true or false");
    };
  }

  private static Object constant(Class<?> type, String text) throws Misfit {
    for (Object constant : type.getEnumConstants()) {
      if (constant.toString().equalsIgnoreCase(text)) {
        return constant;
      }
    }
    throw new Misfit("one of " + String.join(", ", constants(type)));
  }

  /** The names of an enumeration's constants as they are written. */
  static List<String> constants(Class<?> type) {
    return Arrays.stream(type.getEnumConstants())
        .map(constant -> constant.toString().toLowerCase(Locale.ROOT))
        .toList();
  }

  private static String key(RecordComponent component) {
    return component
        .getName()
        .replaceAll("([a-z0-9])([A-Z])", "$1_$2")
        .replaceAll("([A-Z])([A-Z][a-z])", "$1_$2")
        .toLowerCase(Locale.ROOT);
  }

  /** A written value does not fit; the message says what would. */
  private static final class Misfit extends Exception {
    private static final long serialVersionUID = 1;

    Misfit(String expected) {
      super(expected, null, false, false);
    }
  }
}
