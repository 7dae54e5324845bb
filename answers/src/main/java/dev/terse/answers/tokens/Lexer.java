package dev.terse.answers.tokens;

import dev.terse.answers.tokens.Token.Kind;
import dev.terse.answers.value.CannotTell;
import dev.terse.answers.value.Limits;
import java.util.ArrayList;
import java.util.List;

/**
 * Cuts an answer into tokens in one pass. LaTeX, plain text and Unicode spellings of one thing give
 * the same token. Braces of {@code \text{...}} are dropped and its words marked.
 */
public final class Lexer {
  /** Signs between the groups of three digits of one number. */
  private static final List<String> SEPARATORS =
      List.of("{,}", ",\\!", "\\!,", ",{}", "\\,", "\\ ", "\\;", "\\:", "~", "'");

  private static final List<String> ORDINALS =
      List.of(
          "th",
          "^{th}",
          "^{\\text{th}}",
          "^{\\mathrm{th}}",
          "^{\\textrm{th}}",
          "^\\text{th}",
          "\\text{th}",
          "^th");

  private final String s;
  private final boolean groupCommas;
  private final List<Token> tokens = new ArrayList<>();
  private final boolean[] textBrace; // by brace depth
  private int at;
  private int braces;
  private int textDepth;
  private int brackets;
  private boolean space;

  private Lexer(String plain, boolean groupCommas) {
    s = plain;
    this.groupCommas = groupCommas;
    textBrace = new boolean[plain.length() + 1];
  }

  /**
   * The tokens of an answer.
   *
   * @param groupCommas whether {@code 1,234} outside brackets is one number
   * @throws CannotTell if a limit is passed or a character has no meaning
   */
  public static List<Token> tokens(String text, boolean groupCommas) {
    var lexer = new Lexer(Symbols.plain(Layout.singleBackslashes(text)), groupCommas);
    while (lexer.at < lexer.s.length()) {
      lexer.next();
    }
    if (lexer.braces == 1 && !lexer.textBrace[0]) { // the last brace was cut off
      lexer.add(Kind.SIGN, "}");
    }
    return Layout.lines(lexer.tokens);
  }

  /** Joins a degree sign and C or F, which is about to be added, to the unit of temperature. */
  private boolean joinsTemperature(String word) {
    int i = tokens.size() - 1;
    boolean group = i >= 3 && tokens.get(i).is("}") && tokens.get(i - 2).is("{");
    int degree = group ? i - 1 : i;
    if (degree < 1 || !tokens.get(degree).is("°") || !word.equals("C") && !word.equals("F")) {
      return false;
    }
    int first = group ? i - 2 : i;
    first -= first > 0 && tokens.get(first - 1).is("^") ? 1 : 0;
    tokens.subList(first, tokens.size()).clear();
    tokens.add(new Token(Kind.WORD, "°" + word, true, true));
    space = false;
    return true;
  }

  private void next() {
    char c = s.charAt(at);
    if (Character.isWhitespace(c) || c == '~') {
      space = true;
      at++;
    } else if (c == '\\') {
      command();
    } else if (isDigit(c) || c == '.' && (isDigit(peek(1)) || s.startsWith("\\overline", at + 1))) {
      number();
    } else if (Character.isLetter(c)) {
      int start = at;
      while (at < s.length() && isWordPart(at, start)) {
        at++;
      }
      String word = s.substring(start, at);
      if (joinsIntervals(word)) {
        add(Kind.SIGN, "∪");
      } else if (word.equals("repeating") && isRepeated()) {
        add(Kind.SIGN, "…");
      } else if (!joinsTemperature(word)) {
        add(Kind.WORD, word);
      }
    } else {
      sign(c);
    }
  }

  /** Whether a word between two brackets is the sign of a union. */
  private boolean joinsIntervals(String word) {
    var before = tokens.isEmpty() ? null : tokens.get(tokens.size() - 1);
    boolean closed = before != null && (before.is(")") || before.is("]") || before.is("}set"));
    if (!closed || !word.equals("U") && !word.equals("union")) {
      return false;
    }
    skipSpaces();
    boolean left = s.startsWith("\\left", at);
    return peek(0) == '(' || peek(0) == '[' || s.startsWith("\\{", at) || left;
  }

