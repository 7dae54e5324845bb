package dev.terse.jinja;

import dev.terse.jinja.Token.Kind;
import dev.terse.jinja.value.PythonString;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Splits a template into tokens as Jinja2 3.1 does with {@code trim_blocks} and {@code
 * lstrip_blocks}: the newline after a block is dropped, blanks before a block that begins its line
 * are dropped, and {@code -} and {@code +} in the marks override both.
 */
final class Lexer {
  private static final List<String> OPERATORS =
      List.of(
          "**", "//", "==", "!=", "<=", ">=", "+", "-", "*", "/", "%", "~", "<", ">", "=", "(", ")",
          "[", "]", "{", "}", ",", ".", ":", "|");

  private static final Pattern RAW = Pattern.compile("\\{%[-+]?\\s*raw\\s*(?:-%}\\s*|%})");
  private static final Pattern END_RAW = Pattern.compile("\\{%([-+]?)\\s*endraw\\s*([-+]?)%}");

  private final String source;
  private final List<Token> tokens = new ArrayList<>();
  private int at;
  private int line = 1;

  private Lexer(String source) {
    this.source = source;
  }

  static List<Token> tokens(String template) {
    String source = template.replace("\r\n", "\n").replace('\r', '\n');
    if (source.endsWith("\n")) { // Jinja2: keep_trailing_newline is off
      source = source.substring(0, source.length() - 1);
    }
    Lexer lexer = new Lexer(source);
    lexer.run();
    return lexer.tokens;
  }

  private void run() {
    while (at < source.length()) {
      int mark = nextMark();
      boolean lineStart = at == 0 || source.charAt(at - 1) == '\n';
      if (mark < 0) {
        add(Kind.TEXT, source.substring(at));
        at = source.length();
        break;
      }
      String text = source.substring(at, mark);
      char kind = source.charAt(mark + 1);
      char sign = mark + 2 < source.length() ? source.charAt(mark + 2) : ' ';
      boolean signed = sign == '-' || sign == '+';
      text(text, kind == '{' && sign != '-' ? '+' : sign, lineStart);
      Matcher raw = RAW.matcher(source).region(mark, source.length());
      if (raw.lookingAt()) {
        advance(raw.end());
        raw();
        continue;
      }
      advance(mark + 2 + (signed ? 1 : 0));
      switch (kind) {
        case '#' -> comment();
        case '%' -> inside(Kind.BLOCK_BEGIN, Kind.BLOCK_END, "%}");
        default -> inside(Kind.OUTPUT_BEGIN, Kind.OUTPUT_END, "}}");
      }
    }
    add(Kind.END, "");
  }

  /**
   * Text before a mark.
   *
   * @param sign of the mark: {@code -} takes all blanks away, {@code +} none, else those that begin
   *     the line of the mark
   */
  private void text(String text, char sign, boolean lineStart) {
    String kept = text;
    if (sign == '-') {
      kept = PythonString.rstrip(text, null);
    } else if (sign != '+') {
      int from = text.lastIndexOf('\n') + 1;
      if ((from > 0 || lineStart)
          && text.substring(from).chars().allMatch(c -> c == ' ' || c == '\t')) {
        kept = text.substring(0, from);
      }
    }
    if (!kept.isEmpty()) {
      add(Kind.TEXT, kept);
    }
  }

  /** What stands as it is written, up to {@code {% endraw %}}. */
  private void raw() {
    Matcher end = END_RAW.matcher(source);
    if (!end.find(at)) {
      throw new TemplateException(line, "the template ends before endraw");
    }
    boolean lineStart = source.charAt(at - 1) == '\n';
    char sign = end.group(1).isEmpty() ? ' ' : end.group(1).charAt(0);
    text(source.substring(at, end.start()), sign, lineStart);
    advance(end.end());
    afterBlock(end.group(2).isEmpty() ? ' ' : end.group(2).charAt(0));
  }

  private int nextMark() {
    for (int i = at; i + 1 < source.length(); i++) {
      char next = source.charAt(i + 1);
      if (source.charAt(i) == '{' && (next == '{' || next == '%' || next == '#')) {
        return i;
      }
    }
    return -1;
  }

  private void comment() {
    int end = source.indexOf("#}", at);
    if (end < 0) {
      throw new TemplateException(line, "a comment is not closed by '#}'");
    }
    char sign = end > at ? source.charAt(end - 1) : ' ';
    advance(end + 2);
    afterBlock(sign);
  }

