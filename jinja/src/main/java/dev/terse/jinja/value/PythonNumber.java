package dev.terse.jinja.value;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Numbers from text and to text as Python reads and writes them. */
public final class PythonNumber {
  private static final int MAX_DIGITS = 4300; // Python's own bound
  private static final Pattern REAL =
      Pattern.compile(
          "[-+]?((\\d+(_\\d+)*)?\\.?(\\d+(_\\d+)*)?([eE][-+]?\\d+(_\\d+)*)?|inf|infinity|nan)",
          Pattern.CASE_INSENSITIVE);

  private PythonNumber() {}

  /** {@code int(text, base)}; empty where Python raises a ValueError. */
  public static Optional<Long> integer(String text, long base) {
    String s = PythonString.strip(text, null);
    boolean minus = s.startsWith("-");
    if (minus || s.startsWith("+")) {
      s = s.substring(1);
    }
    if (base != 0 && (base < 2 || base > 36)) {
      return Optional.empty();
    }
    String prefix = s.length() > 1 && s.charAt(0) == '0' ? s.substring(1, 2) : "";
    int named =
        switch (prefix.toLowerCase(Locale.ROOT)) {
          case "x" -> 16;
          case "o" -> 8;
          case "b" -> 2;
          default -> 0;
        };
    int radix = base == 0 ? named == 0 ? 10 : named : (int) base;
    if (named != 0 && named == radix) {
      s = s.substring(2);
      s = s.startsWith("_") ? s.substring(1) : s;
    }
    if (s.isEmpty()
        || s.startsWith("_")
        || s.endsWith("_")
        || s.contains("__")
        || s.length() > MAX_DIGITS) {
      return Optional.empty();
    }
    s = s.replace("_", "");
    if (base == 0 && named == 0 && s.startsWith("0") && !s.chars().allMatch(c -> c == '0')) {
      return Optional.empty(); // 010 is no number
    }
    if (s.startsWith("-") || s.startsWith("+")) {
      return Optional.empty();
    }
    try {
      BigInteger value = new BigInteger(s, radix);
      return Optional.of(exact(minus ? value.negate() : value));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  /** {@code float(text)}; empty where Python raises a ValueError. */
  public static Optional<Double> real(String text) {
    String s = PythonString.strip(text, null);
    if (!REAL.matcher(s).matches() || s.chars().noneMatch(Character::isLetterOrDigit)) {
      return Optional.empty();
    }
    String plain = s.replace("_", "").toLowerCase(Locale.ROOT);
    boolean minus = plain.startsWith("-");
    String size = plain.startsWith("-") || plain.startsWith("+") ? plain.substring(1) : plain;
    if (size.startsWith("i")) {
      return Optional.of(minus ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY);
    }
    if (size.startsWith("n")) {
      return Optional.of(Double.NaN);
    }
    try {
      return Optional.of(Double.parseDouble(plain));
    } catch (NumberFormatException e) { // an exponent without digits before it
      return Optional.empty();
    }
  }

  /** {@code int(value)} of a real: towards zero. */
  public static long truncated(double value) {
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      throw new IllegalArgumentException("cannot make a whole number of " + text(value));
    }
    return exact(new BigDecimal(value).toBigInteger());
  }

  private static long exact(BigInteger value) {
    try {
      return value.longValueExact();
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException("a whole number grew past 64 bits");
    }
  }

  /** {@code round(value, precision)}: half to even of what the number really is. */
  public static Object round(Object value, long precision) {
    int places = (int) Math.max(-400, Math.min(400, precision));
    if (Values.isInteger(value)) {
      long whole = Values.integer(value);
      return places >= 0
          ? (Object) whole
          : exact(
              BigDecimal.valueOf(whole).setScale(places, RoundingMode.HALF_EVEN).toBigInteger());
    }
    double real = Values.number(value);
    if (Double.isNaN(real) || Double.isInfinite(real)) {
      return real;
    }
    double rounded = new BigDecimal(real).setScale(places, RoundingMode.HALF_EVEN).doubleValue();
    return Math.copySign(rounded, real);
  }

  /** {@code repr(float)}: the shortest digits that give the number back. */
  public static String text(double d) {
    if (Double.isNaN(d)) {
      return "nan";
    }
    if (Double.isInfinite(d)) {
      return d > 0 ? "inf" : "-inf";
    }
    if (d == 0) {
      return 1 / d < 0 ? "-0.0" : "0.0";
    }
    BigDecimal exact = new BigDecimal(d);
    BigDecimal shortest = exact;
    // 15 digits are always kept, but for numbers so small that they have fewer.
    for (int digits = Math.abs(d) < 1e-300 ? 1 : 15; digits <= 17; digits++) {
      shortest = exact.round(new MathContext(digits, RoundingMode.HALF_EVEN));
      if (shortest.doubleValue() == d) {
        break;
      }
    }
    shortest = shortest.stripTrailingZeros();
    String digits = shortest.unscaledValue().abs().toString();
    int exponent = digits.length() - 1 - shortest.scale();
    String sign = d < 0 ? "-" : "";
    if (exponent < -4 || exponent >= 16) {
      String fraction = digits.length() > 1 ? "." + digits.substring(1) : "";
      String power = String.format(Locale.ROOT, "%02d", Math.abs(exponent));
      return sign + digits.charAt(0) + fraction + "e" + (exponent < 0 ? "-" : "+") + power;
    }
    String plain = shortest.abs().toPlainString();
    return sign + (plain.contains(".") ? plain : plain + ".0");
  }
}