  /** Whether a decimal stands before the word "repeating" that ends in a digit it repeats. */
  private boolean isRepeated() {
    var before = tokens.isEmpty() ? null : tokens.get(tokens.size() - 1);
    String text = before == null ? "" : before.text();
    int last = text.length() - 1;
    return last > 2 && before.isNumber() && text.charAt(last) == text.charAt(last - 1);
  }

  private boolean isWordPart(int i, int start) {
    char c = s.charAt(i);
    boolean inner = c == '-' || c == '\'';
    return Character.isLetter(c)
        || textDepth > 0
            && inner
            && i > start
            && i + 1 < s.length()
            && Character.isLetter(s.charAt(i + 1));
  }

  private void sign(char c) {
    at++;
    switch (c) {
      case '{' -> {
        if (peek(0) == ':' && peek(1) == '}') { // 12{:}00
          at += 2;
          add(Kind.SIGN, ":");
          return;
        }
        braces++;
        if (!textBrace[braces - 1]) {
          add(Kind.SIGN, "{");
        }
      }
      case '}' -> {
        if (braces == 0) {
          throw new CannotTell("a closing brace without an opening one");
        }
        braces--;
        if (textBrace[braces]) {
          textBrace[braces] = false;
          textDepth--;
          space = true;
        } else {
          add(Kind.SIGN, "}");
        }
      }
      case '*' -> {
        boolean power = peek(0) == '*';
        at += power ? 1 : 0;
        add(Kind.SIGN, power ? "^" : "*");
      }
      case '<', '>', '!' -> {
        boolean or = peek(0) == '=';
        at += or ? 1 : 0;
        add(Kind.SIGN, !or ? String.valueOf(c) : c == '<' ? "≤" : c == '>' ? "≥" : "≠");
      }
      case '+' -> {
        boolean both = s.startsWith("/-", at);
        at += both ? 2 : 0;
        add(Kind.SIGN, both ? "±" : "+");
      }
      case '/', '^', '_', '|', '=', ',', ';', ':', '&', '\'', '%', '$', '-' ->
          add(Kind.SIGN, String.valueOf(c));
      case '(', '[' -> {
        brackets++;
        add(Kind.SIGN, String.valueOf(c));
      }
      case ')', ']' -> {
        brackets--;
        add(Kind.SIGN, String.valueOf(c));
      }
      case '.' -> dots();
      case '`' -> space = true;
      default -> {
        if ("≤≥≠±∓∪∩∖∈≈≡°⟨⟩…→⌊⌋⌈⌉€£¥¢₹".indexOf(c) < 0) {
          throw new CannotTell(
              "the character U+" + Integer.toHexString(c) + " has no meaning here");
        }
        add(Kind.SIGN, String.valueOf(c));
      }
    }
  }

  private void dots() {
    int start = at - 1;
    while (peek(0) == '.') {
      at++;
    }
    if (at - start >= 3) {
      add(Kind.SIGN, "…");
    } // a full stop says nothing
    space = true;
  }

  private void number() {
    int start = at;
    var digits = new StringBuilder();
    if (decimalComma(digits)) {
      add(Kind.NUMBER, digits.toString());
      return;
    }
    digits(digits);
    if (digits.length() > 0 && digits.length() <= 3 && digits.charAt(0) != '0') {
      boolean plainCommas = groupCommas && brackets == 0;
      for (int gap = groupGap(plainCommas); gap > 0; gap = groupGap(plainCommas)) {
        at += gap;
        digits(digits);
      }
    }
    int pointWidth = peek(0) == '.' ? 1 : s.startsWith("{,}", at) ? 3 : 0;
    if (peek(0) == '.' && peek(1) == ' ' && isDigit(peek(2)) && digits.toString().equals("0")) {
      pointWidth = 2; // "0. 98"
    }
    boolean point =
        pointWidth > 0 && (isDigit(peek(pointWidth)) || pointWidth == 1 && s.startsWith(".\\", at));
    if (point) {
      at += pointWidth;
      digits.append(digits.isEmpty() ? "0." : ".");
      digits(digits);
    }
    if ((peek(0) == 'e' || peek(0) == 'E') && textDepth == 0) {
      int sign = peek(1) == '-' || peek(1) == '+' ? 1 : 0;
      if (isDigit(peek(1 + sign))) {
        digits.append('e');
        at++;
        if (sign == 1) {
          digits.append(s.charAt(at++));
        }
        digits(digits);
      }
    }
    if (at - start > Limits.MAX_DIGITS) {
      throw new CannotTell("a number has more than " + Limits.MAX_DIGITS + " digits");
    }
    add(Kind.NUMBER, digits.toString());
    takeTimesTen();
    skipOrdinal(digits);
  }

