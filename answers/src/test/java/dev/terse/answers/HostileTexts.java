package dev.terse.answers;

import dev.terse.testkit.conformance.Draws;

/** Makes completions from a grammar of tags, LaTeX and digits, then damages some of them. */
public final class HostileTexts {
  private static final String[] ATOMS = {
    "0",
    "1",
    "2",
    "7",
    "12",
    "100",
    "3.14",
    "0.5",
    "1,000",
    "x",
    "y",
    "n",
    "\\pi",
    "e",
    "i",
    "\\infty",
    "10^9",
    "9^9",
    "\\theta",
    "x_1",
    "1e5",
    "1e399",
    "50\\%",
    "\\$5",
    "\\frac12",
    "½",
    "\\sqrt2",
    "A",
    "\\text{cm}",
    "30^\\circ",
    "5!",
    "\\text{yes}",
    "Tuesday",
    "twelve",
    "1011_2",
    "\\emptyset",
    "99999999999999999999",
    "0.\\overline{3}"
  };
  private static final String[] BINARY = {
    "+",
    "-",
    "*",
    "/",
    "^",
    " \\cdot ",
    " ",
    "",
    "=",
    "<",
    "\\le ",
    ",",
    ", ",
    " or ",
    " and ",
    "\\cup ",
    "\\pm ",
    ":",
    "!",
    "_",
    "**",
    "//",
    "\\ne ",
    "&",
    "\\\\",
    ";",
    "∪",
    "\\in "
  };
  private static final String[][] WRAPS = {
    {"(", ")"},
    {"{", "}"},
    {"[", "]"},
    {"\\{", "\\}"},
    {"|", "|"},
    {"\\sqrt{", "}"},
    {"\\frac{", "}{3}"},
    {"\\frac{1}{", "}"},
    {"\\sin(", ")"},
    {"\\log_2(", ")"},
    {"\\ln ", ""},
    {"\\left(", "\\right)"},
    {"e^{", "}"},
    {"2^{", "}"},
    {"(", ")!"},
    {"\\binom{", "}{2}"},
    {"\\text{", "}"},
    {"$", "$"},
    {"\\boxed{", "}"},
    {"\\lfloor ", " \\rfloor"},
    {"(", ",2)"},
    {"[0,", ")"},
    {"\\begin{pmatrix}", "\\end{pmatrix}"},
    {"x=", ""},
    {"-", ""},
    {"(", ")^2"},
    {"(", ")^{1/3}"},
    {"\\tan ", "^\\circ"},
    {"\\sqrt[3]{", "}"},
    {"\\gcd(12,", ")"}
  };
  private static final String[] PROSE = {
    "So ",
    "the answer is ",
    "Therefore\n\n",
    "#### ",
    "**Answer:** ",
    "</think>",
    "<think>",
    "[SKIP]",
    " is the result. ",
    "\n",
    ". ",
    "not ",
    "about ",
    "we get $",
    "$ and ",
    "\\(",
    "\\)",
    "\\[",
    "\\]",
    "<|im_end|>",
    "\u0000",
    "\ud83d",
    "１２",
    "٣",
    "\u200b",
    "\t",
    "option ",
    "(B) "
  };

  private final Draws draws;

  public HostileTexts(Draws draws) {
    this.draws = draws;
  }

  public String gold() {
    return draws.between(0, 3) == 0 ? expression(2) : pick(ATOMS);
  }

  public String completion() {
    var text = new StringBuilder();
    int parts = draws.between(0, 6);
    for (int i = 0; i < parts; i++) {
      text.append(pick(PROSE));
      if (draws.between(0, 1) == 0) {
        text.append(expression(draws.between(0, 5)));
      }
    }
    text.append(
        switch (draws.between(0, 4)) {
          case 0 -> "</think>\\boxed{" + expression(4) + "}";
          case 1 -> "The answer is $" + expression(4) + "$.";
          case 2 -> "#### " + expression(3);
          default -> expression(draws.between(0, 6));
        });
    damage(text);
    return text.toString();
  }

  private String expression(int depth) {
    if (depth == 0) {
      return pick(ATOMS);
    }
    if (draws.between(0, 2) == 0) {
      return expression(depth - 1) + pick(BINARY) + expression(depth - 1);
    }
    String[] wrap = WRAPS[draws.between(0, WRAPS.length - 1)];
    return wrap[0] + expression(depth - 1) + wrap[1];
  }

  /** Drops, doubles or repeats a piece of the text. */
  private void damage(StringBuilder text) {
    for (int i = draws.between(0, 3); i > 0 && text.length() > 0; i--) {
      int at = draws.between(0, text.length() - 1);
      int end = Math.min(text.length(), at + draws.between(1, 8));
      String piece = text.substring(at, end);
      switch (draws.between(0, 3)) {
        case 0 -> text.delete(at, end);
        case 1 -> text.insert(at, piece);
        case 2 -> text.insert(at, piece.repeat(draws.between(2, 200)));
        default -> text.setCharAt(at, (char) draws.between(0, 0xffff));
      }
    }
  }

  private String pick(String[] from) {
    return from[draws.between(0, from.length - 1)];
  }
}
