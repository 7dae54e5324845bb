package dev.terse.answers.read;

import dev.terse.answers.tokens.Symbols;
import dev.terse.answers.tokens.Token;
import dev.terse.answers.value.CannotTell;
import dev.terse.answers.value.Unit;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Finds where the unit of a quantity begins, and reads it. */
final class UnitParser {
  private static final Set<String> MODIFIERS = Set.of("square", "sq", "cubic", "cu");
  private static final Set<String> FILLERS = Set.of("of", "the", "in", "each", "total");

  /** More tokens than this are a sentence. */
  private static final int MAX_TOKENS = 16;

  private final List<Token> tokens;
  private final Brackets brackets;

  UnitParser(List<Token> tokens, Brackets brackets) {
    this.tokens = tokens;
    this.brackets = brackets;
  }

  /**
   * What follows a number.
   *
   * @param scale 1000 for "thousand" and so on; 1 without such a word
   */
  record Suffix(Unit unit, long scale) {}

  static boolean isCurrency(Token t) {
    return t.is("$") || t.is("€") || t.is("£") || t.is("¥") || t.is("₹");
  }

  /** Where the unit of a quantity begins; {@code to} if there is none. */
  int start(int from, int to) {
    for (int i = from + 1; i < to; i++) {
      if (brackets.last(i) > i) {
        i = brackets.last(i);
      } else if (begins(i) && isUnit(i, to)) {
        return i;
      }
    }
    return to;
  }

  private boolean begins(int i) {
    var t = tokens.get(i);
    if (t.is("%") || isCurrency(t) || t.is("¢") || isUnitFraction(i)) {
      return true;
    }
    boolean minutes = i > 0 && t.text().equals("min") && tokens.get(i - 1).isNumber();
    if (!t.isWord() || !minutes && Symbols.FUNCTIONS.contains(t.text()) || isInfinity(t)) {
      return false;
    }
    var before = tokens.get(i - 1);
    boolean pi = before.isCommand("pi") || before.isWord() && before.text().equals("pi");
    boolean afterNumber =
        before.isNumber()
            || before.is("}")
            || before.is(")")
            || before.is("!")
            || before.is("°")
            || pi;
    if (MODIFIERS.contains(t.text()) && !t.inText()) {
      return afterNumber;
    }
    if (t.text().length() == 1) {
      boolean apart = t.spaceBefore() || t.inText();
      return afterNumber && apart && Unit.isKnown(t.text()) && !t.text().equals("e");
    }
    return t.inText()
        || Unit.isKnown(t.text()) && afterNumber
        || t.text().length() > 2 && t.spaceBefore() && afterNumber;
  }

  /** {@code \frac{\text{km}}{\text{h}}} */
  private boolean isUnitFraction(int i) {
    return i + 2 < tokens.size()
        && tokens.get(i).isCommand("frac")
        && tokens.get(i + 2).isWord()
        && tokens.get(i + 2).inText();
  }

  private static boolean isInfinity(Token t) {
    return Set.of("inf", "infinity").contains(t.text().toLowerCase(Locale.ROOT));
  }

  /** Whether only words and what binds units stand between. */
  private boolean isUnit(int from, int to) {
    for (int i = from; i < to; i++) {
      var t = tokens.get(i);
      var before = i > from ? tokens.get(i - 1) : t;
      boolean raised = before.is("^") || before.is("{") || before.is("-");
      boolean power = raised && t.isDigits() && t.text().length() == 1;
      if (!t.isWord() && !binds(t) && !power || i - from > MAX_TOKENS) {
        return false;
      }
    }
    return true;
  }

  private static boolean binds(Token t) {
    return isCurrency(t)
        || t.isCommand("frac")
        || t.kind() == Token.Kind.SIGN
            && Set.of("/", "^", "*", "{", "}", "%", "(", ")", "¢", "°", "-").contains(t.text());
  }

  /** The unit that these tokens name. */
  Suffix read(int from, int to) {
    var unit = Unit.NONE;
    long scale = 1;
    int sign = 1;
    int modifier = 1;
    for (int i = from; i < to; i++) {
      var t = tokens.get(i);
      String word = t.text().toLowerCase(Locale.ROOT);
      Long factor = t.isWord() ? Words.scale(word) : null;
      if (factor != null) {
        if (scale != 1) {
          throw new CannotTell("two scales in one number");
        }
        scale = factor;
      } else if (word.equals("per") && i + 1 < to && tokens.get(i + 1).text().equals("cent")) {
        unit = unit.times(Unit.PERCENT);
        i++;
      } else if (t.is("/") || word.equals("per")) {
        sign = -1;
      } else if (word.startsWith("point") && i > from && unit.isPercent()) {
        continue; // percentage points
      } else if (MODIFIERS.contains(word)) {
        modifier = word.startsWith("s") ? 2 : 3;
      } else if (t.is("^")) {
        continue;
      } else if (t.is("{") && tokens.get(i - 1).is("}")) { // the lower half of a fraction
        sign = -1;
      } else if (t.isDigits()) {
        int power = Integer.parseInt(t.text());
        power = tokens.get(i - 1).is("-") ? -power : power;
        unit = unit.times(wordBefore(i).pow(sign * (power - 1)));
      } else if (word.equals("squared") || word.equals("cubed")) {
        if (i == from) { // "12 squared" is 144
          throw new CannotTell("a power of no unit");
        }
        int extra = word.equals("squared") ? 1 : 2;
        unit = unit.times(wordBefore(i).pow(sign * extra));
      } else if (t.isWord() || t.is("%") || t.is("°") || isCurrency(t) || t.is("¢")) {
        if (!FILLERS.contains(word) || i == from && to - from == 1) {
          unit = unit.times(Unit.named(t.text()).pow(sign * modifier));
          modifier = 1;
        }
      }
    }
    return new Suffix(unit, scale);
  }

  private Unit wordBefore(int i) {
    int j = i - 1;
    while (j > 0 && !tokens.get(j).isWord()) {
      j--;
    }
    return Unit.named(tokens.get(j).text());
  }
}
