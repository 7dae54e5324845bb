package dev.terse.answers.extract;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * The words by which texts announce, doubt, deny and explain an answer, in lower case. Words of
 * scripts with spaces are matched whole; Chinese, Japanese and Korean ones anywhere.
 */
enum Language {
  ENGLISH(
      "English",
      "answer answers ans result",
      "is are be equals = :",
      "to the this that question problem equation original given final here thus therefore then"
          + " should would will must in of for simplified form terms correct above",
      "or either maybe perhaps possibly alternatively",
      "not isn't aren't wasn't can't cannot never neither nor wrong incorrect false except"
          + " but fails fail",
      " because | since |, which|, so |, as | where |, not | rather than | instead of |, with ",
      "the is of and so are a to"),
  CHINESE(
      "Chinese",
      "答案 答 答案选 故选 应选",
      "是 为 為 等于 = : ： 选 ~ 】",
      "应该 应 最终 因此 就 正确 所以",
      "或 或者 还是 也许 可能是 可能为",
      "不是 并非 不对 错误 不等于 不选",
      "因为|，因|，所以|，不|,不|，而不|，其|，即",
      ""),
  FRENCH(
      "French",
      "réponse reponse résultat",
      "est sont vaut = :",
      "à la question finale correcte donc bonne final",
      "ou peut-être",
      "pas n'est jamais faux incorrect fausse",
      " car | parce que | puisque |, pas |, donc |, et non | plutôt que ",
      "est le la les et donc des une un il en"),
  GERMAN(
      "German",
      "antwort lösung ergebnis antworten",
      "ist sind lautet beträgt = :",
      "auf die frage also richtige endgültige der aufgabe somit",
      "oder entweder vielleicht möglicherweise",
      "nicht kein keine falsch nie weder",
      " weil |, da |, denn |, nicht |, also | statt ",
      "ist der die das und ein eine sind also es insgesamt"),
  SPANISH(
      "Spanish",
      "respuesta resultado",
      "es son sería = :",
      "a la pregunta final correcta por lo tanto del problema",
      "o quizás",
      "no nunca incorrecta incorrecto falso falsa",
      " porque | ya que |, no | puesto que |, pues | en vez de ",
      "es el la los las y por un una son en total"),
  PORTUGUESE(
      "Portuguese",
      "resposta resultado",
      "é são seria = :",
      "à a pergunta final correta portanto do problema",
      "ou talvez",
      "não nunca nem errada incorreta falso",
      " porque | pois |, não | já que ",
      "é o os as e um uma são em total"),
  ITALIAN(
      "Italian",
      "risposta risultato",
      "è sono = :",
      "alla domanda finale corretta quindi del problema",
      "o oppure forse",
      "non mai né sbagliata errata falso",
      " perché | poiché |, non | dato che ",
      "è il lo la i di che sono e un una"),
  RUSSIAN(
      "Russian",
      "ответ ответом",
      "это равен будет является = : — – -",
      "на вопрос задачу итоговый правильный",
      "или либо возможно",
      "не нет неверно неправильно ни",
      " потому |, так как |, не |, а не |, поскольку | ибо ",
      "и в на что это равно всего итого"),
  KOREAN("Korean", "정답 답", "은 는 = : ：", "", "또는 혹은 아니면", "아니 아닙 아닌 틀리 틀린 않", "왜냐하면|, 아니", ""),
  JAPANESE(
      "Japanese", "答え 答 解答 正解", "は = : ：", "", "または もしくは あるいは", "ではな じゃな でな 違", "なぜなら|、なぜ", ""),
  ARABIC(
      "Arabic",
      "الإجابة الجواب الاجابة",
      "هي هو = :",
      "النهائية الصحيحة النهائي على السؤال",
      "أو ربما",
      "ليس ليست غير خطأ",
      " لأن |، لأن|، وليس",
      ""),
  SWAHILI("Swahili", "jibu", "ni : =", "", "au", "si sio", "", "ni na kwa sasa kuna hivyo ya"),
  INDONESIAN(
      "Indonesian",
      "jawaban jawabannya",
      "adalah ialah : =",
      "akhir akhirnya yang benar dari",
      "atau",
      "bukan tidak",
      " karena | sebab ",
      "adalah dan yang dari jadi"),
  TURKISH(
      "Turkish",
      "cevap cevabı yanıt",
      ": =",
      "son doğru",
      "veya",
      "değil",
      " çünkü ",
      "ve bir olur"),
  VIETNAMESE(
      "Vietnamese",
      "đáp án|đáp số|câu trả lời",
      "là : =",
      "cuối cùng đúng",
      "hoặc",
      "không sai",
      " vì ",
      "là và có của"),
  DUTCH(
      "Dutch",
      "antwoord",
      "is : =",
      "op de vraag het juiste dus",
      "of",
      "niet geen fout",
      " omdat | want ",
      "het de een dus zijn"),
  POLISH(
      "Polish",
      "odpowiedź odpowiedzią",
      "to jest brzmi : =",
      "",
      "lub albo",
      "nie błędna",
      " ponieważ | bo ",
      "jest i w na więc"),
  THAI("Thai", "คำตอบ", "คือ : =", "สุดท้าย", "หรือ", "ไม่ใช่", " เพราะ", ""),
  HINDI("Hindi", "उत्तर", "है : =", "अंतिम सही", "या", "नहीं", " क्योंकि ", "है और का"),
  BENGALI("Bengali", "উত্তর", "হল হলো : =", "চূড়ান্ত সঠিক", "অথবা বা", "নয়", " কারণ ", "এবং হল"),
  TELUGU("Telugu", "సమాధానం", "= :", "", "లేదా", "కాదు", "", "");

