package dev.terse.answers.read;

import dev.terse.answers.tokens.Combinations;
import dev.terse.answers.tokens.Lexer;
import dev.terse.answers.tokens.Parts;
import dev.terse.answers.tokens.Spellings;
import dev.terse.answers.tokens.Token;
import dev.terse.answers.value.Answer;
import dev.terse.answers.value.Answer.Text;
import dev.terse.answers.value.Answer.Value;
import dev.terse.answers.value.Budget;
import dev.terse.answers.value.CannotTell;
import dev.terse.answers.value.Expr;
import dev.terse.answers.value.Limits;
import dev.terse.answers.value.Regions;
import dev.terse.answers.value.SolutionSets;
import dev.terse.answers.value.Unit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The ways in which one text can be read: {@code 1,234} is a number or a list, {@code 1/2x} has two
 * meanings, {@code (B) 12} names a choice and its value.
 *
 * @param answers distinct readings, likeliest first; empty if the text is not understood
 * @param problem why the first reading failed, if none succeeded
 * @param form the text without spaces and layout, for comparison of form; null if it has no tokens
 */
public record Readings(List<Answer> answers, String problem, String form) {

  /** Every way in which {@code text} can be read. */
  public static Readings of(String given, Budget budget) {
    String parts = Parts.of(given);
    String text = Spellings.withoutRange(parts == null ? given : parts);
    var answers = new ArrayList<Answer>();
    String problem = "it is not understood";
    String form = null;
    try {
      var tokens = Brackets.turned(withoutDollars(Lexer.tokens(text, true)));
      form = form(tokens);
      tokens = Labels.withWholeParameter(tokens);
      if (tokens.isEmpty()) {
        return new Readings(List.of(), "it is empty", null);
      }
      problem = addAll(answers, tokens, budget);
      if (text.indexOf(',') >= 0) {
        var ungrouped = Brackets.turned(withoutDollars(Lexer.tokens(text, false)));
        ungrouped = Labels.withWholeParameter(ungrouped);
        if (ungrouped.size() != tokens.size()) {
          addAll(answers, ungrouped, budget);
        }
      }
      addPoint(answers, tokens, budget);
      var combinations = Combinations.read(tokens);
      if (combinations != null) {
        addAll(answers, combinations, budget);
      }
      for (String other : Spellings.others(text)) {
        var respelt = Lexer.tokens(other, true);
        addAll(answers, respelt, budget);
        addWords(answers, respelt);
      }
      if (tokens.size() == 1 && tokens.get(0).isWord() && tokens.get(0).text().equals("R")) {
        add(answers, Regions.REALS);
      }
      Lists.add(answers, tokens);
      addRemainder(answers, tokens, budget);
      var signs = Words.withSigns(tokens);
      if (signs != tokens) {
        addAll(answers, signs, budget);
      }
      addExcept(answers, tokens, budget);
      addWords(answers, tokens);
      addChoice(answers, tokens, text, budget);
      Vectors.add(answers);
    } catch (CannotTell e) {
      problem = e.getMessage();
    }
    return new Readings(List.copyOf(answers), problem, form);
  }

  /** Adds what the grammar reads; returns why it reads nothing. */
  private static String addAll(List<Answer> answers, List<Token> tokens, Budget budget) {
    if (isPlainWord(tokens)) {
      return "it is a word";
    }
    int about = Approximations.sign(tokens);
    if (about > 0) { // the exact value before it, and what rounds that
      String problem = addAll(answers, tokens.subList(0, about), budget);
      add(answers, Approximations.rounding(tokens, about, budget));
      return problem;
    }
    try {
      var parser = new AnswerParser(tokens, false, budget);
      add(answers, parser.parse());
      if (parser.sawLooseSlash()) {
        add(answers, new AnswerParser(tokens, true, budget).parse());
      }
      return null;
    } catch (CannotTell e) {
      return e.getMessage();
    }
  }

  /** One word of a text, or one with a capital, is no product of letters. */
  private static boolean isPlainWord(List<Token> tokens) {
    if (tokens.size() != 1 || !tokens.get(0).isWord() || tokens.get(0).text().length() < 3) {
      return false;
    }
    var word = tokens.get(0);
    return (word.inText() || Character.isUpperCase(word.text().charAt(0)))
        && !Set.of("Infinity", "inf", "infinity").contains(word.text());
  }

  private static void addWords(List<Answer> answers, List<Token> tokens) {
    var words = Words.of(tokens);
    if (words == null) {
      return;
    }
    if (answers.stream().anyMatch(a -> a instanceof Answer.Clock)) {
      return;
    }
    var quantity = quantity(words);
    if (quantity != null) {
      add(answers, quantity);
      return;
    }
    String joined = String.join(" ", words);
    if (Set.of(
            "no solution",
            "nosolution",
            "no solutions",
            "no real solution",
            "no real solutions",
            "empty set",
            "none",
            "there are no solutions",
            "there is no solution",
            "there are no real solutions",
            "there is no real solution")
        .contains(joined)) {
      add(answers, new Answer.Collection(List.of(), true));
    } else if (Set.of("all real numbers", "all reals", "real numbers", "all real")
        .contains(joined)) {
      add(answers, Regions.REALS);
    }
    if (joined.startsWith("infinitely many") || joined.equals("infinite")) {
      add(answers, new Value(Expr.Const.INFINITY, Unit.NONE));
    }
    int tail = words.size() - 3;
    if (tail > 0 && joined.endsWith(" does not exist")) {
      add(answers, new Text(words.subList(tail, words.size())));
    }
    add(answers, new Text(words));
  }

