package dev.terse.answers.read;

import dev.terse.answers.tokens.Token;
import dev.terse.answers.value.Rational;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Answers in words: choices, names, months, yes and no, numbers spelt out. */
public final class Words {
  private static final Set<String> ARTICLES =
      Set.of("the", "a", "an", "option", "choice", "answer");
  private static final Set<String> PUNCTUATION =
      Set.of("(", ")", "[", "]", ",", ":", ";", "'", "!", "{", "}", "{set", "}set", "$");

  private static final Map<String, String> SPOKEN =
      Map.ofEntries(
          Map.entry("times", "*"),
          Map.entry("times the square root of", "* sqrt"),
          Map.entry("root", "sqrt"),
          Map.entry("square root of", "sqrt"),
          Map.entry("the square root of", "sqrt"),
          Map.entry("cube root of", "cbrt"),
          Map.entry("the cube root of", "cbrt"),
          Map.entry("negative", "-"),
          Map.entry("minus", "-"),
          Map.entry("plus", "+"),
          Map.entry("divided by", "/"),
          Map.entry("multiplied by", "*"),
          Map.entry("squared", "^ 2"),
          Map.entry("cubed", "^ 3"),
          Map.entry("is at least", "≥"),
          Map.entry("is at most", "≤"),
          Map.entry("is greater than", ">"),
          Map.entry("greater than", ">"),
          Map.entry("is less than", "<"),
          Map.entry("less than", "<"),
          Map.entry("is greater than or equal to", "≥"),
          Map.entry("greater than or equal to", "≥"),
          Map.entry("is less than or equal to", "≤"),
          Map.entry("less than or equal to", "≤"),
          Map.entry("is not equal to", "≠"),
          Map.entry("is equal to", "="),
          Map.entry("equals", "="));

  /** Of each spoken operation the word that tells it. */
  private static final Set<String> OPERATIONS =
      Set.of(
          "root",
          "least",
          "most",
          "times",
          "negative",
          "Negative",
          "minus",
          "Minus",
          "plus",
          "divided",
          "multiplied",
          "squared",
          "cubed",
          "greater",
          "less",
          "equal",
          "equals");

  private static final Set<String> AND =
      Set.of("and And AND und et dan och en и та 和 与 與 及 以及 と および 그리고 와 과 و".split(" "));

  private static final Set<String> OR =
      Set.of("or Or OR oder ou atau или либо 或 或者 または もしくは 또는 أو".split(" "));

  private static final Set<String> PREPOSITIONS = Set.of("on", "in", "at");

  /** Sets of numbers that have a letter, beside the real ones. */
  static final Set<String> NUMBER_SETS = Set.of("integers", "naturals", "rationals");

  /** What is said behind a property and may be left out. */
  private static final Set<String> KINDS = Set.of("function", "number", "triangle");

  private static final Map<String, String> SHORT = new HashMap<>();
  private static final Set<String> ORDINALS = Set.of("st", "nd", "rd", "th");
  private static final Set<String> MONTHS = new HashSet<>();
  private static final Map<String, Integer> NUMBERS = new HashMap<>();
  private static final Map<String, Integer> PARTS = new HashMap<>();
  private static final Map<String, Long> SCALES =
      Map.of("hundred", 100L, "thousand", 1000L, "million", 1_000_000L, "billion", 1_000_000_000L);

  static {
    for (String month :
        "january february march april may june july august september october november december"
            .split(" ")) {
      SHORT.put(month.substring(0, 3), month);
      MONTHS.add(month);
    }
    SHORT.put("sept", "september");
    for (String day : "monday tuesday wednesday thursday friday saturday sunday".split(" ")) {
      SHORT.put(day.substring(0, 3), day);
    }
    SHORT.put("tues", "tuesday");
    SHORT.put("thurs", "thursday");
    SHORT.put("dne", "doesnotexist");
    for (String pair :
        ("奇函数=odd 偶函数=even 奇関数=odd 偶関数=even 홀함수=odd 짝함수=even 是=yes 否=no 正确=true 错误=false"
                + " 对=true 错=false はい=yes いいえ=no 예=yes 아니오=no 참=true 거짓=false oui=yes non=no ja=yes"
                + " nein=no sí=yes si=yes да=yes нет=no vrai=true faux=false wahr=true falsch=false"
                + " verdadero=true falso=false sim=yes não=no 无解=nosolution 無解=nosolution 解なし=nosolution"
                + " 不存在=doesnotexist gerade=even ungerade=odd pair=even impair=odd par=even impar=odd"
                + " чётная=even нечётная=odd undef=undefined")
            .split(" ")) {
      int equals = pair.indexOf('=');
      SHORT.put(pair.substring(0, equals), pair.substring(equals + 1));
    }
    count(
        NUMBERS,
        0,
        1,
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen"
            + " fifteen sixteen seventeen eighteen nineteen");
    count(NUMBERS, 20, 10, "twenty thirty forty fifty sixty seventy eighty ninety");
    count(PARTS, 2, 1, "half third quarter fifth sixth seventh eighth ninth tenth");
    count(PARTS, 2, 1, "halfs thirds quarters fifths sixths sevenths eighths ninths tenths");
    count(PARTS, 2, 2, "halves fourth");
    PARTS.put("fourths", 4);
  }

  private static void count(Map<String, Integer> map, int first, int step, String words) {
    int value = first;
    for (String word : words.split(" ")) {
      map.put(word, value);
      value += step;
    }
  }

  private Words() {}

