package dev.terse.answers.tokens;

/**
 * A piece of an answer.
 *
 * @param text digits, a word, one operator sign, or a command name without backslash
 * @param spaceBefore whether white space stood before it
 * @param inText whether it stood inside {@code \text} and its like
 */
public record Token(Kind kind, String text, boolean spaceBefore, boolean inText) {

  /** What a token is. */
  public enum Kind {
    NUMBER,
    WORD,
    /** One sign, see {@link Lexer} for the names of those that LaTeX spells out. */
    SIGN,
    COMMAND,
    BEGIN,
    END
  }

  public boolean is(String sign) {
    return kind == Kind.SIGN && text.equals(sign);
  }

  public boolean isCommand(String name) {
    return kind == Kind.COMMAND && text.equals(name);
  }

  public boolean isNumber() {
    return kind == Kind.NUMBER;
  }

  public boolean isWord() {
    return kind == Kind.WORD;
  }

  /** Digits only, no point or exponent. */
  public boolean isDigits() {
    return isNumber() && text.chars().allMatch(c -> c >= '0' && c <= '9');
  }
}
