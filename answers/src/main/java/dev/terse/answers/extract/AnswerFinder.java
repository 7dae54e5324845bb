package dev.terse.answers.extract;

import dev.terse.answers.extract.AnswerPolicy.Grader;
import dev.terse.answers.extract.Found.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Finds the answer in the text after the thinking by the surest evidence that its policy admits.
 * Hand-written scanners, each linear in the length of the text; nothing backtracks.
 */
public final class AnswerFinder {
  /**
   * Only the end of a text is looked at. Real answer parts of R1 models have 2,000 characters or
   * less; a megabyte of text must not cost more than this.
   */
  public static final int MAX_SCANNED_CHARS = 16_384;

  /** What is said of an answer and is none: "the answer is correct". */
  private static final Set<String> COMMENTS =
      Set.of(
          "correct",
          "right",
          "verified",
          "valid",
          "reasonable",
          "consistent",
          "clear",
          "below",
          "above",
          "as follows",
          "confirmed",
          "unique",
          "exact",
          "positive",
          "an integer");

  /** What begins the last sentence of a solution. */
  private static final List<String> CONCLUSIONS =
      List.of(
          "therefore",
          "thus",
          "hence",
          "so ",
          "so,",
          "finally",
          "in conclusion",
          "因此",
          "所以",
          "故",
          "综上",
          "最后",
          "最终",
          "したがって",
          "よって",
          "따라서",
          "donc",
          "also ",
          "por lo tanto",
          "portanto",
          "quindi",
          "итак",
          "следовательно");

  /** Longest token that ends a text. */
  private static final int MAX_MARK = 24;

  /** A square root in Chinese words. */
  private static final String ROOT = "根号";

  private static final String HASHES = "####";

  private final Set<Source> evidence;
  private final boolean formulasOnly;
  private final SentenceAnswer sentences;
  private final UnmarkedAnswer unmarked;
  private final Predicate<String> isMathematics;
  private final Predicate<String> isReadable;

  /**
   * Finder of a policy.
   *
   * @param isMathematics whether a text can be read as mathematics
   * @param isReadable whether it can be read as mathematics or as a few words
   */
  public AnswerFinder(
      AnswerPolicy policy, Predicate<String> isMathematics, Predicate<String> isReadable) {
    this.evidence = policy.evidence();
    this.formulasOnly = policy.grader() == Grader.FORMULAS;
    this.isMathematics = isMathematics;
    this.isReadable = isReadable;
    sentences = new SentenceAnswer(isMathematics);
    unmarked = new UnmarkedAnswer(sentences);
  }

  /**
   * The answer in a text.
   *
   * @param choice whether the letter of a choice is asked for
   */
  public Found find(String text, boolean choice) {
    String plain = end(text);
    String tag = evidence.contains(Source.TAGS) ? Tags.last(plain) : null;
    if (tag != null && tag.isEmpty()) {
      return Found.none("the answer tag is empty");
    }
    String part = withoutEndMarks(tag == null ? plain : tag);
    var marked = marked(part, choice);
    if (marked != null && (tag != null || isDecided(marked))) {
      return marked;
    }
    if (tag != null) {
      return sentences.in(tag, Source.TAGS, null, choice);
    }
    String letter = choice && evidence.contains(Source.CHOICE) ? Choices.named(part) : null;
    if (letter != null) {
      return new Found(List.of(letter), Source.CHOICE, Source.CHOICE.toString());
    }
    boolean whole = evidence.contains(Source.WHOLE) && !part.isEmpty();
    String spoken = whole ? SentenceAnswer.inWords(part) : null;
    if (spoken != null && !isReadable.test(part)) { // "\\frac34\\text{ (about }0.75\\text{)}"
      part = spoken;
    }
    String first = whole && part.indexOf('\n') < 0 ? SentenceAnswer.verdict(part) : null;
    if (first != null) {
      return new Found(List.of(first, part), Source.WHOLE, "the word that the text begins with");
    }
    if (whole && isAnswer(SentenceAnswer.bare(part))) {
      var texts = Chars.hasDigit(part) ? List.<String>of() : SentenceAnswer.words(part);
      texts = texts.size() < 2 ? sentences.forms(part) : texts;
      return new Found(texts, Source.WHOLE, Source.WHOLE.toString());
    }
    if (!part.isEmpty() && evidence.contains(Source.LAST_NUMBER)) {
      var found = unmarked.in(part);
      if (found != null) {
        return found;
      }
    }
    if (marked != null) {
      return marked;
    }
    boolean words = whole && part.indexOf('\n') < 0 && !Chars.hasDigit(part);
    return words
        ? new Found(SentenceAnswer.words(part), Source.WHOLE, Source.WHOLE.toString())
        : Found.absent();
  }