  private void inside(Kind begin, Kind end, String closing) {
    int opened = line;
    add(begin, begin == Kind.BLOCK_BEGIN ? "{%" : "{{");
    Deque<Character> brackets = new ArrayDeque<>();
    while (true) {
      skipBlanks();
      if (at >= source.length()) {
        throw new TemplateException(opened, "this tag is not closed by '" + closing + "'");
      }
      char c = source.charAt(at);
      boolean signed = (c == '-' || c == '+') && source.startsWith(closing, at + 1);
      if (brackets.isEmpty() && (signed || source.startsWith(closing, at))) {
        add(end, closing);
        advance(at + closing.length() + (signed ? 1 : 0));
        if (end == Kind.BLOCK_END) {
          afterBlock(signed ? c : ' ');
        } else if (signed && c == '-') {
          skipBlanks();
        }
        return;
      }
      if (c == '(' || c == '[' || c == '{') {
        brackets.push(c == '(' ? ')' : c == '[' ? ']' : '}');
      } else if (c == ')' || c == ']' || c == '}') {
        if (brackets.isEmpty() || brackets.pop() != c) {
          throw new TemplateException(line, "'" + c + "' closes nothing");
        }
      }
      if (c == '\'' || c == '"') {
        string(c);
      } else if (Character.isDigit(c)) {
        number();
      } else if (Character.isJavaIdentifierStart(c) && c != '$') {
        name();
      } else {
        operator();
      }
    }
  }

  private void afterBlock(char sign) {
    if (sign == '-') {
      skipBlanks();
    } else if (sign != '+' && at < source.length() && source.charAt(at) == '\n') {
      advance(at + 1);
    }
  }

  private void string(char quote) {
    int begin = line;
    StringBuilder value = new StringBuilder();
    int i = at + 1;
    while (i < source.length() && source.charAt(i) != quote) {
      char c = source.charAt(i++);
      if (c == '\\' && i < source.length()) {
        i = escape(i, value);
      } else {
        value.append(c);
      }
    }
    if (i >= source.length()) {
      throw new TemplateException(begin, "a string is not closed by " + quote);
    }
    tokens.add(new Token(Kind.STRING, value.toString(), begin));
    advance(i + 1);
  }

  /** Python's escapes; an unknown one stays as it is written. */
  private int escape(int i, StringBuilder value) {
    char c = source.charAt(i);
    int digits = c == 'x' ? 2 : c == 'u' ? 4 : c == 'U' ? 8 : 0;
    if (digits > 0) {
      try {
        int code = Integer.parseInt(source.substring(i + 1, i + 1 + digits), 16);
        value.appendCodePoint(code);
      } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
        throw new TemplateException(line, "\\" + c + " needs " + digits + " hexadecimal digits");
      }
      return i + 1 + digits;
    }
    switch (c) {
      case 'n' -> value.append('\n');
      case 't' -> value.append('\t');
      case 'r' -> value.append('\r');
      case 'b' -> value.append('\b');
      case 'f' -> value.append('\f');
      case 'a' -> value.append('\u0007');
      case 'v' -> value.append('\u000B');
      case '0', '1', '2', '3', '4', '5', '6', '7' -> {
        int end = i;
        while (end < i + 3 && end < source.length() && source.charAt(end) / 8 == '0' / 8) {
          end++;
        }
        value.append((char) Integer.parseInt(source.substring(i, end), 8));
        return end;
      }
      case '\\', '\'', '"' -> value.append(c);
      case '\n' -> {}
      default -> value.append('\\').append(c);
    }
    return i + 1;
  }

  private void number() {
    int end = digits(at);
    boolean real = false;
    if (end + 1 < source.length()
        && source.charAt(end) == '.'
        && Character.isDigit(source.charAt(end + 1))) {
      real = true;
      end = digits(end + 1);
    }
    int exponent = end + 1;
    if (end < source.length() && "eE".indexOf(source.charAt(end)) >= 0) {
      if (exponent < source.length() && "+-".indexOf(source.charAt(exponent)) >= 0) {
        exponent++;
      }
      if (digits(exponent) > exponent) {
        real = true;
        end = digits(exponent);
      }
    }
    add(real ? Kind.FLOAT : Kind.INTEGER, source.substring(at, end).replace("_", ""));
    at = end;
  }

  /** Where the digits from {@code from} on end. */
  private int digits(int from) {
    int end = from;
    while (end < source.length()
        && (Character.isDigit(source.charAt(end)) || source.charAt(end) == '_')) {
      end++;
    }
    return end;
  }

  private void name() {
    int end = at;
    while (end < source.length() && Character.isJavaIdentifierPart(source.charAt(end))) {
      end++;
    }
    add(Kind.NAME, source.substring(at, end));
    at = end;
  }

  private void operator() {
    for (String operator : OPERATORS) {
      if (source.startsWith(operator, at)) {
        add(Kind.OPERATOR, operator);
        at += operator.length();
        return;
      }
    }
    throw new TemplateException(line, "character '" + source.charAt(at) + "' is not expected here");
  }

  private void skipBlanks() {
    while (at < source.length() && PythonString.isBlank(source.charAt(at))) {
      advance(at + 1);
    }
  }

  private void advance(int to) {
    for (; at < to; at++) {
      if (source.charAt(at) == '\n') {
        line++;
      }
    }
  }

  private void add(Kind kind, String text) {
    tokens.add(new Token(kind, text, line));
  }
}
