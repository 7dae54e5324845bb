package dev.terse.trainer.config;

import dev.terse.io.Quote;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Reads a flat YAML file, and {@code --key value} arguments as if they stood in it, into a
 * configuration record. All problems are told at once, with their lines.
 */
public final class ConfigReader {
  /** A configuration is written by hand; a larger file is a mistake. */
  private static final long MAX_BYTES = 256 * 1024;

  /** ConfigValues that ask for nothing, so that there is nothing to note. */
  private static final Set<String> OFF = Set.of("false", "no", "null");

  private ConfigReader() {}

  /**
   * A configuration that was read.
   *
   * @param config the record
   * @param values every key of the record with the value in force, as YAML would write it
   * @param notes sentences about keys of TRL that have no effect here, or were read as others
   * @param found where inputs are that stand elsewhere than their names say, such as names of a hub
   */
  public record Loaded<T>(
      T config, Map<String, String> values, List<String> notes, List<String> found) {}

  /**
   * Reads {@code file} and {@code arguments}.
   *
   * @param file the YAML file, or null for arguments alone
   * @param arguments {@code --key value} and its other forms, see {@link CommandLineKeys}
   * @throws ConfigException with all problems
   * @throws IOException if the file cannot be read
   */
  public static <T> Loaded<T> read(Path file, List<String> arguments, Class<T> type)
      throws IOException {
    return read(file, arguments, type, List.of());
  }

  /** The same; {@code rules} are asked besides those that {@code type} is {@link CheckedBy}. */
  public static <T> Loaded<T> read(
      Path file, List<String> arguments, Class<T> type, List<Rule> rules) throws IOException {
    return read(file, arguments, type, rules, Map.of());
  }

  /**
   * The same for one of several commands.
   *
   * @param elsewhere keys of other commands, with the names of these, for what an unknown key means
   */
  public static <T> Loaded<T> read(
      Path file,
      List<String> arguments,
      Class<T> type,
      List<Rule> rules,
      Map<String, List<String>> elsewhere)
      throws IOException {
    return file == null
        ? parse("the command line", "", arguments, type, rules, elsewhere)
        : parse(file.toString(), text(file), arguments, type, rules, elsewhere);
  }

  /**
   * The keys and values of a file as they are written, to tell whose configuration it is.
   *
   * @throws ConfigException with all problems
   * @throws IOException if the file cannot be read
   */
  public static Map<String, String> flat(Path file) throws IOException {
    List<String> problems = new ArrayList<>();
    Map<String, String> values = new LinkedHashMap<>();
    FlatYaml.read(text(file), problems)
        .forEach((key, setting) -> values.put(key, Setting.flow(setting.value())));
    if (!problems.isEmpty()) {
      throw new ConfigException(file.toString(), problems);
    }
    return values;
  }

