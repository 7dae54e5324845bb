package dev.terse.model.adapter;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A choice of modules, as PEFT reads target_modules and exclude_modules: by their names or the ends
 * of their names, or by a regular expression for the whole name.
 *
 * @param names such as q_proj, mlp.up_proj or model.layers.0.self_attn.q_proj
 * @param pattern in Python's spelling; null where names choose
 */
public record ModuleNames(List<String> names, String pattern) {
  /** No module. */
  public static final ModuleNames NONE = new ModuleNames(List.of(), null);

  public ModuleNames {
    names = List.copyOf(names);
    if (pattern != null) {
      compiled(pattern);
    }
  }

  /** Those that have one of these names. */
  public static ModuleNames of(List<String> names) {
    return new ModuleNames(names, null);
  }

  /**
   * Those whose whole name fits.
   *
   * @throws IllegalArgumentException if it is no regular expression
   */
  public static ModuleNames matching(String pattern) {
    return new ModuleNames(List.of(), pattern);
  }

  /** Whether nothing is chosen. */
  public boolean isEmpty() {
    return pattern == null && names.isEmpty();
  }

  /** Whether {@code module} is chosen. */
  public boolean choose(String module) {
    return pattern != null
        ? matcher(pattern, module).matches()
        : chooseWholly(module) || names.stream().anyMatch(name -> module.endsWith("." + name));
  }

  /** Whether a name is {@code module} to its first letter. */
  boolean chooseWholly(String module) {
    return names.contains(module);
  }

  /** A regular expression of Python on the name of a module, with an end to its patience. */
  static Matcher matcher(String python, String module) {
    return compiled(python).matcher(new BoundedText(module, python));
  }

  /** A regular expression of Python: its named groups are written otherwise. */
  static Pattern compiled(String python) {
    try {
      return Pattern.compile(python.replace("(?P<", "(?<"));
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(
          "'" + python + "' is no regular expression: " + e.getDescription(), e);
    }
  }

  /** In words. */
  String describe() {
    return pattern == null ? String.join(", ", names) : "modules that match " + pattern;
  }
}
