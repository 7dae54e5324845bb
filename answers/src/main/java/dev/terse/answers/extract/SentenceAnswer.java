package dev.terse.answers.extract;

import dev.terse.answers.extract.Found.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Finds the answer in a sentence that answers: the whole of it where that can be read, else its
 * bold part, its only formula, the last value of its chain, or its only number. A sentence that
 * denies, doubts or names several values has none and is left as it is.
 */
final class SentenceAnswer {
  /** Verbs between two letters are no factors: "x is 5". */
  private static final List<String> VERBS =
      List.of(
          "is", "are", "was", "be", "equals", "gives", "makes", "becomes", "ist", "sind", "beträgt",
          "est", "sont", "vaut", "es", "son", "é", "è", "это", "равно", "равен", "равна");

  /** Words that begin a conclusion. */
  private static final List<String> OPENINGS = List.of("so", "thus", "hence", "then", "and", "now");

  /** Words before a number that are mathematics. */
  private static final Set<String> FUNCTIONS =
      Set.of(
          "sin", "cos", "tan", "log", "ln", "exp", "sqrt", "cis", "max", "min", "gcd", "lcm", "mod",
          "and", "und", "et", "dan", "base", "to", "per");

  private static final List<String> CONCLUDING =
      List.of("thus, ", "thus ", "so, ", "so ", "hence, ", "hence ", "therefore, ", "therefore ");

  /** What begins a remark behind a comma. */
  private static final List<String> REPEATED =
      List.of(", about ", ", approximately ", ", or about ", ", or approximately ", ", i.e. ");

  private static final List<String> REASONS =
      List.of("because", "since", "as ", "it ", "they ", "there ", "he ", "she ", "we ");

  private static final Set<String> VERDICTS = Set.of("yes", "no", "true", "false");

  /** Words before a number that is no value. "At least 5" is how the least number is told. */
  private static final List<String> BOUNDS =
      List.of(
          "less than", "more than", "greater than", "fewer than", "larger than", "smaller than");

  /** Verbs of scripts without spaces. */
  private static final List<String> UNSPACED_VERBS = List.of("是", "为", "は", "는 ", "은 ");

  /** "And" and "or" in scripts without spaces, which may join values. */
  private static final String JOINTS = "和与與及或者以と또는그리고または와과";

  private static final String TEXT = "\\text{";

  /** Words before an answer that say nothing. */
  private static final List<String> ADVERBS =
      List.of(
          "simply ",
          "just ",
          "therefore ",
          "thus ",
          "then ",
          "indeed ",
          "clearly ",
          "also ",
          "given by ",
          "equal to ",
          "donc ",
          "entonces ",
          "quindi ",
          "portanto ");

  /** What begins a remark that repeats a value. */
  private static final List<String> REMARKS =
      List.of("≈", "\\approx", "=", "about ", "approx", "i.e.", "which is ", "that is", "rounded");

  /** Powers of ten are no measure words: 27万 is 270,000. */
  static final String NUMERALS = "万萬億亿千百十半成割兆分만억천백조";

  private final Predicate<String> isMathematics;

  SentenceAnswer(Predicate<String> isMathematics) {
    this.isMathematics = isMathematics;
  }

  /**
   * The answer that a sentence gives.
   *
   * @param language of the phrase before it; null if it is not known
   * @param choice whether the letter of a choice is asked for
   */
  Found in(String sentence, Source source, Language language, boolean choice) {
    String where = language == null ? source.toString() : source + " (" + language + ")";
    String letter = choice ? Choices.in(sentence) : null;
    if (letter != null) {
      return new Found(List.of(letter), source, where + ", its choice");
    }
    String verdict = verdict(sentence);
    if (verdict != null) {
      return new Found(
          List.of(verdict, Sentences.trimmed(sentence)), source, where + ", its first word");
    }
    String bold = bold(sentence);
    if (bold != null) {
      return new Found(forms(bold), source, where + ", its bold part");
    }
    String lower = Chars.lower(sentence);
    String text = bare(sentence.substring(adverbs(lower)));
    if (text.isEmpty() || Language.denies(lower, language)) {
      return new Found(words(sentence), source, where);
    }
    if (isMathematics.test(text) && !isProse(text)) {
      return new Found(forms(text, language), source, where);
    }
    if (Language.doubts(lower, language)) {
      return new Found(List.of(text), source, where);
    }
    String first = language == null ? null : leading(text);
    if (first != null) {
      return new Found(forms(first, language), source, where + ", its first value");
    }
    String said =
        Chars.isDigit(text.charAt(0)) || "$\\-".indexOf(text.charAt(0)) >= 0
            ? null
            : afterVerb(text);
    if (said != null) {
      return new Found(forms(said, language), source, where + ", what its verb says");
    }
    var formulas = Formulas.in(text).stream().filter(s -> Formulas.isValue(s.content())).toList();
    if (formulas.size() == 1) {
      return new Found(forms(formulas.get(0).content()), source, where + ", its only formula");
    }
    String last = Chains.lastValue(text);
    if (last != null && formulas.isEmpty()) {
      String value = withoutMeasure(Sentences.trimmed(last));
      if (isMathematics.test(value)) {
        return new Found(List.of(value), source, where + ", the last value of its chain");
      }
    }
    var number = LastNumber.in(text);
    boolean bound = number != null && isBound(Chars.lower(text.substring(0, number.start())));
    if (number != null && !bound && LastNumber.isOnly(text)) {
      var texts = new ArrayList<>(forms(number.text(), language));
      texts.add(text); // "March 5" is a date
      String words = verbTail(text);
      if (words != null) {
        texts.add(words); // "March 5 is a Monday"
      }
      return new Found(texts, source, where + ", its only number");
    }
    return new Found(Chars.hasDigit(text) ? List.of(text) : words(text), source, where);
  }

