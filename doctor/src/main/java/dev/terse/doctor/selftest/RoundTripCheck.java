package dev.terse.doctor.selftest;

import dev.terse.doctor.Check;
import dev.terse.doctor.Finding;
import dev.terse.io.Quote;
import dev.terse.model.tokenizer.Tokenizer;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Texts that tokenizers stumble over become tokens and the same texts again. */
public record RoundTripCheck(Tokenizer tokenizer) implements Check {

  private static final List<String> TEXTS =
      List.of(
          "2+2=4, so x = 4.\n\n\\boxed{4}",
          "  two blanks before, a tab\there, and blanks after  ",
          "\n\n\n",
          "1234567890 1,000,000.50 -3e-7",
          "\\frac{\\sqrt{2}}{3} \\leq x^{2} \\in \\mathbb{R}",
          "naïve café Ångström ﬁ ½ ²",
          "数学 の 問題 \u0938\u092e\u0940\u0915\u0930\u0923 معادلة",
          "👩‍👩‍👧‍👦 🇩🇪 e\u0301",
          "zero\u200bwidth no\u00a0break",
          "</think> [SKIP] <answer>");

  @Override
  public String subject() {
    return "tokens";
  }

  @Override
  public List<Finding> look() {
    List<String> lost = new ArrayList<>();
    List<String> normalized = new ArrayList<>();
    for (String text : TEXTS) {
      int[] ids = tokenizer.encode(text);
      String back = tokenizer.decode(ids, false);
      if (back.equals(text)) {
        continue;
      }
      boolean same = Arrays.equals(tokenizer.encode(back), ids);
      (same && sameCharacters(back, text) ? normalized : lost).add(Quote.of(text));
    }
    List<Finding> verdicts = new ArrayList<>();
    if (!lost.isEmpty()) {
      verdicts.add(
          Finding.problem(
              subject(),
              lost.size() + " of " + TEXTS.size() + " texts do not come back: " + lost,
              "each text again, to the character",
              "look at tokenizer.json: normalizer, decoder; rewards read what is decoded"));
    }
    if (!normalized.isEmpty()) {
      verdicts.add(
          Finding.note(
              subject(),
              "the tokenizer writes " + normalized.size() + " texts otherwise: " + normalized,
              "",
              ""));
    }
    if (verdicts.isEmpty()) {
      verdicts.add(
          Finding.ok(subject(), TEXTS.size() + " texts become tokens and the same texts again"));
    }
    return verdicts;
  }

  /** Whether two texts differ in blanks at their ends and in Unicode's equivalent forms alone. */
  private static boolean sameCharacters(String a, String b) {
    return Normalizer.normalize(a, Normalizer.Form.NFKC)
        .strip()
        .equals(Normalizer.normalize(b, Normalizer.Form.NFKC).strip());
  }
}
