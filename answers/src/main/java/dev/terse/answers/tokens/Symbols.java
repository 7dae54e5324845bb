package dev.terse.answers.tokens;

import dev.terse.answers.value.CannotTell;
import dev.terse.answers.value.Limits;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** Spellings of LaTeX and Unicode, mapped to one spelling each. */
public final class Symbols {
  private Symbols() {}

  /** Commands that say how a thing looks, not what it is. */
  static final Set<String> DECORATION =
      words(
          "left right middle big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr Biggl Biggr displaystyle"
              + " textstyle scriptstyle limits nolimits mathstrut strut hfill noindent"
              + " mathbf mathit mathsf mathcal mathfrak boldsymbol bm bold rm bf it vec hat"
              + " underline cal tt boxed fbox mathstrut nonumber ensuremath tiny small"
              + " large Large");

  /** Commands that are white space. */
  static final Set<String> SPACES =
      words("quad qquad enspace thinspace medspace thickspace space hspace newline par");

  /** Commands whose braces hold nothing that is said. */
  static final Set<String> UNSEEN =
      words("phantom hphantom vphantom color textcolor label tag vspace");

  /** Other commands with a meaning, or without one; no letter is cut off their end. */
  private static final Set<String> OTHERS =
      words(
          "begin end mathbb Bbb frac pi infty infin imath overline bar dot over choose angle"
              + " triangle overrightarrow emptyset reals integers naturals rationals det lim sum prod int"
              + " iint oint jmath permutations intercal top angle bmod pmod mod neg inf sup gets notin subset supset root surd");

  /** Commands whose braces hold words. */
  static final Set<String> TEXT =
      words(
          "text mathrm textrm textbf textit textsf texttt mbox hbox operatorname emph textnormal");

  /** Greek letters and their like: variables. */
  public static final Set<String> LETTERS =
      words(
          "alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu"
              + " xi rho varrho sigma tau upsilon phi varphi chi psi omega Gamma Delta Theta Lambda"
              + " Xi Sigma Upsilon Phi Psi Omega ell hbar");

  public static final Set<String> FUNCTIONS =
      words(
          "sin cos tan cot sec csc arcsin arccos arctan arccot sinh cosh tanh ln log exp lg"
              + " sqrt cbrt abs factorial floor ceil max min gcd lcm binom asin acos atan re im conj cis"
              + " sech csch coth arcsec arccsc arcsinh arccosh arctanh");

  /** Sets of numbers by their letter. */
  static final Map<String, String> NUMBER_SETS =
      Map.of("R", "reals", "Z", "integers", "N", "naturals", "Q", "rationals");

  /** Commands that are another one in other dress. */
  static final Map<String, String> ALIASES = new HashMap<>();

  /** Commands that are words. */
  static final Map<String, String> CONNECTIVES = new HashMap<>();

  /** Commands and their sign. */
  static final Map<String, String> SIGNS = new HashMap<>();

  /** Unicode characters and their replacement text. */
  static final Map<Character, String> UNICODE = new HashMap<>();

  private static final String SCRIPTS = "0123456789+-()nx";
  private static final Map<Character, Character> SUPERSCRIPTS = new HashMap<>();
  private static final Map<Character, Character> SUBSCRIPTS = new HashMap<>();