  /** The tokens with spoken operations as signs: "square root of 2", "negative 5", "x squared". */
  static List<Token> withSigns(List<Token> tokens) {
    if (tokens.stream().noneMatch(t -> t.isWord() && OPERATIONS.contains(t.text()))) {
      return tokens;
    }
    var result = new ArrayList<Token>();
    for (int i = 0; i < tokens.size(); i++) {
      String phrase = spoken(tokens, i);
      if (phrase == null) {
        result.add(tokens.get(i));
        continue;
      }
      for (String sign : SPOKEN.get(phrase).split(" ")) {
        boolean name = sign.equals("sqrt") || sign.equals("cbrt");
        boolean digit = sign.equals("2") || sign.equals("3");
        var kind = name ? Token.Kind.COMMAND : digit ? Token.Kind.NUMBER : Token.Kind.SIGN;
        result.add(new Token(kind, sign, false, false));
      }
      i += phrase.split(" ").length - 1;
    }
    return result;
  }

  /** The longest spoken operation that begins here; null if there is none. */
  private static String spoken(List<Token> tokens, int from) {
    var phrase = new StringBuilder();
    String longest = null;
    for (int i = from; i < tokens.size() && i < from + 6 && tokens.get(i).isWord(); i++) {
      phrase.append(i > from ? " " : "").append(tokens.get(i).text().toLowerCase(Locale.ROOT));
      longest = SPOKEN.containsKey(phrase.toString()) ? phrase.toString() : longest;
    }
    return longest;
  }

  /** Whether it is "and" or "or", in any of the languages in which answers are found. */
  static boolean isConnective(Token t) {
    return t.isWord() && (AND.contains(t.text()) || OR.contains(t.text()));
  }

  static boolean isOr(Token t) {
    return t.isWord() && OR.contains(t.text());
  }

  static boolean isOtherwise(Token t) {
    return t.isWord() && Set.of("otherwise", "Otherwise", "else").contains(t.text());
  }

  /** At most 20 characters of hostile text for a sentence. */
  static String brief(String text) {
    return text.length() <= 20 ? text : text.substring(0, 20) + "...";
  }

  /**
   * The words of a verbal answer in lower case, without punctuation and articles; null if the
   * tokens hold mathematics.
   */
  static List<String> of(List<Token> tokens) {
    var words = new ArrayList<String>();
    boolean letters = false;
    boolean longWord = false;
    for (int i = 0; i < tokens.size(); i++) {
      var token = tokens.get(i);
      switch (token.kind()) {
        case WORD -> {
          boolean ordinal =
              i > 0 && tokens.get(i - 1).isNumber() && ORDINALS.contains(token.text());
          if (ordinal) {
            continue;
          }
          words.addAll(List.of(token.text().toLowerCase(Locale.ROOT).split("-")));
          letters = true;
          longWord |= token.text().length() > 1;
        }
        case NUMBER -> words.add(token.text());
        case SIGN -> {
          boolean hyphen = token.is("-") && isLongWord(tokens, i - 1) && isLongWord(tokens, i + 1);
          if (!hyphen && !PUNCTUATION.contains(token.text())) {
            return null;
          }
        }
        default -> {
          return null;
        }
      }
    }
    if (longWord) {
      words.removeIf(ARTICLES::contains);
    }
    words.replaceAll(w -> SHORT.getOrDefault(w, w));
    if (words.size() == 2 && PREPOSITIONS.contains(words.get(0))) {
      words.remove(0); // "on Tuesday"
    }
    if (words.size() > 1 && NUMBER_SETS.contains(words.get(words.size() - 1))) {
      words.removeAll(List.of("all", "set", "of", "numbers")); // "the set of all integers"
    }
    if (words.size() == 2 && KINDS.contains(words.get(1))) {
      words.remove(1); // "even function" for "even"
    }
    if (words.stream().anyMatch(MONTHS::contains)) {
      words.remove("of");
      words.sort(null); // 5 March is March 5
    }
    boolean verbal = longWord || letters && words.size() == 1;
    return verbal && !words.isEmpty() ? List.copyOf(words) : null;
  }

  private static boolean isLongWord(List<Token> tokens, int i) {
    return i >= 0
        && i < tokens.size()
        && tokens.get(i).text().length() > 1
        && tokens.get(i).isWord();
  }

  /** The value of a number spelt out, such as "twenty one"; null if it is none. */
  static Rational number(List<String> words) {
    if (words.size() > 12) {
      return null;
    }
    long total = 0;
    long group = 0;
    boolean any = false;
    for (String word : words) {
      if (NUMBERS.containsKey(word)) {
        group += NUMBERS.get(word);
        any = true;
      } else if (word.equals("hundred")) {
        group = Math.max(1, group) * 100;
        any = true;
      } else if (SCALES.containsKey(word)) {
        total += Math.max(1, group) * SCALES.get(word);
        group = 0;
        any = true;
      } else if (!word.equals("and")) {
        return null;
      }
      if (group > 999_999) {
        return null;
      }
    }
    return any ? Rational.of(total + group) : null;
  }

  /** The value of a fraction spelt out, such as "two thirds" or "one half"; null if it is none. */
  static Rational fraction(List<String> words) {
    int last = words.size() - 1;
    if (last == 0 && words.get(0).equals("half")) {
      return Rational.HALF;
    }
    Integer parts = last < 1 ? null : PARTS.get(words.get(last));
    var count = parts == null ? null : number(words.subList(0, last));
    // "twenty fifth" is a place in an order; "twenty fifths" is 4.
    boolean many = words.get(last).endsWith("s");
    return count == null || many == count.equals(Rational.ONE)
        ? null
        : count.over(Rational.of(parts));
  }

  /** Whether a number, spelt out, is among the words. */
  public static boolean spellsNumber(List<String> words) {
    return words.stream().anyMatch(w -> NUMBERS.containsKey(w) || SCALES.containsKey(w));
  }

  /** 100, 1000 and so on for "hundred", "thousand", ...; null for other words. */
  static Long scale(String word) {
    return SCALES.get(word);
  }
}