  /** Whether what comes next is only a bound, as 5 in "less than 5". */
  static boolean isBound(String before) {
    String head = before.stripTrailing();
    return BOUNDS.stream().anyMatch(head::endsWith);
  }

  /** A sentence in words, and what it says behind its verb: "even" of "the function is even". */
  static List<String> words(String sentence) {
    String all = Sentences.trimmed(sentence);
    String tail = verbTail(all);
    String said = tail == null ? "" : Language.withoutCopula(tail);
    boolean more = !said.isEmpty() && said.length() < all.length() && !Chars.hasDigit(all);
    String head = more ? Chars.lower(all.substring(0, all.lastIndexOf(said))) : "";
    return more && !Language.denies(head, null) ? List.of(all, said) : List.of(all);
  }

  /** "Yes", "no", "true" or "false" where a sentence begins so and goes on with its reasons. */
  static String verdict(String sentence) {
    int start = 0;
    while (start < sentence.length() && Sentences.isDecoration(sentence.charAt(start))) {
      start++;
    }
    int end = start;
    while (end < sentence.length() && Character.isLetter(sentence.charAt(end))) {
      end++;
    }
    if (end == start
        || end - start > 5
        || !VERDICTS.contains(Chars.lower(sentence.substring(start, end)))) {
      return null;
    }
    String rest = Chars.lower(sentence.substring(end)).stripLeading();
    boolean goesOn = !rest.isEmpty() && ",.;:!(—–-*".indexOf(rest.charAt(0)) >= 0;
    goesOn |= REASONS.stream().anyMatch(rest::startsWith);
    return goesOn ? sentence.substring(start, end) : null;
  }

  /**
   * A formula whose words stand in {@code \\text{...}} as the sentence that it is; null if it has
   * no such words.
   */
  static String inWords(String formula) {
    var sentence = new StringBuilder();
    int from = 0;
    int at = formula.indexOf(TEXT);
    if (at < 0 && formula.contains("\\ is\\ ")) {
      return formula.replace("\\ ", " "); // words joined by spaces of TeX
    }
    while (at >= 0) {
      int end = formula.indexOf('}', at);
      if (end < 0) {
        return null;
      }
      sentence.append(formula, from, at).append(formula, at + TEXT.length(), end);
      from = end + 1;
      at = formula.indexOf(TEXT, from);
    }
    return from == 0
        ? null
        : sentence
            .append(formula.substring(from))
            .toString()
            .replace("\\;", " ")
            .replace("\\ ", " ");
  }

  /** Where a sentence goes on after "simply", "therefore" and their like. */
  private static int adverbs(String lower) {
    int from = 0;
    int next = 0;
    while (next >= 0) {
      from = next;
      next = -1;
      for (String adverb : ADVERBS) {
        if (lower.startsWith(adverb, from)) {
          next = from + adverb.length();
        }
      }
    }
    return from;
  }

  /** The value after the last verb of a sentence, as in "the area is 3π"; null if there is none. */
  String afterVerb(String sentence) {
    String tail = verbTail(sentence);
    String value = tail == null ? "" : bare(tail);
    value = value.startsWith("the ") ? value.substring(4) : value;
    if (isArgument(value)) {
      return null;
    }
    if (!Chars.hasDigit(value) && value.indexOf('\\') < 0) {
      return null;
    }
    int space = value.lastIndexOf(' ');
    if (isMathematics.test(value)) {
      return isProse(value) ? null : value;
    }
    boolean unit = space > 0 && value.substring(space + 1).chars().allMatch(Character::isLetter);
    String before = unit ? value.substring(0, space) : ""; // "(3√3)/π inches"
    unit &= !endsWithWord(before); // "5 of them"
    return unit && isMathematics.test(before) && !isProse(before) ? before : null;
  }

