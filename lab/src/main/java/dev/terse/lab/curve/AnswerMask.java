package dev.terse.lab.curve;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Finds the final answer where a text states it. A number is found however it is written: 1234 also
 * as 1,234, 1{,}234 and 1234.00, with any sign, never as a part of another number. Any other answer
 * is found to the letter, but for white space, and never as a part of a word. Where the number
 * stands for something else it is found too: the control masks too much rather than too little.
 */
final class AnswerMask {
  private static final Pattern NUMBER = Pattern.compile("[-+]?\\d+(\\.\\d+)?");
  private static final String SEPARATOR = "(?:,|\\{,\\}|\\\\,)";
  private static final int THOUSAND = 3; // digits between separators

  private final Pattern answers;

  private AnswerMask(Pattern answers) {
    this.answers = answers;
  }

  /**
   * Of the forms that an answer has; blank ones are passed over.
   *
   * @param forms the right answer, and the chain's own as it was written
   */
  static AnswerMask of(Collection<String> forms) {
    List<String> patterns =
        forms.stream()
            .map(AnswerMask::bare)
            .filter(form -> !form.isEmpty())
            .distinct()
            .map(AnswerMask::pattern)
            .toList();
    return new AnswerMask(
        Pattern.compile(patterns.isEmpty() ? "(?!)" : String.join("|", patterns)));
  }

  /** How often the text states the answer. */
  int count(String text) {
    return (int) answers.matcher(text).results().count();
  }

  /** The text with {@code mark} in place of each answer. */
  String mask(String text, String mark) {
    return answers.matcher(text).replaceAll(Matcher.quoteReplacement(mark));
  }

  /** Without the delimiters of formulas. */
  private static String bare(String form) {
    return form.replace("$", "").replace("\\(", "").replace("\\)", "").strip();
  }

  private static String pattern(String form) {
    String plain = form.replaceAll(SEPARATOR, "");
    return NUMBER.matcher(plain).matches() ? number(new BigDecimal(plain)) : literal(form);
  }

  private static String number(BigDecimal value) {
    String[] parts = value.abs().stripTrailingZeros().toPlainString().split("\\.");
    StringBuilder whole = new StringBuilder();
    for (int i = 0; i < parts[0].length(); i++) {
      boolean apart = i > 0 && (parts[0].length() - i) % THOUSAND == 0;
      whole.append(apart ? SEPARATOR + "?" : "").append(parts[0].charAt(i));
    }
    String fraction = parts.length == 1 ? "(?:\\.0+)?" : "\\." + parts[1] + "0*";
    return "(?<![\\p{L}\\p{N}_.])(?<!\\p{N},)" + whole + fraction + "(?!\\p{N}|[.,]\\p{N})";
  }

  private static String literal(String form) {
    List<String> words = new ArrayList<>(Arrays.asList(form.split("\\s+")));
    String text = words.stream().map(Pattern::quote).collect(Collectors.joining("\\s*"));
    boolean beginsWord = Character.isLetterOrDigit(form.codePointAt(0));
    boolean endsWord = Character.isLetterOrDigit(form.codePointBefore(form.length()));
    return (beginsWord ? "(?<![\\p{L}\\p{N}])" : "")
        + text
        + (endsWord ? "(?![\\p{L}\\p{N}])" : "");
  }
}
