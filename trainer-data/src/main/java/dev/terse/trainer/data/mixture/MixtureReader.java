package dev.terse.trainer.data.mixture;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;

/** Reads the entries of {@code datasets} or {@code dataset_mixture}; all problems are told. */
final class MixtureReader {
  private static final List<String> KEYS =
      List.of(
          "path",
          "id",
          "name",
          "config",
          "data_dir",
          "data_files",
          "split",
          "columns",
          "fraction",
          "weight");
  private static final Pattern NUMBER =
      Pattern.compile("([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][-+]?[0-9]{1,2})?");
  private static final Pattern WORD = Pattern.compile("[A-Za-z0-9_.-]+");

  private final BiConsumer<Integer, String> problems;
  private int number;
  private int told;
  private Map<String, Object> entry;

  /**
   * A reader.
   *
   * @param problems takes the number of an entry, from 0, and a sentence
   */
  MixtureReader(BiConsumer<Integer, String> problems) {
    this.problems = problems;
  }

  /** The entries; those with problems are told and left out. */
  List<MixtureEntry> entries(List<?> written) {
    List<MixtureEntry> entries = new ArrayList<>();
    for (int i = 0; i < written.size(); i++) {
      int before = told;
      MixtureEntry one = entry(i, written.get(i));
      if (told == before) {
        entries.add(one);
      }
    }
    if (entries.size() == written.size()) {
      checkShares(entries);
    }
    return entries;
  }

  private void checkShares(List<MixtureEntry> entries) {
    long fractions = entries.stream().filter(one -> one.fraction() != null).count();
    long weights = entries.stream().filter(one -> one.weight() != null).count();
    if (fractions > 0 && fractions < entries.size()) {
      for (int i = 0; i < entries.size(); i++) {
        if (entries.get(i).fraction() == null) {
          problems.accept(i, "fraction is missing: it must be set for all data sets or for none");
        }
      }
    } else if (fractions > 0 && entries.stream().mapToDouble(MixtureEntry::fraction).sum() == 0) {
      problems.accept(0, "fraction is 0 in all data sets: nothing would be left");
    }
    if (fractions > 0 && weights > 0) {
      problems.accept(
          0,
          "fraction (a share of the mixture, TRL) and weight (a share of the data set's rows,"
              + " open-r1) exclude each other: write one of them");
    }
  }

  private MixtureEntry entry(int at, Object written) {
    number = at;
    if (!(written instanceof Map<?, ?> map)) {
      tell("expected a map such as {path: FILE, columns: [messages]}, found '" + written + "'");
      return null;
    }
    entry = new LinkedHashMap<>();
    for (Map.Entry<String, Object> field : texts(map).entrySet()) {
      if (!KEYS.contains(field.getKey())) {
        tell(
            "'"
                + field.getKey()
                + "' is not supported; a data set has path (or id), name (or config), data_dir,"
                + " data_files, split, columns, fraction, weight");
      } else if (field.getValue() != null) {
        entry.put(field.getKey(), field.getValue());
      }
    }
    String path = either("path", "id");
    if (path == null && !entry.containsKey("path") && !entry.containsKey("id")) {
      tell("path is missing: a file, or the folder of a data set");
    }
    String split = text("split");
    if (split != null && !WORD.matcher(split).matches()) {
      tell("split '" + split + "' is not supported: name one split whole, such as train or test");
    }
    List<String> files = list("data_files");
    for (String file : files) {
      if (file.contains("*") || file.contains("://")) {
        tell("data_files '" + file + "' is not supported: name files of this machine one by one");
      }
    }
    if (!files.isEmpty() && split != null && !split.equals("train")) {
      tell("split '" + split + "' and data_files exclude each other: the files are the split");
    }
    if (!files.isEmpty() && either("name", "config") != null) {
      tell("name and data_files exclude each other: the files are the configuration");
    }
    Double weight = share("weight");
    if (weight != null && weight > 1) {
      tell("weight must be a share of the rows in [0, 1], was '" + entry.get("weight") + "'");
    }
    return new MixtureEntry(
        path,
        either("name", "config"),
        text("data_dir"),
        files,
        split == null ? "train" : split,
        new LinkedHashSet<>(list("columns")),
        share("fraction"),
        weight);
  }

  private void tell(String sentence) {
    told++;
    problems.accept(number, sentence);
  }

  private static Map<String, Object> texts(Map<?, ?> map) {
    Map<String, Object> texts = new TreeMap<>();
    map.forEach((key, value) -> texts.put(String.valueOf(key), value));
    return texts;
  }

  /** The value of one of two names of the same key. */
  private String either(String trl, String openR1) {
    if (entry.containsKey(trl) && entry.containsKey(openR1)) {
      tell(trl + " and " + openR1 + " are two names of one key: keep one");
      entry.remove(openR1);
    }
    return text(entry.containsKey(trl) ? trl : openR1);
  }

  private String text(String key) {
    Object value = entry.get(key);
    if (value == null || value instanceof String text && !text.isBlank()) {
      return (String) value;
    }
    tell(key + " must be one text, was '" + value + "'");
    entry.put(key, "wrong"); // told once
    return null;
  }

  private List<String> list(String key) {
    Object value = entry.get(key);
    List<?> values = value == null ? List.of() : value instanceof List<?> l ? l : List.of(value);
    if (value instanceof List<?> && values.isEmpty()) {
      tell(key + " is an empty list: leave it out, or name one");
    }
    if (!values.stream().allMatch(one -> one instanceof String text && !text.isBlank())) {
      tell(key + " must be a list of names, was '" + value + "'");
      return List.of();
    }
    return values.stream().map(String.class::cast).toList();
  }

  private Double share(String key) {
    Object value = entry.get(key);
    if (value == null) {
      return null;
    }
    Double share = number(value);
    if (share == null) {
      tell(key + " must be a number from 0, was '" + value + "'");
    }
    return share;
  }

  /** A number that is not negative; null if it is none. */
  static Double number(Object value) {
    return value instanceof String text && NUMBER.matcher(text).matches()
        ? Double.valueOf(text)
        : null;
  }
}