  /** 8th, {@code 8^{th}}, {@code 8^{\\text{th}}} are 8. */
  private void skipOrdinal(CharSequence digits) {
    char last = digits.isEmpty() ? '.' : digits.charAt(digits.length() - 1);
    boolean teens = digits.length() > 1 && digits.charAt(digits.length() - 2) == '1';
    String suffix =
        teens ? "th" : last == '1' ? "st" : last == '2' ? "nd" : last == '3' ? "rd" : "th";
    int from = at;
    for (String dress : ORDINALS) {
      int end = from + dress.length() - 2;
      if (end <= s.length() && s.startsWith(dress.replace("th", suffix), from)) {
        end += 2;
        boolean word = end < s.length() && Character.isLetter(s.charAt(end));
        word |= s.startsWith(" root", end);
        at = word && dress.equals("th") ? from : Math.min(end, s.length());
      }
    }
  }

  /** {@code 1.2 x 10^5} */
  private void takeTimesTen() {
    int x = at;
    while (x < s.length() && s.charAt(x) == ' ') {
      x++;
    }
    int ten = x + 1;
    while (ten < s.length() && s.charAt(ten) == ' ') {
      ten++;
    }
    if (x < s.length()
        && s.charAt(x) == 'x'
        && (s.startsWith("10^", ten) || s.startsWith("10**", ten))) {
      at = ten;
      add(Kind.SIGN, "*");
    }
  }

  /**
   * Reads {@code 48.215,00} or {@code 1.234.567}: points between groups of three digits, which say
   * nothing else where there are two of them or a comma with other than three digits follows.
   */
  private boolean decimalComma(StringBuilder into) {
    int end = at;
    while (end < s.length() && isDigit(s.charAt(end))) {
      end++;
    }
    int first = end - at;
    int groups = 0;
    while (end + 3 < s.length() && s.charAt(end) == '.' && digitsAt(end + 1) == 3) {
      end += 4;
      groups++;
    }
    boolean comma = end < s.length() && s.charAt(end) == ',' && groupCommas && brackets == 0;
    int decimals = comma ? digitsAt(end + 1) : 0;
    boolean fraction = decimals > 0 && decimals != 3;
    boolean point = end < s.length() && s.charAt(end) == '.' && digitsAt(end + 1) > 0;
    boolean grouped = first >= 1 && first <= 3 && s.charAt(at) != '0' && !point;
    if (!grouped || groups == 0 || groups == 1 && !fraction || comma && decimals == 3) {
      return false;
    }
    into.append(s.substring(at, end).replace(".", ""));
    if (fraction) {
      into.append('.').append(s, end + 1, end + 1 + decimals);
      end += 1 + decimals;
    }
    at = end;
    return true;
  }

  private int digitsAt(int i) {
    int end = i;
    while (end < s.length() && isDigit(s.charAt(end)) && end - i < Limits.MAX_DIGITS) {
      end++;
    }
    return end - i;
  }

  private void digits(StringBuilder into) {
    while (isDigit(peek(0))) {
      into.append(s.charAt(at++));
    }
  }

  /** Width of a thousands separator here that is followed by exactly three digits; 0 if none. */
  private int groupGap(boolean plainCommas) {
    int width = 0;
    for (int i = 0; i < SEPARATORS.size() && "{,\\~'".indexOf(peek(0)) >= 0; i++) {
      String separator = SEPARATORS.get(i);
      width = width == 0 && s.startsWith(separator, at) ? separator.length() : width;
    }
    if (width > 0) {
      while (peek(width) == ' ') {
        width++;
      }
    } else if (peek(0) == ',' && plainCommas || peek(0) == ' ' || peek(0) == '_') {
      width = 1;
    } else {
      return 0;
    }
    boolean three = isDigit(peek(width)) && isDigit(peek(width + 1)) && isDigit(peek(width + 2));
    char after = peek(width + 3);
    boolean fraction = (peek(0) == ' ' || peek(0) == '\\') && after == '/';
    return three && !isDigit(after) && !fraction ? width : 0;
  }