  /** The end of a text, with one spelling of digits and boxes. */
  private static String end(String text) {
    String end = text.substring(Math.max(0, text.length() - MAX_SCANNED_CHARS));
    String plain = Boxes.plain(Chars.plain(end));
    return plain.contains(ROOT) ? plain.replace(ROOT, "√") : plain;
  }

  /** Without the tokens by which models end a text, such as {@code <|im_end|>}. */
  private static String withoutEndMarks(String text) {
    String part = text.strip();
    for (int start = endMark(part); start >= 0; start = endMark(part)) {
      part = part.substring(0, start).strip();
    }
    return part;
  }

  /** Where a token in angle or square brackets begins that ends a text; -1 if none does. */
  private static int endMark(String text) {
    int end = text.length() - 1;
    boolean angle = end > 1 && text.charAt(end) == '>';
    if (!angle && !text.endsWith("INST]")) {
      return -1;
    }
    int start = text.lastIndexOf(angle ? '<' : '[');
    boolean mark = start >= 0 && end - start > 1 && end - start < MAX_MARK;
    for (int i = start + 1; mark && i < end; i++) {
      char c = text.charAt(i);
      mark =
          Character.isLetterOrDigit(c) || "|_/".indexOf(c) >= 0 || c == '\uff5c' || c == '\u2581';
    }
    return mark && Chars.hasLetter(text.substring(start, end)) ? start : -1;
  }

  /** Whether marked evidence is all there is to look at, also where it says nothing readable. */
  private boolean isDecided(Found marked) {
    return marked.source() != Source.PHRASE
        || !evidence.contains(Source.LAST_NUMBER)
        || Language.denies(Chars.lower(marked.text()), null)
        || Language.doubts(Chars.lower(marked.text()), null)
        || marked.texts().stream().anyMatch(isReadable);
  }

  /** Whether a text names several candidates. */
  public static boolean isDoubtful(String text) {
    return text.length() <= MAX_SCANNED_CHARS && Language.doubts(Chars.lower(text), null);
  }

  /** The answer that a gold answer or worked solution marks by a tag, box, hashes or phrase. */
  public static String inGold(String gold) {
    String plain = withoutEndMarks(end(gold));
    var boxes = Boxes.in(plain);
    if (boxes != null && boxes.last() != null) {
      return boxes.last();
    }
    int hashes = plain.lastIndexOf(HASHES);
    String line = hashes < 0 ? "" : Sentences.firstLine(plain, hashes + HASHES.length());
    if (!line.isEmpty()) {
      return line;
    }
    var phrase = Phrases.last(Chars.lower(plain));
    String said = phrase == null ? "" : Sentences.announced(plain, phrase.end());
    return said.isEmpty() ? listed(plain.strip()) : Sentences.trimmed(said);
  }

  /** Whether a text says nothing but its answer. */
  private boolean isAnswer(String text) {
    boolean formula = !Formulas.in(text).isEmpty();
    if (!SentenceAnswer.isProse(text) && isMathematics.test(text)) {
      return true;
    }
    return !formula && !Chars.hasDigit(text) && isReadable.test(text);
  }

