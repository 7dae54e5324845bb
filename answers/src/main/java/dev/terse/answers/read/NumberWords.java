package dev.terse.answers.read;

import dev.terse.answers.value.Rational;
import java.util.HashMap;
import java.util.Map;

/** Whole numbers spelt out in languages other than English. */
final class NumberWords {
  private static final String GERMAN =
      "null eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn"
          + " sechzehn siebzehn achtzehn neunzehn";
  private static final String GERMAN_TENS =
      "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig";
  private static final String FRENCH =
      "zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize"
          + " dix_sept dix_huit dix_neuf";
  private static final String FRENCH_TENS =
      "vingt trente quarante cinquante soixante soixante quatre_vingt quatre_vingt";
  private static final String SPANISH =
      "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince"
          + " dieciséis diecisiete dieciocho diecinueve veinte veintiuno veintidós veintitrés"
          + " veinticuatro veinticinco veintiséis veintisiete veintiocho veintinueve";
  private static final String SPANISH_TENS =
      "veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa";
  private static final String PORTUGUESE =
      "zero um dois três quatro cinco seis sete oito nove dez onze doze treze catorze quinze dezesseis"
          + " dezessete dezoito dezenove";
  private static final String PORTUGUESE_TENS =
      "vinte trinta quarenta cinquenta sessenta setenta oitenta noventa";
  private static final String DIGITS = "零一二三四五六七八九";
  private static final String UNITS = "十百千";
  private static final String PARTS = "分之";

  private static final Map<String, Integer> VALUES = new HashMap<>();

  static {
    String[] german = GERMAN.split(" ");
    String[] germanTens = GERMAN_TENS.split(" ");
    String[] french = FRENCH.split(" ");
    String[] frenchTens = FRENCH_TENS.split(" ");
    put(german);
    put(french);
    put(SPANISH.split(" "));
    put(PORTUGUESE.split(" "));
    joined(SPANISH.split(" "), SPANISH_TENS.split(" "), " y ");
    joined(PORTUGUESE.split(" "), PORTUGUESE_TENS.split(" "), " e ");
    for (int n = 20; n < 100; n++) {
      int unit = n % 10;
      String one = unit == 1 ? "ein" : german[unit];
      VALUES.put((unit == 0 ? "" : one + "und") + germanTens[n / 10 - 2], n);
      boolean twenties = n / 10 == 7 || n / 10 == 9; // soixante-dix, quatre-vingt-dix
      int rest = twenties ? unit + 10 : unit;
      String joint = rest % 10 == 1 && n < 80 ? " et " : " ";
      String tens = frenchTens[n / 10 - 2].replace('_', ' ');
      VALUES.put(rest == 0 ? tens : tens + joint + french[rest].replace('_', ' '), n);
    }
    VALUES.put("quatre vingts", 80);
    VALUES.put("hundert", 100);
    VALUES.put("einhundert", 100);
    VALUES.put("cent", 100);
    VALUES.put("cien", 100);
    VALUES.put("cem", 100);
  }

  private NumberWords() {}

  private static void put(String[] words) {
    for (int i = 0; i < words.length; i++) {
      VALUES.put(words[i].replace('_', ' '), i);
    }
  }

  private static void joined(String[] units, String[] tens, String and) {
    for (int n = 20; n < 100; n++) {
      String ten = tens[n / 10 - 2];
      VALUES.putIfAbsent(n % 10 == 0 ? ten : ten + and + units[n % 10], n);
    }
  }

  /** The number that these words, joined by spaces, spell; null if they spell none. */
  static Rational of(String words) {
    Integer value = VALUES.get(words);
    if (value != null) {
      return Rational.of(value);
    }
    if (words.length() > 1 && words.charAt(0) == '负') {
      var size = of(words.substring(1));
      return size == null ? null : size.negate();
    }
    int point = words.indexOf('点');
    if (point > 0 && words.length() - point < 8) { // 二点五
      var whole = of(words.substring(0, point));
      String places = words.substring(point + 1);
      for (int i = 0; i < 10; i++) {
        places = places.replace(DIGITS.charAt(i), (char) ('0' + i));
      }
      boolean digits = !places.isEmpty() && places.chars().allMatch(c -> c >= '0' && c <= '9');
      return whole == null || !digits
          ? null
          : whole.plus(
              Rational.of(Integer.parseInt(places)).over(Rational.of(10).pow(places.length())));
    }
    int parts = words.indexOf(PARTS);
    if (parts > 0) { // 三分之二
      var bottom = of(words.substring(0, parts));
      var top = bottom == null ? null : of(words.substring(parts + PARTS.length()));
      return top == null || bottom.signum() == 0 ? null : top.over(bottom);
    }
    boolean chinese = !words.isEmpty() && words.length() <= 12 && words.charAt(0) >= '\u4e00';
    return chinese ? chinese(words.replace('〇', '零').replace('两', '二')) : null;
  }

  /** 三十三, 一百零五, 二万: digits before their powers of ten. */
  private static Rational chinese(String text) {
    long total = 0;
    long group = 0;
    int digit = -1;
    int lowest = 4; // the power of ten before, which must fall
    for (char c : text.toCharArray()) {
      int power = UNITS.indexOf(c) + 1;
      if (DIGITS.indexOf(c) >= 0) {
        if (digit > 0) {
          return null;
        }
        digit = DIGITS.indexOf(c);
      } else if (power > 0 && power < lowest) {
        group += (digit <= 0 ? 1 : digit) * Math.round(Math.pow(10, power));
        digit = -1;
        lowest = power;
      } else if (c == '万' && total == 0) {
        total = (group + Math.max(0, digit)) * 10_000;
        group = 0;
        digit = -1;
        lowest = 4;
      } else {
        return null;
      }
    }
    return Rational.of(total + group + Math.max(0, digit));
  }
}