  private void command() {
    char c = peek(1);
    if (!isAsciiLetter(c)) {
      at += 2;
      switch (c) {
        case ',', ';', ':', '!', ' ', '>', '/', '(', ')', '[', ']' -> space |= c != '!';
        case '{' -> add(Kind.SIGN, "{set");
        case '}' -> add(Kind.SIGN, "}set");
        case '%', '$', '&', '_', '#' -> add(Kind.SIGN, String.valueOf(c));
        case '|' -> add(Kind.SIGN, "|");
        case '\\' -> {
          add(Kind.SIGN, "\\\\");
          skipRowSpacing();
        }
        default -> throw new CannotTell("a backslash without a command");
      }
      return;
    }
    int start = ++at;
    while (at < s.length() && isAsciiLetter(s.charAt(at))) {
      at++;
    }
    String name = s.substring(start, at);
    String head = name.substring(0, name.length() - 1);
    if (!Symbols.isKnown(name) && Symbols.isKnown(head)) { // "quad" and the letter x
      at--;
      named(head);
    } else {
      named(name);
    }
  }

  /** {@code \\[4pt]} */
  private void skipRowSpacing() {
    if (peek(0) == '[') {
      int close = s.indexOf(']', at);
      if (close > 0 && close - at < 12) {
        at = close + 1;
      }
    }
  }

  private void named(String name) {
    if (name.equals("begin") || name.equals("end")) {
      String environment = braced();
      add(name.equals("begin") ? Kind.BEGIN : Kind.END, environment.replace("*", ""));
      if (name.equals("begin") && environment.equals("array")) {
        skipSpaces();
        braced();
      }
    } else if (Symbols.SPACES.contains(name)) {
      space = true;
      if (name.equals("hspace")) {
        braced();
      }
    } else if (Symbols.UNSEEN.contains(name)) {
      skipSpaces();
      braced();
      space = true;
    } else if (Symbols.DECORATION.contains(name)) {
      skipSpaces();
      if ((name.equals("left") || name.equals("right")) && peek(0) == '.') {
        at++;
      }
    } else if (Symbols.TEXT.contains(name)) {
      skipSpaces();
      if (peek(0) == '{') {
        space = true;
        textBrace[braces] = true;
        braces++;
        at++;
        textDepth++;
      }
    } else if (name.equals("mathbb") || name.equals("Bbb")) {
      skipSpaces();
      String set =
          peek(0) == '{' ? braced() : String.valueOf(s.charAt(Math.min(at++, s.length() - 1)));
      add(Kind.COMMAND, Symbols.NUMBER_SETS.getOrDefault(set, "set" + set));
    } else if (Symbols.CONNECTIVES.containsKey(name)) {
      add(Kind.WORD, Symbols.CONNECTIVES.get(name));
    } else {
      boolean minutes = name.equals("min") && !tokens.isEmpty();
      if (minutes && tokens.get(tokens.size() - 1).isNumber()) { // 20 \\min
        add(Kind.WORD, name);
        return;
      }
      String sign = Symbols.SIGNS.get(name);
      add(
          sign == null ? Kind.COMMAND : Kind.SIGN,
          sign == null ? Symbols.ALIASES.getOrDefault(name, name) : sign);
    }
  }

  private String braced() {
    if (peek(0) != '{') {
      throw new CannotTell("a command without its braces");
    }
    int close = s.indexOf('}', at);
    if (close < 0) {
      throw new CannotTell("an open brace");
    }
    String content = s.substring(at + 1, close).strip();
    at = close + 1;
    return content;
  }

  private void skipSpaces() {
    while (at < s.length() && Character.isWhitespace(s.charAt(at))) {
      at++;
    }
  }

  private void add(Kind kind, String text) {
    if (tokens.size() >= Limits.MAX_TOKENS) {
      throw new CannotTell("the answer has more than " + Limits.MAX_TOKENS + " parts");
    }
    tokens.add(new Token(kind, text, space, textDepth > 0));
    space = false;
  }

  private char peek(int offset) {
    return at + offset < s.length() ? s.charAt(at + offset) : '\0';
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isAsciiLetter(char c) {
    return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
  }
}