  static {
    put(ALIASES, "dfrac tfrac cfrac nicefrac sfrac flatfrac", "frac");
    put(ALIASES, "dbinom tbinom", "binom");
    put(ALIASES, "R", "reals");
    put(ALIASES, "Z", "integers");
    put(ALIASES, "surd", "sqrt");
    put(ALIASES, "varnothing", "emptyset");
    put(CONNECTIVES, "lor vee", "or");
    put(CONNECTIVES, "land wedge", "and");
    put(SIGNS, "cdot times ast bullet star", "*");
    put(SIGNS, "div", "/");
    put(SIGNS, "le leq leqslant leqq", "≤");
    put(SIGNS, "ge geq geqslant geqq", "≥");
    put(SIGNS, "ne neq", "≠");
    put(SIGNS, "lt", "<");
    put(SIGNS, "gt", ">");
    put(SIGNS, "pm", "±");
    put(SIGNS, "mp", "∓");
    put(SIGNS, "cup bigcup", "∪");
    put(SIGNS, "cap bigcap", "∩");
    put(SIGNS, "setminus smallsetminus backslash", "∖");
    put(SIGNS, "in", "∈");
    put(SIGNS, "approx simeq sim cong doteq", "≈");
    put(SIGNS, "equiv", "≡");
    put(SIGNS, "circ degree", "°");
    put(SIGNS, "langle", "⟨");
    put(SIGNS, "rangle", "⟩");
    put(SIGNS, "lvert rvert vert mid", "|");
    put(SIGNS, "lbrack", "[");
    put(SIGNS, "rbrack", "]");
    put(SIGNS, "lbrace", "{set");
    put(SIGNS, "rbrace", "}set");
    put(SIGNS, "colon", ":");
    put(SIGNS, "prime", "'");
    put(SIGNS, "ldots dots cdots dotsc", "…");
    put(SIGNS, "to rightarrow implies Rightarrow Longrightarrow iff", "→");
    put(SIGNS, "lfloor", "⌊");
    put(SIGNS, "rfloor", "⌋");
    put(SIGNS, "lceil", "⌈");
    put(SIGNS, "rceil", "⌉");

    for (String pair :
        ("−- –- —- ‐- ‑- ﹣- ×* ·* ⋅* ∙* •* ∗* ÷/ ∕/ ⁄/ ⩽≤ ⩾≥ ≦≤ ≧≥ ⟶→ ∼≈ ≃≈ ≅≈ º° ∣| 〈⟨ 〉⟩ ’' ′'"
                + " ∶: ，, 、, ；; 。. ：: ％%")
            .split(" ")) {
      UNICODE.put(pair.charAt(0), pair.substring(1));
    }
    String exact = "≤≥≠±∓∪∩∖∈≈≡°⟨⟩…→⌊⌋⌈⌉€£¥¢₹";
    exact.chars().forEach(c -> UNICODE.put((char) c, String.valueOf((char) c)));
    for (String pair :
        ("π\\pi √\\sqrt ∞\\infty ∅\\emptyset ø\\emptyset ℝ\\reals ℤ\\integers ℕ\\naturals"
                + " α\\alpha β\\beta γ\\gamma δ\\delta ε\\epsilon θ\\theta λ\\lambda μ\\mu ρ\\rho"
                + " σ\\sigma τ\\tau φ\\phi ω\\omega ∠\\angle △\\triangle Δ\\Delta Ω\\Omega ℓ\\ell ∛\\cbrt ℯe ⅇe ⅈi")
            .split(" ")) {
      UNICODE.put(pair.charAt(0), pair.substring(1) + " ");
    }
    for (String fraction :
        "½1/2 ⅓1/3 ⅔2/3 ¼1/4 ¾3/4 ⅕1/5 ⅖2/5 ⅗3/5 ⅘4/5 ⅙1/6 ⅚5/6 ⅛1/8 ⅜3/8 ⅝5/8 ⅞7/8".split(" ")) {
      UNICODE.put(
          fraction.charAt(0), "\\frac{" + fraction.charAt(1) + "}{" + fraction.charAt(3) + "}");
    }
    for (int i = 0; i < 20; i++) { // marks of statements
      UNICODE.put((char) ('①' + i), "(" + (i + 1) + "),");
      UNICODE.put((char) ('⑴' + i), "(" + (i + 1) + "),");
    }
    for (int i = 0; i < SCRIPTS.length(); i++) {
      SUPERSCRIPTS.put("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ⁿˣ".charAt(i), SCRIPTS.charAt(i));
    }
    for (int i = 0; i < 10; i++) {
      SUBSCRIPTS.put("₀₁₂₃₄₅₆₇₈₉".charAt(i), SCRIPTS.charAt(i));
      UNICODE.put((char) ('０' + i), String.valueOf(i));
    }
    SUBSCRIPTS.put('ₙ', 'n');
    for (char space : "\u00a0\u2002\u2003\u2009\u200a\u202f\u205f\u3000".toCharArray()) {
      UNICODE.put(space, " ");
    }
    for (char nothing : "\u200b\u200c\u200d\u2060\ufeff\u200e\u200f“”\"「」『』«»□■∎".toCharArray()) {
      UNICODE.put(nothing, "");
    }
  }

  private static void put(Map<String, String> map, String names, String sign) {
    for (String name : names.split(" ")) {
      map.put(name, sign);
    }
  }

  private static Set<String> words(String names) {
    return Set.of(java.util.Arrays.stream(names.split(" ")).distinct().toArray(String[]::new));
  }

  /**
   * One spelling for each character. A run of superscripts is one exponent: ¹⁰ is ^{10}.
   *
   * @throws CannotTell if the answer is too long
   */
  static String plain(String text) {
    if (text.length() > Limits.MAX_CHARS) {
      throw new CannotTell("the answer is longer than " + Limits.MAX_CHARS + " characters");
    }
    var out = new StringBuilder(text.length() + 16);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < 128) {
        out.append(c == '"' ? "" : String.valueOf(c));
      } else if (SUPERSCRIPTS.containsKey(c)) {
        i = script(text, i, '^', SUPERSCRIPTS, out);
      } else if (SUBSCRIPTS.containsKey(c)) {
        i = script(text, i, '_', SUBSCRIPTS, out);
      } else {
        out.append(UNICODE.getOrDefault(c, String.valueOf(c)));
      }
    }
    if (out.length() > 4 * Limits.MAX_CHARS) {
      throw new CannotTell("the answer is too long");
    }
    return out.toString();
  }

  /** Adds a run of scripts in braces; returns where it ends. */
  private static int script(
      String text, int start, char sign, Map<Character, Character> scripts, StringBuilder out) {
    int i = start;
    out.append(sign).append('{');
    for (; i < text.length() && scripts.containsKey(text.charAt(i)); i++) {
      out.append(scripts.get(text.charAt(i)));
    }
    out.append('}');
    return i - 1;
  }

  /** Whether a command of that name is known. */
  static boolean isKnown(String command) {
    return DECORATION.contains(command)
        || SPACES.contains(command)
        || UNSEEN.contains(command)
        || TEXT.contains(command)
        || LETTERS.contains(command)
        || FUNCTIONS.contains(command)
        || OTHERS.contains(command)
        || ALIASES.containsKey(command)
        || CONNECTIVES.containsKey(command)
        || SIGNS.containsKey(command);
  }
}
