package dev.terse.answers.extract;

import dev.terse.answers.extract.Found.Source;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds the answer of a text that marks none: the bold part of its last line, its last formula, its
 * last number. Nothing is found where several candidates are named in doubt, or the candidate is
 * denied.
 */
final class UnmarkedAnswer {
  /** How far a denial reaches: "not 12", "12 is wrong". */
  private static final int REACH = 18;

  /** Longest point or list in brackets. */
  private static final int MAX_POINT = 60;

  private final SentenceAnswer sentences;

  UnmarkedAnswer(SentenceAnswer sentences) {
    this.sentences = sentences;
  }

  /** The answer; null if there is none. */
  Found in(String text) {
    String line = Sentences.lastLine(text);
    if (isEnumeration(line)) {
      return null;
    }
    var bold = bold(line);
    if (bold != null) {
      return bold;
    }
    int start = Sentences.start(line, line.length() - 1);
    String sentence = line.substring(start);
    String said = sentences.afterVerb(sentence);
    // A brace that the sentence left open is closed in what it says: then it is not found there.
    int at = said == null ? -1 : Math.max(0, sentence.indexOf(said));
    if (at >= 0 && !isDoubtful(sentence, at, sentence.length())) {
      return new Found(sentences.forms(said), Source.LAST_NUMBER, "what the last verb says");
    }
    String joined = joined(sentence);
    if (joined != null) {
      return new Found(List.of(joined), Source.MATH_SPAN, "the last formulas, joined by words");
    }
    String concluded = sentences.conclusion(sentence);
    if (concluded != null) {
      return new Found(List.of(concluded), Source.LAST_NUMBER, "what the last sentence concludes");
    }
    String last = sentences.chain(sentence);
    if (last != null) {
      return new Found(sentences.forms(last), Source.LAST_NUMBER, "the last value of a chain");
    }
    var formula = lastFormula(text);
    if (formula != null) {
      return isDoubtful(text, formula.start(), formula.end())
          ? null
          : new Found(
              withLastValue(formula.content()), Source.MATH_SPAN, Source.MATH_SPAN.toString());
    }
    var number = LastNumber.in(text);
    if (number == null || isDoubtful(text, number.start(), number.end())) {
      return null;
    }
    String point = point(text, number);
    return point == null
        ? new Found(number(text, number), Source.LAST_NUMBER, Source.LAST_NUMBER.toString())
        : new Found(List.of(point), Source.LAST_NUMBER, "the brackets around the last number");
  }

  /** "So a + b = 27" may be asked for the sum: its value counts too. */
  private List<String> withLastValue(String formula) {
    var forms = new ArrayList<>(sentences.forms(formula));
    String last = Chains.lastValue(formula);
    if (last != null && !forms.contains(last)) {
      forms.add(last);
    }
    return forms;
  }

  /**
   * Formulas between which only "and", "or" or a comma stand, as a list; null if there are none.
   */
  private static String joined(String sentence) {
    var spans = Formulas.in(sentence);
    var list = new ArrayList<String>();
    for (int i = 0; i < spans.size(); i++) {
      int from = i == 0 ? 0 : spans.get(i - 1).end();
      if (spans.get(i).start() < from) { // one inside the other
        return null;
      }
      String gap = Chars.lower(sentence.substring(from, spans.get(i).start())).strip();
      if (i > 0 && !Language.joins(gap)) {
        return null;
      }
      String content = spans.get(i).content();
      int equals = content.indexOf('=');
      boolean name = content.substring(0, Math.max(0, equals)).strip().length() <= 1;
      if (!name || !Formulas.isValue(content)) { // "5x = 20 and x = 4" is a calculation
        return null;
      }
      list.add(spans.get(i).content());
    }
    return list.size() < 2 ? null : String.join(", ", list);
  }

  /** The brackets with a comma that hold the last number, as in (3, 5); null if none do. */
  private static String point(String text, LastNumber.Number number) {
    int open = text.lastIndexOf('(', number.start());
    int close = text.indexOf(')', number.end());
    if (open < 0
        || close < 0
        || close - open > MAX_POINT
        || text.lastIndexOf(')', number.start()) > open) {
      return null;
    }
    String point = text.substring(open, close + 1);
    return point.indexOf(',') > 0 && point.chars().noneMatch(Character::isLetter) ? point : null;
  }

  private static List<String> number(String text, LastNumber.Number number) {
    var texts = new ArrayList<String>();
    if (number.text().indexOf(',') >= 0) {
      String point = DecimalComma.asPoint(number.text(), Language.of(Chars.lower(text)));
      if (point != null) {
        texts.add(point);
      }
    }
    texts.add(number.text());
    return texts;
  }

  /** Whether a line lists several numbers and says nothing: every candidate, none chosen. */
  private static boolean isEnumeration(String line) {
    boolean says = line.chars().anyMatch(c -> Character.isLetter(c) || c == '=');
    var formulas = Formulas.in(line);
    says |=
        formulas.size() == 1 && formulas.get(0).end() - formulas.get(0).start() == line.length();
    return !says && LastNumber.in(line) != null && !LastNumber.isOnly(line);
  }

  /** The bold part of a line that has just one with a number or formula in it. */
  private Found bold(String line) {
    int start = line.indexOf("**");
    int end = start < 0 ? -1 : line.indexOf("**", start + 2);
    if (end < 0 || line.indexOf("**", end + 2) >= 0 || isDoubtful(line, start, end + 2)) {
      return null;
    }
    String part = line.substring(start + 2, end);
    if (!Chars.hasDigit(part) && Formulas.in(part).isEmpty()) {
      return null;
    }
    return sentences.in(part, Source.BOLD, null, false);
  }

  /** The last formula that is more than a name, or else the last one; null if there is none. */
  private static Formulas.Span lastFormula(String text) {
    var spans = Formulas.in(text);
    for (int i = spans.size() - 1; i >= 0; i--) {
      if (Formulas.isValue(spans.get(i).content())) {
        return spans.get(i);
      }
    }
    return spans.isEmpty() ? null : spans.get(spans.size() - 1);
  }

  /**
   * Whether the candidate at {@code start} is denied, or its sentence names another one beside it
   * and doubts.
   */
  private static boolean isDoubtful(String text, int start, int end) {
    int from = Sentences.start(text, start);
    int to = Math.max(end, Sentences.end(text, end));
    String before = Chars.lower(text.substring(from, start));
    String after = Chars.lower(text.substring(end, to));
    if (SentenceAnswer.isBound(before)) {
      return true;
    }
    boolean others = Chars.hasDigit(before) || Chars.hasDigit(after);
    if (others && Language.doubts(before + " " + after, Language.of(before + " " + after))) {
      return true;
    }
    int near = Math.max(0, before.length() - REACH);
    near = Math.max(near, 1 + Math.max(before.lastIndexOf(','), before.lastIndexOf('，')));
    int comma = after.indexOf(',');
    int reach = Math.min(after.length(), comma < 0 ? REACH : Math.min(comma, REACH));
    return Language.denies(before.substring(near), null)
        || Language.denies(after.substring(0, reach), null);
  }
}