  private static String text(Path file) throws IOException {
    if (Files.isDirectory(file)) {
      throw new IllegalArgumentException(file + " is a folder; expected a configuration in YAML");
    }
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new IllegalArgumentException(
            file + " has " + Files.size(file) + " bytes; a configuration has at most " + MAX_BYTES);
      }
      return Files.readString(file);
    } catch (NoSuchFileException e) {
      throw new NoSuchFileException(
          file.toString(), null, "there is no such configuration file; check the path");
    } catch (MalformedInputException e) {
      throw new IllegalArgumentException(file + " is not UTF-8 text; save it as UTF-8", e);
    }
  }

  /** The same, from text; {@code source} names it in messages. */
  public static <T> Loaded<T> parse(
      String source, String yaml, List<String> arguments, Class<T> type) {
    return parse(source, yaml, arguments, type, List.of(), Map.of());
  }

  /**
   * Reads a configuration that a program holds as text.
   *
   * @param yaml keys and values
   * @param arguments {@code --key value}, which override them
   * @throws ConfigException with all problems
   */
  public static <T> Loaded<T> parse(String yaml, Class<T> type, String... arguments) {
    return parse("the configuration", yaml, List.of(arguments), type);
  }

  private static <T> Loaded<T> parse(
      String source,
      String yaml,
      List<String> arguments,
      Class<T> type,
      List<Rule> rules,
      Map<String, List<String>> elsewhere) {
    List<String> problems = new ArrayList<>();
    List<String> notes = new ArrayList<>();
    Map<String, RecordComponent> keys = RecordBinder.keys(type);
    Spellings spellings = new Spellings(keys.keySet(), problems, notes);
    Map<String, Setting> settings = spellings.ours(FlatYaml.read(yaml, problems));
    Map<String, Setting> line = spellings.ours(CommandLineKeys.read(arguments, keys, problems));
    Counterparts.takeBack(settings, line, notes);
    settings.putAll(line);
    settings.forEach(
        (key, setting) -> {
          if (!keys.containsKey(key)) {
            checkForeign(key, setting, keys.keySet(), elsewhere, problems, notes);
          }
        });
    RecordBinder binder = new RecordBinder(keys, settings, problems);
    T config = binder.bind(type);
    ConfigValues values = new ConfigValues(binder, settings);
    Stream.concat(rules(type), rules.stream())
        .forEach(rule -> problems.addAll(rule.problems(values)));
    if (!problems.isEmpty()) {
      throw new ConfigException(source, problems.stream().distinct().toList());
    }
    return new Loaded<>(
        config, inForce(type, settings), List.copyOf(notes), found(values.inputs()));
  }

  private static List<String> found(List<ConfigValues.Input> inputs) {
    return inputs.stream()
        .flatMap(
            input ->
                input.kind().elsewhere(input.name()).stream()
                    .map(sentence -> input.key() + " " + sentence))
        .toList();
  }

  private static Stream<Rule> rules(Class<?> type) {
    CheckedBy checked = type.getAnnotation(CheckedBy.class);
    return checked == null ? Stream.of() : Arrays.stream(checked.value()).map(ConfigReader::rule);
  }

  private static Rule rule(Class<? extends Rule> type) {
    try {
      return type.getDeclaredConstructor().newInstance();
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Whether {@code arguments} give one of {@code keys} a value, under any of its spellings. */
  public static boolean names(List<String> arguments, Set<String> keys) {
    List<String> unheard = new ArrayList<>();
    Map<String, Setting> written = CommandLineKeys.read(arguments, Map.of(), unheard);
    return new Spellings(keys, unheard, unheard)
        .ours(written).entrySet().stream()
            .anyMatch(entry -> keys.contains(entry.getKey()) && entry.getValue().value() != null);
  }

  /** Whether two written values mean the same: equal numbers, or equal text whatever its case. */
  public static boolean sameValue(String a, String b) {
    try {
      return Double.parseDouble(a) == Double.parseDouble(b);
    } catch (NumberFormatException notNumbers) {
      return a.equalsIgnoreCase(b);
    }
  }

  private static void checkForeign(
      String key,
      Setting setting,
      Set<String> keys,
      Map<String, List<String>> elsewhere,
      List<String> problems,
      List<String> notes) {
    TrlKeys trl = TrlKeys.table();
    if (trl.unsupported().contains(key)) {
      trl.refusal(key, setting.value())
          .ifPresent(
              why ->
                  problems.add(
                      setting.place()
                          + ": "
                          + key
                          + " "
                          + Quote.of(Setting.flow(setting.value()))
                          + " is not supported: "
                          + why));
    } else if (trl.withoutEffect().contains(key)) {
      if (!OFF.contains(Setting.flow(setting.value()).toLowerCase(Locale.ROOT))) {
        notes.add(
            setting.place() + ": " + key + " has no effect here: " + trl.note(key).orElseThrow());
      }
    } else {
      problems.add(setting.place() + ": " + unknown(key, keys, elsewhere));
    }
  }

  /** What is told of a key that nobody knows, or only another command. */
  private static String unknown(String key, Set<String> keys, Map<String, List<String>> elsewhere) {
    Set<String> known = new LinkedHashSet<>(keys);
    keys.forEach(ours -> known.addAll(TrlKeys.table().shortForms(ours)));
    known.addAll(TrlKeys.table().all());
    String sentence = "unknown key '" + key + "'";
    String theirs = elsewhere.containsKey(key) ? key : TrlKeys.table().alias(key).orElse(key);
    if (elsewhere.containsKey(theirs)) {
      return sentence
          + ": "
          + (theirs.equals(key) ? "" : theirs + " is ")
          + "a key of "
          + NearestKey.enumeration(elsewhere.get(theirs))
          + NearestKey.question(key, keys);
    }
    String question = NearestKey.question(key, known);
    return sentence
        + (question.isEmpty()
            ? NearestKey.of(key, elsewhere.keySet())
                .map(
                    nearest ->
                        " (did you mean '"
                            + nearest
                            + "', a key of "
                            + NearestKey.enumeration(elsewhere.get(nearest))
                            + "?)")
                .orElse("")
            : question);
  }

  /** Every key of a configuration in its order. */
  public static List<ConfigKey> keys(Class<?> type) {
    Map<String, RecordComponent> keys = RecordBinder.keys(type);
    return keys.entrySet().stream()
        .map(entry -> ConfigKey.of(entry.getKey(), entry.getValue(), keys.keySet()))
        .toList();
  }

  /** Every key of a configuration with its default, as YAML would write it; null without one. */
  public static Map<String, String> defaults(Class<?> type) {
    Map<String, String> defaults = new LinkedHashMap<>();
    RecordBinder.keys(type)
        .forEach(
            (key, component) -> {
              Default otherwise = component.getAnnotation(Default.class);
              defaults.put(key, otherwise == null ? null : otherwise.value());
            });
    return defaults;
  }

  /** The keys of a configuration that name files or folders to read. */
  public static Set<String> inputs(Class<?> type) {
    return RecordBinder.inputs(RecordBinder.keys(type)).keySet();
  }

  private static Map<String, String> inForce(Class<?> type, Map<String, Setting> settings) {
    Map<String, String> values = defaults(type);
    values.replaceAll(
        (key, otherwise) -> {
          Setting setting = settings.get(key);
          return setting != null ? Setting.flow(setting.value()) : otherwise;
        });
    return values;
  }
}
