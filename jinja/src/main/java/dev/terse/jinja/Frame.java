package dev.terse.jinja;

import dev.terse.jinja.value.Rendering;
import dev.terse.jinja.value.Undefined;
import dev.terse.jinja.value.Work;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Names in sight and text written so far, while a template runs; bounded. */
final class Frame {
  /** Most statements, loop rounds and calls of one rendering. */
  static final int MAX_STEPS = 2_000_000;

  /** Deepest nesting of macro calls. */
  static final int MAX_DEPTH = 100;

  private final Frame parent;
  private final Map<String, Object> names = new HashMap<>();
  private final Shared shared;
  private final StringBuilder out;

  /** What all frames of one rendering count together. */
  private static final class Shared {
    final StringBuilder text = new StringBuilder();
    final List<Rendering.Span> generated = new ArrayList<>();
    final Work work = new Work();
    int steps;
    int depth;
    int line = 1;
  }

  private Frame(Frame parent, Shared shared, StringBuilder out) {
    this.parent = parent;
    this.shared = shared;
    this.out = out;
  }

  static Frame root(Map<String, Object> globals) {
    Shared shared = new Shared();
    Frame root = new Frame(null, shared, shared.text);
    root.names.putAll(globals);
    return root;
  }

  /** A scope whose names end with it, writing to the same text. */
  Frame inner() {
    return new Frame(this, shared, out);
  }

  /** What the body writes, run in a scope of its own that {@code names} first fills. */
  String capture(Statement body, Consumer<Frame> names) {
    if (++shared.depth > MAX_DEPTH) {
      throw error("macros are nested deeper than " + MAX_DEPTH);
    }
    Frame inner = new Frame(this, shared, new StringBuilder());
    names.accept(inner);
    body.run(inner);
    shared.depth--;
    return inner.written();
  }

  /** Runs the body in a scope of its own and keeps the place of what it writes. */
  Statement.Flow generate(Statement body) {
    if (out != shared.text) {
      throw error("a {% generation %} inside a macro or a set block has no place in the text");
    }
    int begin = out.length();
    Statement.Flow flow = body.run(inner());
    shared.generated.add(new Rendering.Span(begin, out.length()));
    return flow;
  }

  /** What a rendering that is through has made. */
  Rendering rendering() {
    return new Rendering(written(), List.copyOf(shared.generated));
  }

  /** The text written so far. */
  String written() {
    return out.toString();
  }

  Object get(String name) {
    for (Frame frame = this; frame != null; frame = frame.parent) {
      if (frame.names.containsKey(name)) {
        return frame.names.get(name);
      }
    }
    return new Undefined("'" + name + "' is undefined");
  }

  void set(String name, Object value) {
    names.put(name, value);
  }

  void write(String text) {
    work().spend(text.length());
    out.append(bounded(text, out.length()));
  }

  /** What this rendering has cost so far. */
  Work work() {
    return shared.work;
  }

  /** The text, if with what is there already it is not too long. */
  String bounded(String text, long before) {
    if (before + text.length() > Work.MAX_CHARS) {
      throw error("the template makes more than " + Work.MAX_CHARS + " characters");
    }
    return text;
  }

  /** Counts one statement, loop round or call. */
  void step() {
    if (++shared.steps > MAX_STEPS) {
      throw error("the template takes more than " + MAX_STEPS + " steps");
    }
  }

  void atLine(int line) {
    shared.line = line;
  }

  TemplateException error(String message) {
    return new TemplateException(shared.line, message);
  }
}
