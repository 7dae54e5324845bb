package dev.terse.jinja;

import dev.terse.jinja.value.Rendering;
import dev.terse.jinja.value.Values;
import java.time.LocalDateTime;
import java.util.HashMap;
import java.util.Map;

/**
 * A compiled template of Jinja's subset that Hugging Face's chat templates use, rendered as Jinja2
 * 3.1 does with {@code trim_blocks} and {@code lstrip_blocks}. Immutable, thread-safe. Source,
 * output, steps and nesting are bounded.
 *
 * <p>Not supported, and said so: {@code include}, {@code import} and {@code block} tags, recursive
 * loops, whole numbers past 64 bits, filters and methods that no chat template is known to call.
 * What {@code strftime_now} says is the caller's.
 *
 * <p>Our own because no library for Java renders Python's methods, slices and {@code str()}.
 */
public final class Template {
  private static final int MAX_SOURCE_CHARS = 1 << 20; // the longest in use has 20,000

  private final String source;
  private final TemplateParser.Parsed parsed;

  private Template(String source) {
    if (source.length() > MAX_SOURCE_CHARS) {
      throw new IllegalArgumentException(
          "a chat template has at most "
              + MAX_SOURCE_CHARS
              + " characters, this one has "
              + source.length());
    }
    this.source = source;
    this.parsed = TemplateParser.parse(source);
  }

  /**
   * Compiles a template.
   *
   * @throws TemplateException if it cannot be understood; names line and construct
   */
  public static Template of(String source) {
    return new Template(source);
  }

  /** The Jinja text. */
  public String source() {
    return source;
  }

  /** Whether {@code {% generation %}} tags mark what the model writes. */
  public boolean marksGeneration() {
    return parsed.marksGeneration();
  }

  /**
   * What the template makes of the variables.
   *
   * @param variables text, numbers, booleans, null, lists and maps of these; they hide Jinja's
   *     functions of the same name
   * @param now what {@code strftime_now} says
   * @throws TemplateException if the template refuses them or asks for what is not there
   */
  public Rendering render(Map<String, Object> variables, LocalDateTime now) {
    Map<String, Object> names = new HashMap<>(Globals.functions(now));
    variables.forEach((name, value) -> names.put(name, Values.of(value)));
    Frame frame = Frame.root(names);
    try {
      parsed.program().run(frame);
    } catch (TemplateException e) {
      throw e;
    } catch (IllegalArgumentException e) { // of an operation, which knows no line
      throw frame.error(e.getMessage());
    } catch (StackOverflowError e) { // a list that holds itself a million times over, and its kind
      throw frame.error("what it makes is nested too deeply");
    }
    return frame.rendering();
  }
}