  /** Whether words stand between its formulas that do more than join them. */
  private static boolean isArgument(String text) {
    var spans = Formulas.in(text);
    for (int i = 1; i < spans.size(); i++) {
      int from = spans.get(i - 1).end();
      int to = spans.get(i).start();
      if (to < from || !Language.joins(Chars.lower(text.substring(from, to)))) {
        return true;
      }
    }
    return false;
  }

  private static boolean endsWithWord(String text) {
    String word = text.substring(text.lastIndexOf(' ') + 1);
    return word.length() > 1 && word.chars().allMatch(Character::isLetter);
  }

  /** The value before "and the change is $3"; null where no other statement follows. */
  private String leading(String text) {
    int space = text.indexOf(' ');
    String value = space < 0 ? "" : text.substring(0, space);
    boolean more = space >= 0 && text.startsWith(" and the ", space);
    return more && Chars.hasDigit(value) && isMathematics.test(value) ? value : null;
  }

  /** The statements behind "thus" or "so", as "x = 2 and y = 3"; null if they are not read. */
  String conclusion(String sentence) {
    String lower = Chars.lower(sentence);
    for (String opening : CONCLUDING) {
      if (lower.startsWith(opening) && sentence.indexOf('=') > 0) {
        String rest = bare(sentence.substring(opening.length()));
        boolean formulas = !Formulas.in(rest).isEmpty();
        return !formulas && !isProse(rest) && isMathematics.test(rest) ? rest : null;
      }
    }
    return null;
  }

  /** The last value of a chain of equalities outside of formulas; null if there is none. */
  String chain(String sentence) {
    if (sentence.indexOf('=') < 0 || !Formulas.in(sentence).isEmpty()) {
      return null;
    }
    String last = Chains.lastValue(sentence);
    String value = last == null ? "" : bare(last);
    return !value.isEmpty() && !isProse(value) && isMathematics.test(value) ? value : null;
  }

  private static String verbTail(String sentence) {
    String lower = Chars.lower(sentence);
    int from = -1;
    for (String verb : VERBS) {
      int at = Chars.indexOfWord(lower, verb, 0);
      while (at >= 0) {
        from = Math.max(from, at + verb.length());
        at = Chars.indexOfWord(lower, verb, at + 1);
      }
    }
    for (String verb : UNSPACED_VERBS) {
      int at = sentence.lastIndexOf(verb);
      from = at < 0 ? from : Math.max(from, at + verb.length());
    }
    return from < 0 ? null : Sentences.trimmed(sentence.substring(from));
  }

  /** Without layout, without the word for what is counted, with open braces closed. */
  static String bare(String text) {
    String said = withoutAside(Language.withoutCopula(Sentences.trimmed(text)));
    for (String remark : REPEATED) {
      int at = said.indexOf(remark);
      said = at > 0 ? said.substring(0, at) : said;
    }
    String bare = closed(withoutMeasure(said));
    var formulas = Formulas.in(bare);
    boolean one = formulas.size() == 1 && formulas.get(0).start() == 0;
    return one && formulas.get(0).end() == bare.length() ? formulas.get(0).content() : bare;
  }

  /**
   * How a formula may be taken: its exact value before ≈, all of it, the last value of its chain.
   */
  List<String> forms(String formula) {
    return forms(formula, null);
  }

  private List<String> forms(String formula, Language language) {
    var forms = new ArrayList<String>();
    String text = bare(formula);
    String exact = Chains.exact(text);
    if (exact != null) {
      forms.add(exact);
    }
    String point = DecimalComma.asPoint(text, language);
    if (point != null) {
      forms.add(point);
    }
    String last = Chains.lastValue(exact == null ? text : exact);
    forms.add(last == null || isMathematics.test(text) ? text : bare(last));
    return forms;
  }