  private static final WordIndex ALL_DOUBTS = index(null, l -> l.doubts);
  private static final WordIndex ALL_DENIALS = index(null, l -> l.denials);
  private static final Map<Language, WordIndex> DOUBTS = new EnumMap<>(Language.class);
  private static final Map<Language, WordIndex> DENIALS = new EnumMap<>(Language.class);
  private static final WordIndex REASONS =
      new WordIndex(Arrays.stream(values()).flatMap(l -> l.reasons.stream()).toList());

  static {
    for (var language : values()) {
      DOUBTS.put(language, index(language, l -> l.doubts));
      DENIALS.put(language, index(language, l -> l.denials));
    }
  }

  private static final Set<String> JOINTS =
      Set.of(
          ("and or und oder et ou y o e и или dan atau 和 与 及 或 或者 以及 と または および 그리고 또는 와 과")
              .split(" "));

  private static final List<String> COPULAS =
      List.of("입니다", "이에요", "예요", "이다", "です", "である", "となります", "になります", "だ");

  private final String name;
  private final List<String> nouns;
  private final List<String> verbs;
  private final List<String> between;
  private final List<String> doubts;
  private final List<String> denials;
  private final List<String> reasons;
  private final List<String> common;

  Language(
      String name,
      String nouns,
      String verbs,
      String between,
      String doubts,
      String denials,
      String reasons,
      String common) {
    this.name = name;
    this.nouns = words(nouns);
    this.verbs = words(verbs);
    this.between = words(between);
    this.doubts = words(doubts);
    this.denials = words(denials);
    this.reasons = reasons.isEmpty() ? List.of() : List.of(reasons.split("\\|"));
    this.common = words(common);
  }

  private static List<String> words(String text) {
    String separator = text.indexOf('|') < 0 ? " " : "\\|";
    return text.isEmpty() ? List.of() : Arrays.asList(text.split(separator));
  }

  /** "answer" and its like. */
  List<String> nouns() {
    return nouns;
  }

  /** What stands between "answer" and the answer: "is", a colon, an equals sign. */
  List<String> verbs() {
    return verbs;
  }

  /** Words that may stand between noun and verb, as in "the answer to this question is". */
  List<String> between() {
    return between;
  }

  /** Whether numbers are written with a decimal comma. */
  boolean hasDecimalComma() {
    return switch (this) {
      case FRENCH, GERMAN, SPANISH, PORTUGUESE, ITALIAN, RUSSIAN -> true;
      default -> false;
    };
  }

  /**
   * Whether a word of doubt or choice, such as "or", is in a text.
   *
   * @param lower the text in lower case
   * @param language of the text, where a little word of another one may mean nothing; else null
   */
  static boolean doubts(String lower, Language language) {
    return (language == null ? ALL_DOUBTS : DOUBTS.get(language)).isIn(lower);
  }

  /** Whether something is denied or called wrong, as {@link #doubts}. */
  static boolean denies(String lower, Language language) {
    return (language == null ? ALL_DENIALS : DENIALS.get(language)).isIn(lower);
  }

  /** The little words of the last languages may mean nothing in a text of another one. */
  private static WordIndex index(Language language, Function<Language, List<String>> words) {
    return new WordIndex(
        Arrays.stream(values())
            .filter(
                l -> language == null && l.compareTo(ARABIC) <= 0 || l == language || l == ENGLISH)
            .flatMap(l -> words.apply(l).stream())
            .toList());
  }

  /** Whether what stands between two values only joins them: "and", "or", a comma. */
  static boolean joins(String lower) {
    String words = lower;
    for (String mark : List.of(",", ";", "，", "、", "；")) {
      words = words.replace(mark, " ");
    }
    return words.isBlank() || JOINTS.contains(words.strip());
  }

  /** Where the explanation of an answer begins: "because", "since"; the length if there is none. */
  static int explanation(String lower) {
    return REASONS.first(lower);
  }

  /** Without "desu", "imnida" and their like at the end. */
  static String withoutCopula(String text) {
    for (String copula : COPULAS) {
      if (text.length() > copula.length() && text.endsWith(copula)) {
        return text.substring(0, text.length() - copula.length()).strip();
      }
    }
    return text;
  }

  /**
   * The language of a text in lower case by its commonest words: at least two different ones and
   * more than of any other; null if that is unclear.
   */
  static Language of(String lower) {
    Language best = null;
    int most = 1;
    boolean tied = false;
    for (var language : values()) {
      int count = 0;
      for (String word : language.words()) {
        count += Chars.indexOfWord(lower, word, 0) >= 0 ? 1 : 0;
      }
      tied = count == most && best != null || count < most && tied;
      if (count > most) {
        best = language;
        most = count;
        tied = false;
      }
    }
    return tied && best == ENGLISH ? ENGLISH : best;
  }

  private List<String> words() {
    var all = new ArrayList<>(common);
    all.addAll(nouns);
    return all;
  }

  @Override
  public String toString() {
    return name;
  }
}
