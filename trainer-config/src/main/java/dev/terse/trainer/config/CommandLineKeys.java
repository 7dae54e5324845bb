package dev.terse.trainer.config;

import dev.terse.io.Quote;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Keys on a command line, in the forms that TRL's takes: {@code --key value}, {@code --key=value},
 * {@code --flag}, {@code --no_flag}, and a list as several words, {@code --reward_funcs a b}. Lists
 * and maps may stand in flow style too.
 */
final class CommandLineKeys {
  private static final String PLACE = "command line";
  private static final String NOT = "no_";

  private final Map<String, RecordComponent> keys;
  private final List<String> problems;

  private CommandLineKeys(Map<String, RecordComponent> keys, List<String> problems) {
    this.keys = keys;
    this.problems = problems;
  }

  /**
   * The keys in order, the last where one stands twice.
   *
   * @param keys those of the configuration, by which a value is a list or a text
   * @param problems what is wrong is added here
   */
  static Map<String, Setting> read(
      List<String> arguments, Map<String, RecordComponent> keys, List<String> problems) {
    return new CommandLineKeys(keys, problems).read(arguments);
  }

  private Map<String, Setting> read(List<String> arguments) {
    Map<String, Setting> settings = new LinkedHashMap<>();
    int i = 0;
    while (i < arguments.size()) {
      String argument = arguments.get(i++);
      if (!isKey(argument)) {
        problems.add(PLACE + ": expected --key value, found " + Quote.of(argument));
        continue;
      }
      int equals = argument.indexOf('=');
      String key = argument.substring(2, equals < 0 ? argument.length() : equals).replace('-', '_');
      List<String> words = new ArrayList<>();
      if (equals >= 0) {
        words.add(argument.substring(equals + 1));
      } else {
        while (i < arguments.size() && !isKey(arguments.get(i))) {
          words.add(arguments.get(i++));
        }
      }
      if (words.isEmpty() && isDenial(key)) {
        settings.put(key.substring(NOT.length()), new Setting("false", PLACE));
      } else {
        int told = problems.size();
        Object value = value(key, words);
        if (problems.size() == told) {
          settings.put(key, new Setting(value, PLACE));
        }
      }
    }
    return settings;
  }

  private static boolean isKey(String argument) {
    return argument.startsWith("--") && argument.length() > 2;
  }

  /** Whether {@code no_packing} says that packing is false, since there is no such key itself. */
  private boolean isDenial(String key) {
    if (!key.startsWith(NOT) || keys.containsKey(key) || TrlKeys.table().knows(key)) {
      return false;
    }
    String denied = key.substring(NOT.length());
    RecordComponent ours = component(denied);
    return ours == null
        ? TrlKeys.table().knows(denied)
        : ours.getType() == boolean.class || ours.getType() == Boolean.class;
  }

  /** What {@code key} is called in the record, under whichever of its spellings; or null. */
  private RecordComponent component(String key) {
    RecordComponent ours = keys.get(key);
    return ours == null ? TrlKeys.table().alias(key).map(keys::get).orElse(null) : ours;
  }

  private Object value(String key, List<String> words) {
    if (words.isEmpty()) {
      return "true";
    }
    RecordComponent ours = component(key);
    if (words.size() == 1) {
      return value(words.get(0), ours);
    }
    if (ours != null && ours.getType() != List.class) {
      problems.add(
          PLACE
              + ": "
              + key
              + " takes one value, found "
              + words.size()
              + ": "
              + Quote.of(String.join(" ", words)));
      return null;
    }
    return words.stream().map(word -> word.replaceFirst(",$", "")).toList();
  }

  /**
   * What a value means: YAML, but a text is what stands there, as in {@code --skip_token [SKIP]}.
   *
   * @param key null if there is none of that name
   */
  private Object value(String text, RecordComponent key) {
    if (text.equals("null")) {
      return null;
    }
    boolean isText = key != null && key.getType() == String.class;
    return isText ? text : FlatYaml.value(text, problems);
  }
}