  /** Whether words join its letters and numbers: "x is 5", "So 12". */
  static boolean isProse(String text) {
    String lower = Chars.lower(text);
    if (text.chars().anyMatch(c -> Chars.isUnspacedLetter((char) c) && JOINTS.indexOf(c) < 0)
        || VERBS.stream().anyMatch(v -> Chars.indexOfWord(lower, v, 0) >= 0)
        || OPENINGS.stream().anyMatch(w -> Chars.indexOfWord(lower, w, 0) == 0)) {
      return true;
    }
    var formulas = Formulas.in(text);
    int before = formulas.isEmpty() ? 0 : formulas.get(formulas.size() - 1).start();
    int letters = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isLetter(c)) {
        letters++;
        continue;
      }
      int from = i - letters;
      boolean word = letters > 1 && (from == 0 || "\\{".indexOf(text.charAt(from - 1)) < 0);
      boolean number = c == ' ' && i + 1 < text.length() && Chars.isDigit(text.charAt(i + 1));
      number |= letters > 2 && text.startsWith(": ", i); // "Total: 12" is no ratio
      if (word
          && !FUNCTIONS.contains(lower.substring(from, i))
          && (number || from == 0 && i < before)) {
        return true;
      }
      letters = 0;
    }
    return false;
  }

  /** The one bold part of a sentence, or what follows bold marks that the line leaves open. */
  private static String bold(String sentence) {
    int start = sentence.indexOf("**");
    int end = start < 0 ? -1 : sentence.indexOf("**", start + 2);
    if (end < 0 || end == start + 2 || sentence.indexOf("**", end + 2) >= 0) {
      return null;
    }
    boolean opens =
        start == 0
            || !Character.isLetterOrDigit(sentence.charAt(start - 1))
            || Chars.isUnspacedLetter(sentence.charAt(start - 1));
    boolean power = end + 2 < sentence.length() && Chars.isDigit(sentence.charAt(end + 2));
    String content = Sentences.trimmed(sentence.substring(start + 2, end));
    return opens && !power && !content.isEmpty() ? content : null;
  }

  /** Without the word for what is counted, as 个 in 27个 and (个) in 27(个). */
  private static String withoutMeasure(String text) {
    int end = text.length();
    boolean bracket = text.endsWith(")");
    int i = bracket ? end - 1 : end;
    int last = i;
    while (i > 0 && Chars.isUnspacedLetter(text.charAt(i - 1))) {
      i--;
    }
    if (i == last || i == 0 || NUMERALS.indexOf(text.charAt(i)) >= 0) {
      return text;
    }
    i -= bracket && text.charAt(i - 1) == '(' ? 1 : 0;
    String before = text.substring(0, i).strip();
    boolean value =
        !before.isEmpty() && "0123456789}$)*%".indexOf(before.charAt(before.length() - 1)) >= 0;
    boolean words = before.chars().anyMatch(c -> Chars.isUnspacedLetter((char) c));
    return value && !words ? Sentences.trimmed(before) : text;
  }

  /**
   * Without a last remark in brackets, as in "12 (twelve)" and "3/4 (≈ 0.75)". "3/4 (or 0.75)"
   * stays a choice.
   */
  private static String withoutAside(String text) {
    int open = text.endsWith(")") ? text.lastIndexOf('(') : -1;
    if (open < 1 || open + 3 > text.length() || text.indexOf(')', open) < text.length() - 1) {
      return text;
    }
    String aside = Chars.lower(text.substring(open + 1, text.length() - 1)).strip();
    if (aside.startsWith("or ")) {
      return text.substring(0, open) + text.substring(open + 1, text.length() - 1);
    }
    boolean remark = REMARKS.stream().anyMatch(aside::startsWith) || isWords(aside);
    return text.charAt(open - 1) == ' ' && remark && !Language.doubts(aside, null)
        ? Sentences.trimmed(text.substring(0, open))
        : text;
  }

  /** Whether a remark is in words: it has one of three letters that is no function. */
  private static boolean isWords(String aside) {
    for (String word : aside.split(" ")) {
      boolean letters = word.length() > 2 && word.chars().allMatch(Character::isLetter);
      if (letters && !FUNCTIONS.contains(word)) {
        return aside.indexOf('\\') < 0;
      }
    }
    return false;
  }

  /** With the braces closed that stay open at the end, without a lone dollar sign there. */
  private static String closed(String text) {
    int open = 0;
    int dollars = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\') {
        i++;
      } else {
        open += c == '{' ? 1 : c == '}' ? -1 : 0;
        dollars += c == '$' ? 1 : 0;
      }
    }
    String closed = open == 1 ? text + "}" : text;
    boolean lone = dollars == 1 && (closed.startsWith("$") || closed.endsWith("$"));
    boolean money =
        lone && closed.startsWith("$") && closed.length() > 1 && Chars.isDigit(closed.charAt(1));
    return lone && !money ? closed.replace("$", "").strip() : closed;
  }
}
