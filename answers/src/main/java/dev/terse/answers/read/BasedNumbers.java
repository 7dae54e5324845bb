package dev.terse.answers.read;

import dev.terse.answers.tokens.Token;
import dev.terse.answers.value.Answer.Based;
import java.util.List;
import java.util.Locale;

/** Numbers in a base: {@code 1011_2}, {@code (1A)_{16}}, {@code 12_{\text{three}}}. */
final class BasedNumbers {
  /** Longer numbers are a game. */
  private static final int MAX_DIGITS = 200;

  private BasedNumbers() {}

  /** The number of these digits with this subscript; null if it is none. */
  static Based read(List<Token> number, List<Token> subscript) {
    if (!number.stream().allMatch(BasedNumbers::isDigitPart)) {
      return null;
    }
    String digits = Labels.text(number).replace("(", "").replace(")", "");
    int base = base(Labels.text(subscript));
    boolean written = digits.chars().anyMatch(c -> c >= '0' && c <= '9');
    boolean hex = base == 16 && digits.length() > 1;
    if (base < 2 || base > 36 || !written && !hex || digits.length() > MAX_DIGITS) {
      return null;
    }
    for (char c : digits.substring(digits.startsWith("-") ? 1 : 0).toCharArray()) {
      if (c > 127 || Character.digit(c, base) < 0) {
        return null;
      }
    }
    return new Based(digits.toUpperCase(Locale.ROOT), base);
  }

  private static boolean isDigitPart(Token t) {
    return t.isDigits() || t.isWord() || t.is("(") || t.is(")") || t.is("-");
  }

  /** The base that a subscript names, in digits or as a word; -1 if it names none. */
  private static int base(String subscript) {
    var number = Words.number(List.of(subscript.toLowerCase(Locale.ROOT)));
    if (number != null) {
      return number.num().intValue();
    }
    boolean digits = !subscript.isEmpty() && subscript.chars().allMatch(c -> c >= '0' && c <= '9');
    return digits && subscript.length() <= 2 ? Integer.parseInt(subscript) : -1;
  }
}