  /** {@code x = 3 (mod 7)} with a plain equals sign, which may also be a calculation. */
  private static void addRemainder(List<Answer> answers, List<Token> tokens, Budget budget) {
    boolean modulo = tokens.stream().anyMatch(Functions::isModulo);
    if (!modulo || tokens.stream().filter(t -> t.is("=")).count() != 1) {
      return;
    }
    var congruent =
        tokens.stream()
            .map(t -> t.is("=") ? new Token(Token.Kind.SIGN, "≡", t.spaceBefore(), false) : t)
            .toList();
    addAll(answers, congruent, budget);
  }

  /** {@code P(2, 3)} */
  private static void addPoint(List<Answer> answers, List<Token> tokens, Budget budget) {
    boolean named =
        tokens.size() > 5
            && tokens.get(0).isWord()
            && tokens.get(0).text().length() == 1
            && Character.isUpperCase(tokens.get(0).text().charAt(0))
            && tokens.get(1).is("(");
    if (named && answers.isEmpty()) {
      addAll(answers, tokens.subList(1, tokens.size()), budget);
    }
  }

  /** "all real numbers except 3" */
  private static void addExcept(List<Answer> answers, List<Token> tokens, Budget budget) {
    int i = 0;
    while (i < tokens.size() && !tokens.get(i).text().equals("except")) {
      i++;
    }
    var head = i < tokens.size() ? new ArrayList<Answer>() : null;
    if (head == null || i == 0) {
      return;
    }
    if (tokens.get(0).isCommand("reals")) {
      head.add(Regions.REALS);
    } else {
      addWords(head, tokens.subList(0, i));
    }
    try {
      if (head.contains(Regions.REALS)) {
        var points = new AnswerParser(tokens.subList(i + 1, tokens.size()), false, budget).parse();
        var items = points instanceof Answer.Collection c ? c.items() : List.of(points);
        var set = new SolutionSets(budget).of(new Answer.Collection(items, true));
        add(answers, new Regions(budget).complement(set));
      }
    } catch (CannotTell e) {
      return; // not numbers
    }
  }

  /** A quantity spelt out, as in "five percent" or "two thirds"; null if it is none. */
  private static Value quantity(List<String> words) {
    var number = Words.number(words);
    number = number == null ? NumberWords.of(String.join(" ", words)) : number;
    var amount = number == null ? Words.fraction(words) : number;
    if (amount != null) {
      return new Value(Expr.num(amount), Unit.NONE);
    }
    int last = words.size() - 1;
    // "twenty second" is a place in an order.
    if (last < 1 || !Unit.isKnown(words.get(last)) || words.get(last).equals("second")) {
      return null;
    }
    number = Words.number(words.subList(0, last));
    return number == null ? null : new Value(Expr.num(number), Unit.named(words.get(last)));
  }

  /** {@code (B) 12}, {@code B. 12}: the letter, and what follows it. */
  private static void addChoice(
      List<Answer> answers, List<Token> tokens, String text, Budget budget) {
    int i = tokens.get(0).is("(") ? 1 : 0;
    if (tokens.size() < i + 2
        || !tokens.get(i).isWord()
        || tokens.get(i).text().length() != 1
        || tokens.get(i).text().charAt(0) > 'J'
        || !Character.isUpperCase(tokens.get(i).text().charAt(0))) {
      return;
    }
    boolean closed = tokens.get(i + 1).is(")");
    boolean colon = i == 0 && tokens.get(i + 1).is(":");
    boolean point = i == 0 && text.contains(tokens.get(0).text() + ". ");
    var rest = tokens.subList(i + (point ? 1 : 2), tokens.size());
    if (!closed && !colon && !point || rest.isEmpty()) {
      return;
    }
    if (rest.get(0).is(",") || rest.get(0).is(";") || Words.isConnective(rest.get(0))) {
      return; // another choice follows
    }
    add(answers, new Text(List.of(tokens.get(i).text().toLowerCase(Locale.ROOT))));
    if (rest.size() == 1 && rest.get(0).isWord() && rest.get(0).text().length() == 1) {
      return; // of "B) C" nobody knows what C is
    }
    addAll(answers, rest, budget);
    addWords(answers, rest);
  }

  static void add(List<Answer> answers, Answer answer) {
    if (answer != null && answers.size() < Limits.MAX_READINGS && !answers.contains(answer)) {
      answers.add(answer);
    }
  }

  /** Drops math delimiters; a single dollar sign before a number stays: it is a currency. */
  private static List<Token> withoutDollars(List<Token> tokens) {
    long dollars = tokens.stream().filter(t -> t.is("$")).count();
    if (dollars == 0 || dollars == 1) {
      return tokens;
    }
    boolean paired = tokens.get(0).is("$") && tokens.get(tokens.size() - 1).is("$");
    boolean money = !paired && dollars % 2 == 1;
    return money ? tokens : tokens.stream().filter(t -> !t.is("$")).toList();
  }

  private static String form(List<Token> tokens) {
    var form = new StringBuilder();
    for (var token : tokens) {
      form.append(token.kind().ordinal()).append(token.text()).append(' ');
    }
    return form.toString();
  }
}
