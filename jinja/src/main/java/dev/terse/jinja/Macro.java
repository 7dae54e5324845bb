package dev.terse.jinja;

import dev.terse.jinja.value.Callable;
import java.util.List;

/** A function written in the template; its value is the text that its body makes. */
record Macro(
    String name, List<String> parameters, List<Expression> defaults, Statement body, Frame home)
    implements Callable {
  /** The name under which a macro finds the body of the {@code {% call %}} that called it. */
  static final String CALLER = "caller";

  @Override
  public Object call(Arguments arguments) {
    if (arguments.positional().size() > parameters.size()) {
      throw new IllegalArgumentException(
          "macro '"
              + name
              + "' takes "
              + parameters.size()
              + " arguments, was given "
              + arguments.positional().size());
    }
    for (String given : arguments.named().keySet()) {
      if (!parameters.contains(given) && !given.equals(CALLER)) {
        throw new IllegalArgumentException("macro '" + name + "' has no parameter '" + given + "'");
      }
    }
    return home.capture(
        body,
        frame -> {
          if (arguments.named().containsKey(CALLER)) {
            frame.set(CALLER, arguments.named().get(CALLER));
          }
          for (int i = 0; i < parameters.size(); i++) {
            String parameter = parameters.get(i);
            boolean given =
                i < arguments.positional().size() || arguments.named().containsKey(parameter);
            frame.set(
                parameter, given ? arguments.get(i, parameter, null) : defaults.get(i).in(frame));
          }
        });
  }
}
