package dev.terse.answers.tokens;

import dev.terse.answers.tokens.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Numbers of choices in the notations of schools: {@code C(5,2)}, {@code C_5^2}, {@code {}_5C_2},
 * {@code 5C2}, and P or A of permutations. Each may be something else, so that this is a reading
 * beside others.
 */
public final class Combinations {
  private static final Set<String> NAMES = Set.of("C", "P", "A");

  private Combinations() {}

  /** The tokens with combinations as commands; null if there are none. */
  public static List<Token> read(List<Token> tokens) {
    if (tokens.stream().noneMatch(t -> t.isWord() && NAMES.contains(t.text()))) {
      return null;
    }
    var result = new ArrayList<Token>();
    boolean found = false;
    for (int i = 0; i < tokens.size(); ) {
      int next = at(tokens, i, result);
      found |= next > 0;
      if (next < 0) {
        result.add(tokens.get(i));
      }
      i = next < 0 ? i + 1 : next;
    }
    return found ? result : null;
  }

  /** Adds the combination that begins at {@code i} and returns where it ends; -1 if none does. */
  private static int at(List<Token> tokens, int i, List<Token> into) {
    int name = i;
    int count = -1; // where the number stands that is chosen from
    if (isScript(tokens, i)
        || is(tokens, i, "{") && is(tokens, i + 1, "}") && isScript(tokens, i + 2)) {
      int script = isScript(tokens, i) ? i : i + 2;
      count = script + 1;
      name = end(tokens, count);
    } else if (tokens.get(i).isDigits()) { // 5C2
      count = i;
      name = i + 1;
    }
    if (name < 0
        || name >= tokens.size()
        || !tokens.get(name).isWord()
        || !NAMES.contains(tokens.get(name).text())) {
      return -1;
    }
    boolean choice = tokens.get(name).text().equals("C");
    if (count >= 0) {
      boolean glued =
          name + 1 < tokens.size()
              && tokens.get(name + 1).isDigits()
              && !tokens.get(name + 1).spaceBefore();
      int chosen =
          is(tokens, name + 1, "_") ? name + 2 : glued && tokens.get(i).isDigits() ? name + 1 : -1;
      int end = chosen < 0 ? -1 : end(tokens, chosen);
      if (end > 0) {
        add(into, choice, tokens.subList(count, end(tokens, count)), tokens.subList(chosen, end));
      }
      return end;
    }
    int first = name + 2;
    int middle = end(tokens, first);
    if (isScript(tokens, name + 1) && isScript(tokens, middle)) { // C_5^2, C^2_5
      int end = end(tokens, middle + 1);
      if (end < 0 || tokens.get(name + 1).is("_") == tokens.get(middle).is("_")) {
        return -1;
      }
      var low = tokens.subList(first, middle);
      var high = tokens.subList(middle + 1, end);
      boolean below = tokens.get(name + 1).is("_");
      add(into, choice, below ? low : high, below ? high : low);
      return end;
    }
    boolean call = is(tokens, name + 1, "(") && is(tokens, middle, ",");
    int end = call ? end(tokens, middle + 1) : -1;
    if (end < 0 || !is(tokens, end, ")")) { // C(5, 2)
      return -1;
    }
    add(into, choice, tokens.subList(first, middle), tokens.subList(middle + 1, end));
    return end + 1;
  }

  private static boolean is(List<Token> tokens, int i, String sign) {
    return i >= 0 && i < tokens.size() && tokens.get(i).is(sign);
  }

  private static boolean isScript(List<Token> tokens, int i) {
    return is(tokens, i, "_") || is(tokens, i, "^");
  }

  /** Where a number, letter or short group that begins at {@code i} ends; -1 if none does. */
  private static int end(List<Token> tokens, int i) {
    if (i < 0 || i >= tokens.size()) {
      return -1;
    }
    if (tokens.get(i).isDigits() || tokens.get(i).isWord() && tokens.get(i).text().length() == 1) {
      return i + 1;
    }
    int close = i + 1;
    while (is(tokens, i, "{") && close < tokens.size() && close < i + 8) {
      if (tokens.get(close).is("}")) {
        return close + 1;
      }
      close++;
    }
    return -1;
  }

  private static void add(List<Token> into, boolean choice, List<Token> from, List<Token> chosen) {
    into.add(new Token(Kind.COMMAND, choice ? "binom" : "permutations", false, false));
    for (var argument : List.of(from, chosen)) {
      boolean group = argument.get(0).is("{");
      if (!group) {
        into.add(new Token(Kind.SIGN, "{", false, false));
      }
      into.addAll(argument);
      if (!group) {
        into.add(new Token(Kind.SIGN, "}", false, false));
      }
    }
  }
}