  /** The answer that the text marks as such: box, hashes, phrase; null if it marks none. */
  private Found marked(String text, boolean choice) {
    var boxes = evidence.contains(Source.BOXED) ? Boxes.in(text) : null;
    if (boxes != null) {
      return boxed(text, boxes, choice);
    }
    int hashes = evidence.contains(Source.HASHES) ? text.lastIndexOf(HASHES) : -1;
    if (hashes >= 0) {
      String rest = text.substring(hashes + HASHES.length());
      if (rest.isBlank()) {
        return Found.none("nothing follows ####");
      }
      String line = Sentences.firstLine(rest, 0);
      boolean heading = !Chars.hasDigit(line) && rest.strip().length() > line.length();
      if (!heading) {
        return sentences.in(line, Source.HASHES, null, choice);
      }
    }
    return evidence.contains(Source.PHRASE) ? phrase(text, choice) : null;
  }

  /** The letter that a phrase names where the box holds a value: "故选 B". */
  private static String choiceBeside(String text) {
    var phrase = Phrases.last(Chars.lower(text));
    return phrase == null ? null : Choices.in(Sentences.announced(text, phrase.end()));
  }

  private Found boxed(String text, Boxes.Found boxes, boolean choice) {
    if (boxes.abandoned()) {
      return Found.none("the last box is open or empty");
    }
    String letter = choice ? Choices.in(boxes.last()) : null;
    if (letter != null) {
      return new Found(List.of(letter), Source.BOXED, "\\boxed, its choice");
    }
    String beside = choice ? choiceBeside(text) : null;
    if (beside != null) {
      return new Found(List.of(beside), Source.PHRASE, "the choice beside the box");
    }
    String words = SentenceAnswer.inWords(boxes.last());
    if (words != null && (SentenceAnswer.isProse(words) || !isReadable.test(boxes.last()))) {
      return sentences.in(words, Source.BOXED, null, choice);
    }
    var texts = new ArrayList<>(sentences.forms(boxes.last()));
    if (boxes.all() != null) {
      texts.add(boxes.all());
    }
    return new Found(texts, Source.BOXED, Source.BOXED.toString());
  }

  private Found phrase(String text, boolean choice) {
    String lower = Chars.lower(text);
    var phrase = Phrases.last(lower);
    String sentence = phrase == null ? "" : Sentences.announced(text, phrase.end());
    while (phrase != null && COMMENTS.contains(Sentences.trimmed(Chars.lower(sentence)))) {
      phrase = Phrases.last(lower.substring(0, phrase.start()));
      sentence = phrase == null ? "" : Sentences.announced(text, phrase.end());
    }
    if (phrase == null) {
      return null;
    }
    if (sentence.isEmpty()) {
      return Found.none("nothing follows the answer phrase");
    }
    if (evidence.contains(Source.LAST_NUMBER) && isDerivation(text, phrase.end(), sentence)) {
      return null;
    }
    if (!formulasOnly) {
      return sentences.in(sentence, Source.PHRASE, phrase.language(), choice);
    }
    var formulas = Formulas.in(sentence);
    return formulas.isEmpty()
        ? Found.none("no formula follows the answer phrase")
        : new Found(
            List.of(formulas.get(0).content()),
            Source.PHRASE,
            "the formula after an answer phrase");
  }

  /** Whether a heading stands over a whole solution, whose last sentence concludes. */
  private static boolean isDerivation(String text, int from, String sentence) {
    boolean heading = Sentences.beginsLine(text, from);
    int at = heading && SentenceAnswer.isProse(sentence) ? text.indexOf(sentence, from) : -1;
    String line = at < 0 ? "" : Sentences.lastLine(text.substring(at + sentence.length()));
    if (line.isEmpty()) {
      return false;
    }
    String last = Chars.lower(line.substring(Sentences.start(line, line.length() - 1))).strip();
    return CONCLUSIONS.stream().anyMatch(last::startsWith);
  }

  /** The entries of a column written as a list of quoted texts, {@code ['70']}, with commas. */
  private static String listed(String gold) {
    boolean list = gold.startsWith("['") && gold.endsWith("']");
    list |= gold.startsWith("[\"") && gold.endsWith("\"]");
    if (!list) {
      return gold;
    }
    String quote = gold.substring(1, 2);
    return gold.substring(2, gold.length() - 2)
        .replace(quote + "," + quote, ", ")
        .replace(quote + ", " + quote, ", ");
  }
}
