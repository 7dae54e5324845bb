package dev.terse.trainer.config;

import dev.terse.io.Quote;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Reads a flat YAML file, and {@code --key value} arguments as if they stood in it, into a
 * configuration record. All problems are told at once, with their lines.
 */
public final class ConfigReader {
  /** A configuration is written by hand; a larger file is a mistake. */
  private static final long MAX_BYTES = 256 * 1024;

  private ConfigReader() {}

  /**
   * A configuration that was read.
   *
   * @param config the record
   * @param values every key of the record with the value in force, as YAML would write it
   * @param notes sentences about keys of TRL that have no effect here
   */
  public record Loaded<T>(T config, Map<String, String> values, List<String> notes) {}

  /**
   * Reads {@code file} and {@code arguments}.
   *
   * @param file the YAML file, or null for arguments alone
   * @param arguments {@code --key value}, {@code --key=value} or {@code --flag}
   * @throws ConfigException with all problems
   * @throws IOException if the file cannot be read
   */
  public static <T> Loaded<T> read(Path file, List<String> arguments, Class<T> type)
      throws IOException {
    if (file == null) {
      return parse("the command line", "", arguments, type);
    }
    return parse(file.toString(), text(file), arguments, type);
  }

  /**
   * The keys and values of a file as they are written, for commands without a configuration.
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
    List<String> problems = new ArrayList<>();
    Map<String, Setting> settings = FlatYaml.read(yaml, problems);
    Map<String, RecordComponent> keys = RecordBinder.keys(type);
    overrides(arguments, keys, problems).forEach(settings::put);
    List<String> notes = new ArrayList<>();
    settings.forEach(
        (key, setting) -> {
          if (!keys.containsKey(key)) {
            checkForeign(key, setting, keys, problems, notes);
          }
        });
    T config = new RecordBinder(settings, problems).bind(type);
    if (!problems.isEmpty()) {
      throw new ConfigException(source, problems);
    }
    return new Loaded<>(config, inForce(type, settings), List.copyOf(notes));
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
      Map<String, RecordComponent> keys,
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
      notes.add(
          setting.place() + ": " + key + " has no effect here: " + trl.note(key).orElseThrow());
    } else {
      TreeSet<String> known = new TreeSet<>(keys.keySet());
      known.addAll(trl.unsupported());
      known.addAll(trl.withoutEffect());
      problems.add(
          setting.place() + ": unknown key '" + key + "'" + NearestKey.question(key, known));
    }
  }

  private static Map<String, Setting> overrides(
      List<String> arguments, Map<String, RecordComponent> keys, List<String> problems) {
    Map<String, Setting> settings = new LinkedHashMap<>();
    for (int i = 0; i < arguments.size(); i++) {
      String argument = arguments.get(i);
      if (!argument.startsWith("--") || argument.length() < 3) {
        problems.add("command line: expected --key value, found " + Quote.of(argument));
        continue;
      }
      int equals = argument.indexOf('=');
      String key = argument.substring(2, equals < 0 ? argument.length() : equals).replace('-', '_');
      String text = "true";
      if (equals >= 0) {
        text = argument.substring(equals + 1);
      } else if (i + 1 < arguments.size() && !arguments.get(i + 1).startsWith("--")) {
        text = arguments.get(++i);
      }
      settings.put(key, new Setting(value(text, keys.get(key), problems), "command line"));
    }
    return settings;
  }

  /**
   * What a value of the command line means: YAML, but {@code --skip_token [SKIP]} is no list, since
   * that key is a text.
   *
   * @param key null if there is none of that name
   */
  private static Object value(String text, RecordComponent key, List<String> problems) {
    if (text.equals("null")) {
      return null;
    }
    boolean isText = key != null && key.getType() == String.class;
    return isText && text.startsWith("[") ? text : FlatYaml.value(text, problems);
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

  private static Map<String, String> inForce(Class<?> type, Map<String, Setting> settings) {
    Map<String, String> values = defaults(type);
    values.replaceAll(
        (key, otherwise) -> {
          Setting setting = settings.get(key);
          boolean written = setting != null && (setting.value() != null || otherwise == null);
          return written ? Setting.flow(setting.value()) : otherwise;
        });
    return values;
  }
}
