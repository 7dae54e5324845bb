package dev.terse.answers.value;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * A unit of measure as powers of base units times a factor. Words that are no known unit ("apples")
 * are base units of their own.
 *
 * @param dimensions exponent of each base unit, none zero
 * @param factor how many base units one of this is
 * @param known whether every part is in the table
 */
public record Unit(Map<String, Integer> dimensions, Expr factor, boolean known) {
  public static final Unit NONE = new Unit(Map.of(), Expr.num(1), true);
  public static final Unit DEGREE =
      new Unit(Map.of("angle", 1), Expr.over(Expr.Const.PI, Expr.num(180)), true);
  public static final Unit PERCENT =
      new Unit(Map.of("percent", 1), Expr.num(Rational.of(1, 100)), true);

  private static final Map<String, Unit> TABLE = new HashMap<>();

  static {
    put("length", 1, 1000, "mm millimeter millimetre");
    put("length", 1, 100, "cm centimeter centimetre zentimeter centímetro centimètre");
    put("length", 1, 10, "dm decimeter");
    put("length", 1, 1, "m meter metre metro mètre");
    put("length", 1000, 1, "km kilometer kilometre kilómetro kilomètre");
    put("length", 254, 10_000, "inch in");
    put("length", 3048, 10_000, "ft foot feet");
    put("length", 9144, 10_000, "yd yard");
    put("length", 1_609_344, 1000, "mi mile");
    put("mass", 1, 1000, "mg milligram");
    put("mass", 1, 1, "g gram");
    put("mass", 1000, 1, "kg kilogram");
    put("mass", 45_359_237, 100_000, "lb lbs pound");
    put("mass", 28_349_523_125L, 1_000_000_000, "oz ounce");
    put("time", 1, 1, "s sec secs second");
    put("time", 60, 1, "min mins minute");
    put("time", 3600, 1, "h hr hrs hour");
    put("time", 86_400, 1, "day");
    put("time", 604_800, 1, "week");
    put("calendar", 1, 1, "month");
    put("calendar", 12, 1, "yr year");
    put("money", 1, 1, "$ dollar usd buck");
    put("money", 1, 100, "¢ cent penny pennies");
    put("euro", 1, 1, "€ euro eur");
    put("sterling", 1, 1, "£ gbp");
    put("rupee", 1, 1, "₹ rupee rs inr");
    put("yen", 1, 1, "¥ yen jpy");
    put(new Unit(Map.of("length", 3), Expr.num(Rational.of(1, 1000)), true), "l L liter litre");
    put(
        new Unit(Map.of("length", 3), Expr.num(Rational.of(1, 1_000_000)), true),
        "ml mL milliliter");
    put(speed(Rational.of(1_609_344, 3_600_000)), "mph");
    put(speed(Rational.of(1000, 3600)), "kph kmph kmh");
    put("frequency", 1, 1, "Hz hz hertz");
    put("frequency", 1000, 1, "kHz");
    put("frequency", 1_000_000, 1, "MHz");
    put("energy", 1, 1, "joule");
    put("energy", 1000, 1, "kJ");
    put("energy", 3_600_000, 1, "kWh");
    put("power", 1, 1, "watt");
    put("power", 1000, 1, "kW");
    put("pressure", 1, 1, "pascal");
    put("pressure", 1000, 1, "kPa");
    put("angle", 1, 1, "radian rad");
    put("celsius", 1, 1, "°C celsius");
    put("fahrenheit", 1, 1, "°F fahrenheit");
    put(DEGREE, "° deg degree");
    put(PERCENT, "% percent pct percentage");
    put(NONE, "unit time");
  }

  private static Unit speed(Rational metersPerSecond) {
    return new Unit(Map.of("length", 1, "time", -1), Expr.num(metersPerSecond), true);
  }

  private static void put(String dimension, long num, long den, String names) {
    put(new Unit(Map.of(dimension, 1), Expr.num(Rational.of(num, den)), true), names);
  }

  private static void put(Unit unit, String names) {
    for (String name : names.split(" ")) {
      TABLE.put(name, unit);
    }
  }

  /** The unit of that name, singular or plural; a new one if it is not in the table. */
  public static Unit named(String name) {
    var unit = lookUp(name);
    if (unit == null) {
      unit = lookUp(name.toLowerCase(Locale.ROOT));
    }
    return unit != null
        ? unit
        : new Unit(Map.of(singular(name.toLowerCase(Locale.ROOT)), 1), Expr.num(1), false);
  }

  /** Whether that name is in the table. */
  public static boolean isKnown(String name) {
    return lookUp(name) != null || lookUp(name.toLowerCase(Locale.ROOT)) != null;
  }

  private static Unit lookUp(String name) {
    var unit = TABLE.get(name);
    return unit != null || name.length() < 3 ? unit : TABLE.get(singular(name));
  }

  private static String singular(String word) {
    if (word.length() > 4 && word.endsWith("ches")) {
      return word.substring(0, word.length() - 2);
    }
    return word.length() > 3 && word.endsWith("s") && !word.endsWith("ss")
        ? word.substring(0, word.length() - 1)
        : word;
  }

  public boolean isNone() {
    return dimensions.isEmpty();
  }

  public boolean isPercent() {
    return dimensions.containsKey("percent");
  }

  /** Whether it is an angle in degrees or radians. */
  public boolean isAngle() {
    return dimensions.equals(DEGREE.dimensions());
  }

  public Unit times(Unit o) {
    var product = new TreeMap<>(dimensions);
    o.dimensions.forEach((k, v) -> product.merge(k, v, Integer::sum));
    product.values().removeIf(v -> v == 0);
    return new Unit(Map.copyOf(product), Expr.times(factor, o.factor), known && o.known);
  }

  public Unit pow(int n) {
    var power = new TreeMap<String, Integer>();
    dimensions.forEach((k, v) -> power.put(k, v * n));
    power.values().removeIf(v -> v == 0);
    return new Unit(Map.copyOf(power), new Expr.Power(factor, Expr.num(n)), known);
  }
}
