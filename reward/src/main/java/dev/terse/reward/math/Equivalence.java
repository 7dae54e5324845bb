package dev.terse.reward.math;

import dev.terse.reward.Verdict;
import java.math.BigDecimal;
import java.math.BigInteger;

/** Whether two answers mean the same. */
public final class Equivalence {

  /** A verdict and the sentence that explains it. */
  public record Result(Verdict verdict, String reason) {}

  private Equivalence() {}

  /** Whether {@code text} as a whole can be read as an answer. */
  public static boolean isReadable(String text) {
    return number(text) != null || text.length() <= 32 && !text.contains(" ");
  }

  /** Compares; symmetric. */
  public static Result compare(String gold, String answer) {
    var a = number(gold);
    var b = number(answer);
    if (a == null || b == null) {
      boolean same = gold.equalsIgnoreCase(answer);
      return new Result(same ? Verdict.EQUAL : Verdict.UNKNOWN, "compared as text");
    }
    boolean same = a[0].multiply(b[1]).equals(b[0].multiply(a[1]));
    return new Result(same ? Verdict.EQUAL : Verdict.DIFFERENT, "compared as exact numbers");
  }

  private static BigInteger[] number(String text) {
    String s =
        text.replace("$", "").replace("{,}", "").replace("\u2212", "-").replace("\\!", "").strip();
    if (s.length() > 64) {
      return null;
    }
    boolean percent = s.endsWith("%");
    s = percent ? s.substring(0, s.length() - (s.endsWith("\\%") ? 2 : 1)) : s;
    s = s.replace("\\dfrac", "\\frac").replace("\\tfrac", "\\frac");
    boolean negative = s.startsWith("-");
    s = negative ? s.substring(1) : s;
    if (s.startsWith("\\frac{") && s.endsWith("}") && s.contains("}{")) {
      s = s.substring(6, s.length() - 1).replace("}{", "/");
    }
    int slash = s.indexOf('/');
    var top = decimal(slash < 0 ? s : s.substring(0, slash));
    var bottom = slash < 0 ? BigDecimal.ONE : decimal(s.substring(slash + 1));
    if (top == null || bottom == null || bottom.signum() == 0) {
      return null;
    }
    top = negative ? top.negate() : top;
    int scale = Math.max(top.scale(), bottom.scale());
    return new BigInteger[] {
      top.setScale(scale).unscaledValue(),
      bottom.setScale(scale).unscaledValue().multiply(BigInteger.valueOf(percent ? 100 : 1))
    };
  }

  private static BigDecimal decimal(String text) {
    String s = text.strip().replace(",", "");
    s = s.startsWith(".") ? "0" + s : s;
    int points = 0;
    for (char c : s.toCharArray()) {
      points += c == '.' ? 1 : 0;
      if ((c < '0' || c > '9') && c != '.') {
        return null;
      }
    }
    return s.isEmpty() || points > 1 || s.equals(".") || s.startsWith(".")
        ? null
        : new BigDecimal(s);
  }
}
